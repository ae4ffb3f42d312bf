import { z } from 'zod';
import { type AnyOperation, type ChangeContext, defineChange } from '../access/operation.ts';
import { secretSchema } from '../foundation/bounds.ts';
import { WatchwordError } from '../foundation/errors.ts';
import { Secret } from '../foundation/secret.ts';
import type { IssuedToken } from './contract.ts';
import type { EntitySessions } from './entities/entity-sessions.ts';
import { accessorSchema } from './inputs.ts';
import { lesser, lifetime } from './lifetime.ts';
import { type LoginRenewalDependencies, renewedTerms } from './logins/login-renewal.ts';
import { byAccessor, byText } from './named-token.ts';
import type { RoleTable } from './role-table.ts';
import { issuedOf, type Token } from './token.ts';
import type { FoundToken, Tokens } from './tokens.ts';

export interface RenewalDependencies extends LoginRenewalDependencies {
  readonly tokens: Tokens;
  readonly roles: RoleTable;
  readonly entities: EntitySessions;
}

/** Seconds; what is not positive means the lifetime that the token had. */
const increment = z.number().max(9_223_372_036, 'is too long').transform(Math.trunc).optional();

export function renewalOperations(on: RenewalDependencies): AnyOperation[] {
  const { tokens } = on;
  const event = { class: 'access-change', activity: 'update' } as const;
  return [
    defineChange<'token.renew'>({
      name: 'token.renew',
      summary: 'Let a token live longer.',
      capability: 'update',
      input: z.object({ token: secretSchema, increment }),
      path: (_input, mount) => `${mount.path}renew`,
      event: { ...event, clear: ['increment'] },
      perform: ({ token, increment: asked }, context) => renewText(on, token, asked, context),
    }),
    defineChange<'token.renew-self'>({
      name: 'token.renew-self',
      summary: 'Let the calling token live longer.',
      capability: 'update',
      input: z.object({ increment }),
      path: (_input, mount) => `${mount.path}renew-self`,
      event: { ...event, clear: ['increment'] },
      async perform({ increment: asked }, context) {
        if (context.call.token === undefined) throw new WatchwordError('access.token-missing');
        return renewText(on, context.call.token, asked, context);
      },
    }),
    defineChange<'token.renew-accessor'>({
      name: 'token.renew-accessor',
      summary: 'Let the token behind an accessor live longer.',
      capability: 'update',
      input: z.object({ accessor: accessorSchema, increment }),
      path: (_input, mount) => `${mount.path}renew-accessor`,
      event: { ...event, clear: ['increment'] },
      async perform({ accessor, increment: asked }, context) {
        const found = await byAccessor(tokens, context.tx, accessor, context.now);
        return told(on, await renew(on, found, asked, context), undefined, context);
      },
    }),
  ];
}

async function renewText(
  on: RenewalDependencies,
  text: Secret,
  asked: number | undefined,
  context: ChangeContext,
): Promise<IssuedToken> {
  const found = await byText(on.tokens, context.tx, text, context.now);
  if (found === undefined) throw new WatchwordError('token.invalid', 'token not found', { where: 'token' });
  return told(on, await renew(on, found, asked, context), Secret.copy(text.bytes), context);
}

async function told({ entities }: RenewalDependencies, token: Token, text: IssuedToken['token'], { tx, now }: ChangeContext) {
  return { ...issuedOf(token, text, now), identityPolicies: await entities.policies(tx, token.entityId) };
}

/** @throws WatchwordError `token.invalid` for a token that cannot be renewed, or is past the longest life it may have */
async function renew(on: RenewalDependencies, { hash, token }: FoundToken, asked = 0, context: ChangeContext): Promise<Token> {
  const { tokens, roles } = on;
  const { tx, now, mount, warn, note } = context;
  if (!token.renewable || token.expiresAt === null) throw new WatchwordError('token.invalid', 'lease is not renewable');
  const role = token.role === null ? undefined : await roles.find(tx, token.role);
  if (token.role !== null && role === undefined) {
    throw new WatchwordError('token.invalid', 'original token role could not be found, not renewing');
  }
  // The period follows the role; the explicit maximum is a promise made at creation.
  const ownTerms = { config: mount.config, period: role === undefined ? token.period : lesser(token.askedPeriod, role.period) };
  const terms = token.login ? await renewedTerms(on, context, token, token.login) : ownTerms;
  const { ttl, warnings } = lifetime({
    wanted: asked > 0 ? asked : token.lastTtl,
    ...terms,
    explicitMaxTtl: token.explicitMaxTtl,
    createdAt: token.createdAt,
    now,
  });
  if (ttl === 0) throw new WatchwordError('token.invalid', 'past the max TTL, cannot renew');
  for (const warning of warnings) warn(warning);
  const renewed = { ...token, renewedAt: now, expiresAt: now + ttl * 1000, lastTtl: ttl, period: terms.period };
  await tokens.save(tx, hash, renewed);
  note({ subjectAccessor: token.accessor, grantedTtl: ttl });
  return renewed;
}
