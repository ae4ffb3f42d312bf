import { createHash, createPrivateKey, generateKeyPair, type JsonWebKey, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import { canonicalJson } from '../../foundation/canonical-json.ts';
import type { Random } from '../../foundation/ports.ts';
import { Secret } from '../../foundation/secret.ts';
import { selfSignedCertificate } from './self-signed.ts';

/** How tokens are signed (RFC 7518 § 3): what every cloud verifies, and what is smaller and faster. */
export const signingAlgorithms = ['RS256', 'ES256'] as const;
export type SigningAlgorithm = (typeof signingAlgorithms)[number];

/** One pair of keys, as it is sealed. */
export interface SigningKey {
  /** JWK thumbprint (RFC 7638), SHA-256 in base64url: the `kid` of its tokens. */
  readonly id: string;
  readonly algorithm: SigningAlgorithm;
  /** PKCS #8 in DER. */
  readonly privateKey: Secret;
  /** As the key set publishes it. */
  readonly published: PublishedKey;
}

/** A public key in a JWK set (RFC 7517). */
export interface PublishedKey extends JsonWebKey {
  readonly kid: string;
  readonly use: 'sig';
  readonly alg: SigningAlgorithm;
  /** A certificate by the key itself, for verifiers that know keys by certificates; RS256 only. */
  readonly x5c?: string[];
  /** Thumbprints of that certificate, in base64url: SHA-1, by which such verifiers know it, and SHA-256. */
  readonly x5t?: string;
  readonly 'x5t#S256'?: string;
}

const RSA_BITS = 2048;
const SERIAL_BYTES = 16;
const CERTIFICATE_YEARS = 10;
const YEAR_MS = 365.25 * 24 * 3_600_000;
const generate = promisify(generateKeyPair);

/** A new pair. Takes up to some tenths of a second for RSA, on another thread. @param now milliseconds since the epoch */
export async function makeSigningKey(algorithm: SigningAlgorithm, random: Random, now: number): Promise<SigningKey> {
  const { publicKey, privateKey } =
    algorithm === 'RS256' ? await generate('rsa', { modulusLength: RSA_BITS }) : await generate('ec', { namedCurve: 'P-256' });
  const jwk = publicKey.export({ format: 'jwk' });
  const id = thumbprintOf(jwk);
  const certificate = algorithm === 'RS256' ? certificateOf({ publicKey, privateKey }, random, now) : undefined;
  return {
    id,
    algorithm,
    privateKey: Secret.own(privateKey.export({ type: 'pkcs8', format: 'der' })),
    published: { ...jwk, kid: id, use: 'sig', alg: algorithm, ...(certificate && publishedCertificate(certificate)) },
  };
}

/** RFC 7638 § 3: the members that a key of its type must have, in their canonical form. */
export function thumbprintOf({ kty, n, e, crv, x, y }: JsonWebKey): string {
  const members = kty === 'RSA' ? { e, kty, n } : { crv, kty, x, y };
  return createHash('sha256').update(canonicalJson(members)).digest('base64url');
}

function certificateOf(pair: { publicKey: KeyObject; privateKey: KeyObject }, random: Random, now: number): Buffer {
  const serial = random.bytes(SERIAL_BYTES);
  // A positive integer without a leading zero byte.
  serial[0] = ((serial[0] ?? 0) & 0x3f) | 0x40;
  const from = Math.floor(now / 1000) * 1000;
  return selfSignedCertificate({
    ...pair,
    commonName: 'Watchword token signing',
    serial,
    from,
    until: from + CERTIFICATE_YEARS * YEAR_MS,
  });
}

function publishedCertificate(certificate: Buffer): Pick<PublishedKey, 'x5c' | 'x5t' | 'x5t#S256'> {
  const digest = (algorithm: string) => createHash(algorithm).update(certificate).digest('base64url');
  return { x5c: [certificate.toString('base64')], x5t: digest('sha1'), 'x5t#S256': digest('sha256') };
}

const opened = new WeakMap<SigningKey, KeyObject>();

/** The private key of a pair, read once for as long as the pair is the same object. */
export function privateKeyOf(key: SigningKey): KeyObject {
  const known = opened.get(key);
  if (known !== undefined) return known;
  const privateKey = createPrivateKey({ key: key.privateKey.bytes, type: 'pkcs8', format: 'der' });
  opened.set(key, privateKey);
  return privateKey;
}
