import { createHash, type KeyObject, verify } from 'node:crypto';
import type { CallerProofs } from '../../access/operation.ts';
import { isJsonObject, type JsonObject } from '../../foundation/exact-json.ts';
import { parseStrictJson } from '../jwt/strict-json.ts';
import { keyFromJwk } from '../jwt/verification-key.ts';
import { isSameTarget } from './request-target.ts';

/** What a DPoP proof (RFC 9449 § 4.2) says once its signature holds, and it is for this request. */
export interface DpopProof {
  /** `jkt`: base64url SHA-256 of its key (RFC 7638). */
  readonly thumbprint: string;
  readonly id: string;
  /** Hash of the token that it is for; undefined where there is none, as at login. */
  readonly tokenHash: string | undefined;
}

/** Why a proof does not hold: a reason of `bindingReasons`. */
export interface Fault {
  readonly fault: string;
}

const faults = {
  malformed: { fault: 'binding.proof-malformed' },
  algorithm: { fault: 'binding.proof-algorithm' },
  key: { fault: 'binding.proof-key' },
  signature: { fault: 'binding.proof-signature' },
  method: { fault: 'binding.proof-method' },
  url: { fault: 'binding.proof-url' },
  time: { fault: 'binding.proof-time' },
} as const;

/** Seconds for which a proof is good, in both directions: clocks differ. */
export const PROOF_SECONDS = 60;
const LONGEST = 8 * 1024;
const LONGEST_ID = 256;

/** By RFC 7518 and RFC 8037: how what they sign is hashed. */
const hashes: Readonly<Record<string, string | null>> = { ES256: 'sha256', RS256: 'sha256', EdDSA: null, Ed25519: null };
/** Parts of keys that nobody shows. */
const privateMembers = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'];

/** @param now milliseconds since the epoch */
export function verifyProof(text: string, request: Omit<CallerProofs, 'certificates'>, now: number): DpopProof | Fault {
  const parts = text.length > LONGEST ? [] : text.split('.');
  const [header, claims, signature] = [decoded(parts[0]), decoded(parts[1]), bytesOf(parts[2])];
  if (parts.length !== 3 || header === undefined || claims === undefined || signature === undefined) return faults.malformed;
  const { typ, alg, jwk, ...more } = header;
  const critical = ['crit', 'b64', 'zip', 'enc'].some((name) => Object.hasOwn(more, name));
  if (critical || typeof typ !== 'string' || typ.toLowerCase() !== 'dpop+jwt') return faults.malformed;
  if (typeof alg !== 'string' || !Object.hasOwn(hashes, alg)) return faults.algorithm;
  if (!isJsonObject(jwk) || privateMembers.some((name) => Object.hasOwn(jwk, name))) return faults.key;
  const read = keyFromJwk(jwk);
  if (typeof read === 'string') return faults.key;
  if (!read.algorithms.includes(alg)) return faults.algorithm;
  const said = readClaims(claims);
  if (said === undefined) return faults.malformed;
  if (said.method !== request.method) return faults.method;
  if (!isSameTarget(said.url, request)) return faults.url;
  if (Math.abs(now / 1000 - said.issuedAt) > PROOF_SECONDS) return faults.time;
  const key = { key: read.key, dsaEncoding: 'ieee-p1363' } as const;
  if (!verify(hashes[alg] ?? null, Buffer.from(`${parts[0]}.${parts[1]}`), key, signature)) return faults.signature;
  return { thumbprint: jwkThumbprint(read.key), id: said.id, tokenHash: said.tokenHash };
}

function readClaims({ jti, htm, htu, iat, ath }: JsonObject) {
  const texts = typeof jti === 'string' && typeof htm === 'string' && typeof htu === 'string';
  if (!texts || typeof iat !== 'number' || !Number.isFinite(iat)) return undefined;
  if (jti === '' || jti.length > LONGEST_ID || (ath !== undefined && typeof ath !== 'string')) return undefined;
  return { id: jti, method: htm, url: htu, issuedAt: iat, tokenHash: ath };
}

/** One text for the same bytes: no padding, no stray bits. */
function bytesOf(part = ''): Buffer | undefined {
  const bytes = Buffer.from(part, 'base64url');
  return bytes.length > 0 && bytes.toString('base64url') === part ? bytes : undefined;
}

function decoded(part: string | undefined): JsonObject | undefined {
  const bytes = bytesOf(part);
  const parsed = bytes && parseStrictJson(bytes);
  return parsed === undefined || 'fault' in parsed ? undefined : parsed.object;
}

/** RFC 7638 § 3: the members that make the key, in the order of their names; of the key itself, however its JWK was written. */
function jwkThumbprint(key: KeyObject): string {
  const jwk = key.export({ format: 'jwk' }) as Readonly<Record<string, string>>;
  const members = ['crv', 'e', 'kty', 'n', 'x', 'y'].flatMap((name) => (jwk[name] === undefined ? [] : [[name, jwk[name]]]));
  return createHash('sha256')
    .update(JSON.stringify(Object.fromEntries(members)))
    .digest('base64url');
}

/** `ath` (RFC 9449 § 4.2). */
export function tokenHashOf(token: Uint8Array): string {
  return createHash('sha256').update(token).digest('base64url');
}
