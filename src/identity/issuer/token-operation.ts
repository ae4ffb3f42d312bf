import { z } from 'zod';
import type { Authenticator } from '../../access/door-contract.ts';
import { type AnyOperation, defineRead, type ReadContext, type Session } from '../../access/operation.ts';
import { nameSchema, secretSchema } from '../../foundation/bounds.ts';
import { WatchwordError } from '../../foundation/errors.ts';
import type { JsonObject } from '../../foundation/exact-json.ts';
import type { Secret } from '../../foundation/secret.ts';
import type { Tokens } from '../tokens.ts';
import { type FindMount, type Subject, subjectOf } from './claims.ts';
import type { IssuerRole, SignedToken, TokenInput } from './contract.ts';
import type { IssuerRecords } from './issuer-records.ts';
import { signingRole, signToken } from './sign-token.ts';

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
  const { session } = context;
  if (session === undefined) throw new WatchwordError('access.token-missing');
  const signing = await signingRole(on.records, { role: input.role, audience: input.audience }, context);
  const { role, audience } = signing;
  const subject = await subjectIn(on, session, context);
  const more = input.actor === undefined ? {} : { act: await actorOf(on, role, input.actor, context) };
  const order = { subject, expiresAt: session.expiresAt, ttl: input.ttl, more };
  const signed = await signToken(on, signing, order, context);
  context.note({ issuedId: signed.id, issuedSubject: signed.subject, issuedAudience: audience });
  context.note({ issuedTtl: signed.ttl, keyId: signed.keyId });
  return { token: signed.token, clientId: role.clientId, ttl: signed.ttl, binding: subject.token.binding?.kind };
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
