import { randomUUID } from 'node:crypto';
import { SignJWT } from 'jose';
import { WatchwordError } from '../../foundation/errors.ts';
import type { JsonObject } from '../../foundation/exact-json.ts';
import { Secret } from '../../foundation/secret.ts';
import type { RecordMount } from '../../keyring/mount-records.ts';
import type { Reader } from '../../storage/contract.ts';
import { claimsOfRole, type FindMount, type Subject, subjectOf } from './claims.ts';
import type { IssuerRole } from './contract.ts';
import type { IssuerRecords } from './issuer-records.ts';
import { type NamedKey, signingKeyAt } from './named-key.ts';
import { LONGEST_TTL, mayUse } from './role-operations.ts';
import { privateKeyOf, type SigningKey } from './signing-key.ts';

/** Where and when: the mount of the issuer's records, and milliseconds since the epoch. */
export interface SigningPlace {
  readonly reader: Reader;
  readonly mount: RecordMount;
  readonly now: number;
}

/** A role that may sign, with the key that it signs with and one audience. */
export interface SigningRole {
  readonly role: IssuerRole;
  readonly named: NamedKey;
  readonly audience: string;
}

/** @throws WatchwordError `issuer.invalid` where role or key are not there or do not fit, `issuer.audience` */
export async function signingRole(
  records: IssuerRecords,
  { role: name, audience }: { readonly role: string; readonly audience: string | undefined },
  place: SigningPlace,
): Promise<SigningRole> {
  const role = await records.roles.find(place.reader, place.mount, name);
  if (role === undefined) throw new WatchwordError('issuer.invalid', `role "${name}" not found`, { where: 'role' });
  return { role, named: await keyOf(records, name, role, place), audience: audienceOf(role, audience) };
}

/** @throws WatchwordError `issuer.invalid` where the role's key is gone, or does not let it sign */
async function keyOf(records: IssuerRecords, name: string, role: IssuerRole, { reader, mount }: SigningPlace): Promise<NamedKey> {
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

export interface Signing {
  readonly subject: Subject;
  /** Of the session that the token comes from, in milliseconds since the epoch; undefined = it does not end. */
  readonly expiresAt: number | undefined;
  /** Seconds. */
  readonly ttl: number | undefined;
  /** Claims besides: `act`. */
  readonly more?: JsonObject;
}

export interface Signed {
  readonly token: Secret;
  readonly id: string;
  readonly issuer: string;
  readonly subject: string;
  readonly ttl: number;
  readonly keyId: string;
}

/** @throws WatchwordError `issuer.subject`, or `access.token-invalid` where the session has no whole second left */
export async function signToken(
  { records, findMount }: { readonly records: IssuerRecords; readonly findMount: FindMount },
  { role, named, audience }: SigningRole,
  { subject, expiresAt, ttl: asked, more = {} }: Signing,
  { reader, mount, now }: SigningPlace,
): Promise<Signed> {
  const ttl = ttlOf({ role, named, asked }, expiresAt, now);
  const key = signingKeyAt(named, now);
  if (key === undefined) throw new WatchwordError('internal', 'a named key without keys');
  const issuedAt = Math.floor(now / 1000);
  const own = { iss: await records.issuer(reader, mount), sub: subjectOf(role, subject, findMount), jti: randomUUID() };
  const claims: JsonObject = {
    ...claimsOfRole(role, subject, now),
    ...more,
    ...own,
    aud: audience,
    iat: issuedAt,
    nbf: issuedAt,
    exp: issuedAt + ttl,
    namespace: 'root',
  };
  return { token: await sign(claims, key), id: own.jti, issuer: own.iss, subject: own.sub, ttl, keyId: key.id };
}

/** No token outlives the session that it came from, nor the publication of its key. */
function ttlOf(
  { role, named, asked }: { role: IssuerRole; named: NamedKey; asked: number | undefined },
  expiresAt: number | undefined,
  now: number,
) {
  const most = Math.min(role.ttl, role.maxTtl === 0 ? LONGEST_TTL : role.maxTtl, named.verificationTtl);
  const wanted = Math.min(asked ?? most, most);
  const left = expiresAt === undefined ? wanted : Math.floor(expiresAt / 1000) - Math.floor(now / 1000);
  const ttl = Math.min(wanted, left);
  if (ttl < 1) throw new WatchwordError('access.token-invalid');
  return ttl;
}

async function sign(claims: JsonObject, key: SigningKey): Promise<Secret> {
  const header = { alg: key.algorithm, kid: key.id, typ: 'JWT' };
  return Secret.fromText(await new SignJWT(claims).setProtectedHeader(header).sign(privateKeyOf(key)));
}
