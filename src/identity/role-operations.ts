import { z } from 'zod';
import { type AnyOperation, type ChangeContext, defineChange, defineRead } from '../access/operation.ts';
import type { InputOf } from '../access/operation-types.ts';
import { nameSchema } from '../foundation/bounds.ts';
import { WatchwordError } from '../foundation/errors.ts';
import { SYSTEM_MAX_TTL } from '../foundation/mount.ts';
import { Networks } from './addresses.ts';
import type { TokenRole } from './contract.ts';
import { count, duration, policyNames } from './inputs.ts';
import type { RoleTable } from './role-table.ts';
import { sanitizePolicies } from './token-policies.ts';

const lowerCase = policyNames.transform((names) => sanitizePolicies(names, false));
/** `root` in a list of refusals stands beside the others: it must not swallow them. */
const refusals = policyNames.transform((names) => [...new Set(names.map((name) => name.trim().toLowerCase()))].sort());
/** A path that nobody can mistake for another. */
const pathSuffix = z
  .string()
  .max(256)
  .regex(/^(?:\w[\w.-]*\w(?:\/\w[\w.-]*\w)*)?$/, 'contains invalid characters')
  .refine((suffix) => !suffix.includes('..'), 'cannot contain parent references');

const fields = z.object({
  role: nameSchema,
  allowedPolicies: lowerCase.optional(),
  disallowedPolicies: refusals.optional(),
  allowedPoliciesGlob: lowerCase.optional(),
  disallowedPoliciesGlob: refusals.optional(),
  allowedEntityAliases: z.array(z.string().max(256)).max(1024).optional(),
  orphan: z.boolean().optional(),
  renewable: z.boolean().optional(),
  period: duration.optional(),
  explicitMaxTtl: duration.optional(),
  pathSuffix: pathSuffix.optional(),
  boundCidrs: z.array(z.string().max(64)).max(256).optional(),
  noDefaultPolicy: z.boolean().optional(),
  uses: count.optional(),
  type: z.string().max(64).optional(),
}) as unknown as z.ZodType<InputOf<'token.roles.write'>>;

const named = z.object({ role: nameSchema });

export function roleOperations(roles: RoleTable): AnyOperation[] {
  const event = { class: 'access-change', clear: ['role'] } as const;
  const path = ({ role }: { readonly role: string }, mount: { readonly path: string }) => `${mount.path}roles/${role}`;
  return [
    defineRead<'token.roles.list'>({
      name: 'token.roles.list',
      summary: 'List the roles for making tokens.',
      capability: 'list',
      input: z.object({}) as unknown as z.ZodType<Record<string, never>>,
      path: (_input, mount) => `${mount.path}roles/`,
      event: { class: 'access-change', activity: 'read', clear: [] },
      async perform(_input, { reader }) {
        const keys = await roles.names(reader);
        return keys.length === 0 ? null : { keys };
      },
    }),
    defineRead<'token.roles.read'>({
      name: 'token.roles.read',
      summary: 'Read a role for making tokens.',
      capability: 'read',
      input: named,
      path,
      event: { ...event, activity: 'read' },
      perform: async ({ role }, { reader }) => (await roles.find(reader, role)) ?? null,
    }),
    defineChange<'token.roles.write'>({
      name: 'token.roles.write',
      summary: 'Make a role for making tokens, or change the given fields of one.',
      capability: async ({ role }, { reader }) => ((await roles.find(reader, role)) === undefined ? 'create' : 'update'),
      input: fields,
      path,
      event: {
        ...event,
        activity: 'update',
        clear: ['role', 'allowedPolicies', 'disallowedPolicies', 'allowedPoliciesGlob', 'disallowedPoliciesGlob', 'orphan'],
      },
      perform: (input, context) => write(roles, input, context),
    }),
    defineChange<'token.roles.delete'>({
      name: 'token.roles.delete',
      summary: 'Delete a role; its tokens live on, but cannot be renewed.',
      capability: 'delete',
      input: named,
      path,
      event: { ...event, activity: 'delete' },
      async perform({ role }, { tx }) {
        await roles.remove(tx, role);
        return null;
      },
    }),
  ];
}

async function write(roles: RoleTable, input: InputOf<'token.roles.write'>, context: ChangeContext): Promise<null> {
  const { role: name, ...given } = input;
  const before = await roles.find(context.tx, name);
  if ((context.capability === 'create') !== (before === undefined) && context.session?.root !== true) {
    throw new WatchwordError('store.raced');
  }
  const changed = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  const role: TokenRole = { ...(before ?? newRole(name)), ...changed };
  refuseType(role.type);
  // Refuses what is no network.
  new Networks(role.boundCidrs);
  const max = context.mount.config.maxTtl === 0 ? SYSTEM_MAX_TTL : context.mount.config.maxTtl;
  if (role.explicitMaxTtl > max) {
    context.warn(
      `the explicit max TTL of ${role.explicitMaxTtl} seconds is greater than the ${max} seconds that the mount allows`,
    );
  }
  await roles.put(context.tx, role);
  return null;
}

/** A role of which only the name was said. */
export function newRole(name: string): TokenRole {
  return {
    name,
    allowedPolicies: [],
    disallowedPolicies: [],
    allowedPoliciesGlob: [],
    disallowedPoliciesGlob: [],
    allowedEntityAliases: [],
    orphan: false,
    renewable: true,
    period: 0,
    explicitMaxTtl: 0,
    pathSuffix: '',
    boundCidrs: [],
    noDefaultPolicy: false,
    uses: 0,
    type: 'default-service',
  };
}

function refuseType(type: string): void {
  if (type === 'service' || type === 'default-service') return;
  const batch = type === 'batch' || type === 'default-batch';
  throw new WatchwordError(
    'token.invalid',
    batch ? 'batch tokens are not supported: every token can be revoked here' : "invalid 'token_type' value",
    { where: 'token_type' },
  );
}
