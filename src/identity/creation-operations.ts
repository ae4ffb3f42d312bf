import { z } from 'zod';
import { type AnyOperation, type ChangeContext, defineChange, type Session } from '../access/operation.ts';
import type { InputOf } from '../access/operation-types.ts';
import { nameSchema, secretSchema } from '../foundation/bounds.ts';
import { WatchwordError } from '../foundation/errors.ts';
import { listPolicies } from '../policy/policy-table.ts';
import type { Transaction } from '../storage/contract.ts';
import type { IssuedToken, TokenRequest, TokenRole } from './contract.ts';
import type { EntitySessions } from './entities/entity-sessions.ts';
import { count, duration, policyNames } from './inputs.ts';
import { lesser } from './lifetime.ts';
import type { RoleTable } from './role-table.ts';
import { isRoot } from './token.ts';
import type { TokenGrant, TokenIssuer } from './token-issuer.ts';
import { childPolicies } from './token-policies.ts';
import { isChoosable } from './token-text.ts';
import type { FoundToken, Tokens } from './tokens.ts';

export interface CreationDependencies {
  readonly tokens: Tokens;
  readonly issuer: TokenIssuer;
  readonly roles: RoleTable;
  readonly entities: EntitySessions;
  /** Whether the session has root or `sudo` on a path. */
  readonly maySudo: (session: Session, path: string) => boolean;
}

/** How the new token is asked for: at which path, with which rights. */
interface Asked {
  readonly request: TokenRequest;
  /** `auth/token/create/role` */
  readonly path: string;
  readonly orphan: boolean;
  readonly role: TokenRole | undefined;
}

const MAX_METADATA = 64;

const request = {
  id: secretSchema.optional(),
  policies: policyNames.optional(),
  metadata: z
    .record(z.string().min(1).max(256), z.string().max(4096))
    .refine((map) => Object.keys(map).length <= MAX_METADATA, `holds at most ${MAX_METADATA} entries`)
    .optional(),
  noParent: z.boolean().optional(),
  noDefaultPolicy: z.boolean().optional(),
  renewable: z.boolean().optional(),
  ttl: duration.optional(),
  explicitMaxTtl: duration.optional(),
  period: duration.optional(),
  displayName: z.string().max(256).optional(),
  uses: count.optional(),
  entityAlias: z.string().max(256).optional(),
  type: z.string().max(64).optional(),
};
const clear = [
  'policies',
  'noParent',
  'noDefaultPolicy',
  'renewable',
  'ttl',
  'explicitMaxTtl',
  'period',
  'uses',
  'type',
] as const;

export function creationOperations(on: CreationDependencies): AnyOperation[] {
  const event = { class: 'access-change', activity: 'create' } as const;
  const plain = { capability: 'update', input: z.object(request), event: { ...event, clear } } as const;
  return [
    defineChange<'token.create'>({
      ...plain,
      name: 'token.create',
      summary: 'Make a token below the calling one.',
      path: (_input, mount) => `${mount.path}create`,
      perform: (input, context) =>
        create(on, context, { request: input, path: `${context.mount.path}create`, orphan: false, role: undefined }),
    }),
    defineChange<'token.create-orphan'>({
      ...plain,
      name: 'token.create-orphan',
      summary: 'Make a token that outlives the calling one.',
      path: (_input, mount) => `${mount.path}create-orphan`,
      perform: (input, context) =>
        create(on, context, { request: input, path: `${context.mount.path}create-orphan`, orphan: true, role: undefined }),
    }),
    defineChange<'token.create-with-role'>({
      name: 'token.create-with-role',
      summary: 'Make a token as a role prescribes.',
      capability: 'update',
      input: z.object({ ...request, role: nameSchema }),
      path: ({ role }, mount) => `${mount.path}create/${role}`,
      event: { ...event, clear: [...clear, 'role'] },
      async perform({ role: name, ...input }: InputOf<'token.create-with-role'>, context) {
        const role = await on.roles.find(context.tx, name);
        if (role === undefined) throw new WatchwordError('token.invalid', 'unknown role', { where: 'role' });
        return create(on, context, { request: input, path: `${context.mount.path}create/${name}`, orphan: role.orphan, role });
      },
    }),
  ];
}

async function create(on: CreationDependencies, context: ChangeContext, asked: Asked): Promise<IssuedToken> {
  const { tx, session, now, mount } = context;
  const parent = await callersToken(on, context);
  const sudo = session !== undefined && on.maySudo(session, asked.path);
  refuseType(asked);
  if (asked.request.entityAlias !== undefined && asked.request.entityAlias !== '') {
    throw refused('entity_alias', 'entity aliases are not supported');
  }
  const policies = childPolicies({
    asked: asked.request.policies ?? [],
    noDefaultPolicy: asked.request.noDefaultPolicy === true,
    parent: parent.token.policies,
    sudo,
    role: asked.role,
  });
  refuseWithoutSudo(asked, sudo, isRoot(parent.token));
  const times = mergeWithRole(asked, context.warn);
  const grant: TokenGrant = {
    now,
    path: asked.role === undefined || asked.role.pathSuffix === '' ? asked.path : `${asked.path}/${asked.role.pathSuffix}`,
    displayName: displayNameOf(asked.request.displayName),
    policies,
    config: mount.config,
    ...times,
    renewable: asked.request.renewable !== false && asked.role?.renewable !== false,
    metadata: asked.request.metadata,
    role: asked.role?.name,
    id: asked.request.id,
    ...inherited(asked, parent),
  };
  refuseEternalChild(grant, parent);
  const { issued, warnings } = await on.issuer.issue(tx, grant);
  for (const warning of [...warnings, ...(await missingPolicies(tx, policies))]) context.warn(warning);
  context.note({ issuedAccessor: issued.accessor, issuedPolicies: policies, issuedTtl: issued.ttl });
  return { ...issued, identityPolicies: await on.entities.policies(tx, issued.entityId) };
}

async function callersToken({ tokens }: CreationDependencies, { tx, session, now }: ChangeContext): Promise<FoundToken> {
  if (session === undefined) throw new WatchwordError('access.token-missing');
  // Or it would escape its own limit.
  if (session.usesLeft > 0) throw refused('token', 'restricted use token cannot generate child tokens');
  const parent = await tokens.findByAccessor(tx, session.principal.session, now);
  if (parent === undefined) throw refused('token', 'parent token lookup failed: no parent found');
  return parent;
}

function refuseType({ request: { type = '' }, role }: Asked): void {
  // A role of type `service` overrides what the caller says.
  const wanted = role?.type === 'service' ? 'service' : type;
  if (wanted === 'batch') throw refused('type', 'batch tokens are not supported: every token can be revoked here');
  if (wanted !== '' && wanted !== 'service') throw refused('type', "invalid 'token_type' value");
}

function refuseWithoutSudo({ request: { id, noParent, period }, role }: Asked, sudo: boolean, root: boolean): void {
  if (id !== undefined) {
    if (!root) throw refused('id', 'root privileges required to specify token id');
    if (!isChoosable(id)) {
      throw refused('id', 'a chosen id holds 1 to 512 printable ASCII characters and does not begin with wws_ or www_');
    }
  }
  if (sudo) return;
  if (noParent === true && role === undefined) {
    throw refused('no_parent', 'root or sudo privileges required to create orphan token');
  }
  if (period !== undefined && period > 0) {
    throw refused('period', 'root or sudo privileges required to create periodic token');
  }
}

/** The lesser of what the call and the role say. */
function mergeWithRole({ request: asked, role }: Asked, warn: (message: string) => void) {
  const merge = (what: string, byCall = 0, byRole = 0): number => {
    const merged = lesser(byCall, byRole);
    if (byCall > 0 && byRole > 0) {
      warn(`${what} specified both during creation call and in role; using the lesser value of ${merged}`);
    }
    return merged;
  };
  return {
    ttl: asked.ttl ?? 0,
    period: merge('Period', asked.period, role?.period),
    askedPeriod: asked.period ?? 0,
    explicitMaxTtl: merge('Explicit max TTL', asked.explicitMaxTtl, role?.explicitMaxTtl),
    uses: lesser(asked.uses ?? 0, role?.uses ?? 0),
  };
}

/** A child has its parent's identity, key and addresses; a role's addresses are the role's alone. */
function inherited({ request: asked, orphan, role }: Asked, parent: FoundToken) {
  const isOrphan = orphan || (role === undefined && asked.noParent === true);
  const { entityId, attributes, boundCidrs, binding } = parent.token;
  return {
    ...(isOrphan ? {} : { parent, entityId, attributes, binding }),
    boundCidrs: role === undefined ? (isOrphan ? [] : boundCidrs) : role.boundCidrs,
  };
}

/** @throws WatchwordError `token.invalid`: a root token that ends makes none that does not */
function refuseEternalChild({ policies, ttl, period, explicitMaxTtl }: TokenGrant, parent: FoundToken): void {
  const eternal = policies.includes('root') && !ttl && !period && !explicitMaxTtl;
  if (eternal && parent.token.expiresAt !== null) {
    throw refused('ttl', 'expiring root tokens cannot create non-expiring root tokens');
  }
}

/** Vault's form: `token-` and the given name, everything but letters, digits and dashes replaced. */
function displayNameOf(given = ''): string {
  return given === '' ? 'token' : `token-${given}`.replace(/[^a-zA-Z0-9-]/g, '-').replace(/-$/, '');
}

async function missingPolicies(tx: Transaction, policies: readonly string[]): Promise<string[]> {
  if (policies.includes('root')) return [];
  const known = new Set(await listPolicies(tx, 'root'));
  return policies.filter((name) => !known.has(name)).map((name) => `Policy "${name}" does not exist`);
}

function refused(where: string, message: string): WatchwordError {
  return new WatchwordError('token.invalid', message, { where });
}
