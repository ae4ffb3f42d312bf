import { z } from 'zod';
import { invalidSetting } from '../invalid-setting.ts';

export interface OpensearchRole {
  /** One text: `{"opensearch_roles": ["reader"]}`, or `{"opensearch_role_definition": {…}}` */
  readonly creationStatements: readonly string[];
}

export const opensearchRoleFields = {
  creationStatements: z.array(z.string().max(65_536)).max(8),
} satisfies z.ZodRawShape;

export const newOpensearchRole: OpensearchRole = { creationStatements: [] };

/** What a user gets. Members are called as the security plugin calls them. */
export interface Grants {
  readonly opensearch_roles: readonly string[];
  /** Which roles they lead to is said by the mappings of the server. */
  readonly backend_roles: readonly string[];
  /** A role for this user alone, which goes with it. */
  readonly opensearch_role_definition?: RoleDefinition | undefined;
}

type RoleDefinition = z.infer<typeof definition>;

const EXAMPLE = '{"opensearch_roles": ["reader"]}';
/** What the plugin gives to those who may make users. Roles of other names are looked at where they are. */
const MAKES_USERS = /^(?:all_access|security_rest_api_access|security_rest_api_full_access|security_manager)$/;
/** Rights by which more of the plugin's own is made: users, roles, tokens that outlive whoever asked for them. */
const OF_THE_PLUGIN = /^(?:restapi:|security:|cluster:admin\/opendistro_security|cluster:admin\/security)/;

// biome-ignore lint/suspicious/noControlCharactersInRegex: refusing control characters is the point.
const plain = z.string().regex(/^[^\u0000-\u001f\u007f]{1,512}$/, 'is empty, too long or holds control characters');
const roleName = plain
  .regex(/^[^/*?,\\%]+$/, 'may not hold / * ? , \\ or %')
  .refine((name) => name !== '.' && name !== '..', 'is no name')
  .refine((name) => !name.startsWith('ww_'), 'begins with ww_: such roles go with their leases')
  .refine((name) => !MAKES_USERS.test(name), 'lets holders make users that outlive every lease');
const action = plain.refine((name) => !OF_THE_PLUGIN.test(name), 'lets holders make what outlives their lease');
const list = <Member extends z.ZodType>(member: Member) => z.array(member).min(1).max(64);
const indexPermission = z.strictObject({
  index_patterns: list(plain),
  allowed_actions: list(action),
  dls: z.string().max(8192).optional(),
  fls: z.array(plain).max(256).optional(),
  masked_fields: z.array(plain).max(256).optional(),
});
const definition = z.strictObject({
  cluster_permissions: z.array(action).max(64).default([]),
  index_permissions: z.array(indexPermission).max(64).default([]),
  tenant_permissions: z
    .array(z.strictObject({ tenant_patterns: list(plain), allowed_actions: list(action) }))
    .max(64)
    .default([]),
});
const statement = z.strictObject({
  opensearch_roles: z.array(roleName).max(64).default([]),
  backend_roles: z.array(plain).max(64).default([]),
  opensearch_role_definition: definition.optional(),
});

/** @throws WatchwordError `engine.invalid`: what is wrong, and where */
export function grantsOf({ creationStatements }: OpensearchRole): Grants {
  const where = 'creation_statements';
  const written = creationStatements.filter((text) => text.trim() !== '');
  const [text] = written;
  if (written.length !== 1 || text === undefined) return invalidSetting(where, `must be one JSON object: ${EXAMPLE}`);
  const parsed = statement.safeParse(fromJson(text));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return invalidSetting(where, `${issue?.path.join('.') || 'it'}: ${issue?.message}; it is like ${EXAMPLE}`);
  }
  const { opensearch_role_definition: own } = parsed.data;
  const named = parsed.data.opensearch_roles.length + parsed.data.backend_roles.length;
  const gives = named + (own === undefined ? 0 : Object.values(own).flat().length);
  if (gives === 0) invalidSetting(where, `gives nothing: it is like ${EXAMPLE}`);
  return parsed.data;
}

function fromJson(text: string): unknown {
  const wrong = () => invalidSetting('creation_statements', `is no JSON: it is like ${EXAMPLE}`);
  try {
    // A schema leaves this member out without a word.
    return JSON.parse(text, (key, value: unknown) => (key === '__proto__' ? wrong() : value));
  } catch {
    return wrong();
  }
}

/** What works and should not be. @throws WatchwordError `engine.invalid` */
export function checkOpensearchRole(role: OpensearchRole): readonly string[] {
  const { backend_roles: backend, opensearch_role_definition: own } = grantsOf(role);
  const warnings =
    backend.length === 0 ? [] : [`backend_roles: what ${backend.join(', ')} may do is said by role mappings, which may change`];
  if (own?.cluster_permissions.some((each) => /^(?:\*|cluster_all|unlimited|cluster:\*|cluster:admin\/\*)$/.test(each))) {
    warnings.push('cluster_permissions: holders change settings of the whole cluster');
  }
  for (const pattern of own?.index_permissions.flatMap((each) => each.index_patterns) ?? []) {
    if (/^\*+$/.test(pattern)) warnings.push(`index_patterns: ${pattern} is every index`);
    else if (/^\/.*\/$/.test(pattern))
      warnings.push(`index_patterns: ${pattern} is a regular expression: it may match more than it seems to`);
  }
  return warnings;
}
