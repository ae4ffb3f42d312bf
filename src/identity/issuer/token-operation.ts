import { randomUUID } from 'node:crypto';
import { SignJWT } from 'jose';
import { z } from 'zod';
import type { Authenticator } from '../../access/door-contract.ts';
import { type AnyOperation, defineRead, type ReadContext, type Session } from '../../access/operation.ts';
import { nameSchema, secretSchema } from '../../foundation/bounds.ts';
import { WatchwordError } from '../../foundation/errors.ts';
import type { JsonObject } from '../../foundation/exact-json.ts';
import { Secret } from '../../foundation/secret.ts';
import type { Tokens } from '../tokens.ts';
import { claimsOfRole, type FindMount, type Subject, subjectOf } from './claims.ts';
import type { IssuerRole, SignedToken, TokenInput } from './contract.ts';
import type { IssuerRecords } from './issuer-records.ts';
import { type NamedKey, signingKeyAt } from './named-key.ts';
import { LONGEST_TTL, mayUse } from './role-operations.ts';
import { privateKeyOf, type SigningKey } from './signing-key.ts';

export interface TokenDependencies {
  readonly records: IssuerRecords;
  readonly authenticator: Authenticator;
  readonly tokens: Tokens;
  readonly findMount: FindMount;
}

/** The caller's token becomes one that others verify. */
export function tokenOperation(on: TokenDependencies): AnyOperation {
  return defineRead<'issuer.token'>({
    name: 'issuer.token',
    summary: 'Sign a short-lived token that says who the caller is, for somebody else to verify.',
    capability: 'read',
    input: z.object({
      role: nameSchema,
      audience: z.string().min(1).max(1024).optional(),
      ttl: z.number().int().min(1).optional(),
      actor: secretSchema.optional(),
    }),
    path: ({ role }, mount) => `${mount.path}oidc/token/${role}`,
    event: { class: 'access-change', activity: 'create', clear: ['role', 'audience', 'ttl'] },
    perform: (input, context) => signFor(on, input, context),
  });
}

async function signFor(on: TokenDependencies, input: TokenInput, context: ReadContext): Promise<SignedToken> {
  const { reader, mount, now, session } = context;
  if (session === undefined) throw new WatchwordError('access.token-missing');
  const role = await on.records.roles.find(reader, mount, input.role);
  if (role === undefined) throw new WatchwordError('issuer.invalid', `role "${input.role}" not found`, { where: 'role' });
  const named = await keyOf(on.records, input.role, role, context);
  const audience = audienceOf(role, input.audience);
  const subject = await subjectIn(on, session, context);
  const ttl = ttlOf({ role, named, asked: input.ttl }, session, now);
  const key = signingKeyAt(named, now);
  if (key === undefined) throw new WatchwordError('internal', 'a named key without keys');
  const issuedAt = Math.floor(now / 1000);
  const claims: JsonObject = {
    ...claimsOfRole(role, subject, now),
    ...(input.actor === undefined ? {} : { act: await actorOf(on, role, input.actor, context) }),
    iss: await on.records.issuer(reader, mount),
    sub: subjectOf(role, subject, on.findMount),
    aud: audience,
    iat: issuedAt,
    nbf: issuedAt,
    exp: issuedAt + ttl,
    jti: randomUUID(),
    namespace: 'root',
  };
  const token = await sign(claims, key);
  context.note({ issuedId: claims['jti'] as string, issuedSubject: claims['sub'] as string, issuedAudience: audience });
  context.note({ issuedTtl: ttl, keyId: key.id });
  return { token, clientId: role.clientId, ttl, binding: subject.token.binding?.kind };
}

/** @throws WatchwordError `issuer.invalid` where the role's key is gone, or does not let it sign */
async function keyOf(records: IssuerRecords, name: string, role: IssuerRole, { reader, mount }: ReadContext): Promise<NamedKey> {
  const key = await records.keys.find(reader, mount, role.key);
  if (key === undefined) throw new WatchwordError('issuer.invalid', `key "${role.key}" not found`);
  if (mayUse(key.allowedClientIds, role.clientId)) return key;
  const what = `the key "${role.key}" does not list the client ID of the role "${name}" as an allowed client ID`;
  throw new WatchwordError('issuer.invalid', what);
}

/** Exactly one, and one that the role names. @throws WatchwordError `issuer.audience` */
function audienceOf({ clientId, audiences }: IssuerRole, asked: string | undefined): string {
  if (asked === undefined || asked === clientId) return clientId;
  if (!audiences.includes(asked)) throw new WatchwordError('issuer.audience');
  return asked;
}

/** No token outlives the session that it came from, nor the publication of its key. */
function ttlOf(
  { role, named, asked }: { role: IssuerRole; named: NamedKey; asked: number | undefined },
  session: Session,
  now: number,
) {
  const most = Math.min(role.ttl, role.maxTtl === 0 ? LONGEST_TTL : role.maxTtl, named.verificationTtl);
  const wanted = Math.min(asked ?? most, most);
  const left = session.expiresAt === undefined ? wanted : Math.floor(session.expiresAt / 1000) - Math.floor(now / 1000);
  const ttl = Math.min(wanted, left);
  if (ttl < 1) throw new WatchwordError('access.token-invalid');
  return ttl;
}

async function subjectIn({ tokens }: TokenDependencies, { principal }: Session, { reader, now }: ReadContext): Promise<Subject> {
  const found = await tokens.findByAccessor(reader, principal.session, now);
  if (found === undefined) throw new WatchwordError('access.token-invalid');
  return { token: found.token, attributes: principal.attributes };
}

/**
 * Who acts for the caller: named by a living token that could be used from here. One with a limited number of uses is refused,
 * because none is taken.
 * @throws WatchwordError `issuer.actor`
 */
async function actorOf(on: TokenDependencies, role: IssuerRole, text: Secret, context: ReadContext): Promise<JsonObject> {
  if (!role.delegation) throw new WatchwordError('issuer.actor');
  try {
    const session = await on.authenticator.authenticate(text, context.call, context.reader);
    if (session.usesLeft !== 0) throw new WatchwordError('issuer.actor');
    return { sub: subjectOf(role, await subjectIn(on, session, context), on.findMount) };
  } catch (error) {
    const known = error instanceof WatchwordError && (error.kind === 'denied' || error.code === 'issuer.subject');
    throw known ? new WatchwordError('issuer.actor') : error;
  }
}

async function sign(claims: JsonObject, key: SigningKey): Promise<Secret> {
  const header = { alg: key.algorithm, kid: key.id, typ: 'JWT' };
  return Secret.fromText(await new SignJWT(claims).setProtectedHeader(header).sign(privateKeyOf(key)));
}
