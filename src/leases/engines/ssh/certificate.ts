import { sign } from 'node:crypto';
import { unreachable } from '../../../foundation/ports.ts';
import type { KeyPair } from './private-key.ts';
import type { PublicKey } from './public-key.ts';
import { lengthPrefixed, mpint, uint32, uint64 } from './wire.ts';

export type CertificateType = 'user' | 'host';

/** What a certificate says. Times are seconds since the epoch; it is good from the first of them until before the second. */
export interface Certificate {
  readonly subject: PublicKey;
  /** 32 random bytes. */
  readonly nonce: Buffer;
  readonly serial: bigint;
  readonly type: CertificateType;
  readonly keyId: string;
  /** At least one: to OpenSSH none at all means everybody. */
  readonly principals: readonly string[];
  readonly validAfter: number;
  readonly validBefore: number;
  readonly criticalOptions: Readonly<Record<string, string>>;
  readonly extensions: Readonly<Record<string, string>>;
}

const TYPES: Readonly<Record<CertificateType, number>> = { user: 1, host: 2 };

/** What signatures are called, by the type of the key that makes them; the usual one first. SHA-1 is not among them. */
const algorithms: Readonly<Record<string, readonly string[]>> = {
  'ssh-ed25519': ['ssh-ed25519'],
  'ecdsa-sha2-nistp256': ['ecdsa-sha2-nistp256'],
  'ecdsa-sha2-nistp384': ['ecdsa-sha2-nistp384'],
  'ecdsa-sha2-nistp521': ['ecdsa-sha2-nistp521'],
  'ssh-rsa': ['rsa-sha2-256', 'rsa-sha2-512'],
};

const digests: Readonly<Record<string, string>> = {
  'ecdsa-sha2-nistp256': 'sha256',
  'ecdsa-sha2-nistp384': 'sha384',
  'ecdsa-sha2-nistp521': 'sha512',
  'rsa-sha2-256': 'sha256',
  'rsa-sha2-512': 'sha512',
};

export const SIGNATURE_ALGORITHMS: readonly string[] = Object.values(algorithms).flat();

/** The algorithm to sign with; undefined where the key can't. @param wanted empty for the usual one */
export function signatureAlgorithm({ type }: Pick<PublicKey, 'type'>, wanted: string): string | undefined {
  const possible = algorithms[type] ?? [];
  return wanted === '' ? possible[0] : possible.find((algorithm) => algorithm === wanted);
}

/** The certificate on the wire: OpenSSH's PROTOCOL.certkeys. */
export function signCertificate(certificate: Certificate, authority: KeyPair, algorithm: string): Buffer {
  const { subject, nonce, serial, type, keyId, principals, validAfter, validBefore } = certificate;
  if (principals.length === 0 || principals.includes(''))
    unreachable('a certificate without principals would be good for everybody');
  if (validBefore <= validAfter) unreachable('a certificate would end before it begins');
  const signed = Buffer.concat([
    lengthPrefixed(subject.certificateType),
    lengthPrefixed(nonce),
    subject.parameters,
    uint64(serial),
    uint32(TYPES[type]),
    lengthPrefixed(keyId),
    lengthPrefixed(Buffer.concat(principals.map(lengthPrefixed))),
    uint64(BigInt(validAfter)),
    uint64(BigInt(validBefore)),
    options(certificate.criticalOptions),
    options(certificate.extensions),
    lengthPrefixed(''),
    lengthPrefixed(authority.public.blob),
  ]);
  return Buffer.concat([signed, lengthPrefixed(signature(signed, authority, algorithm))]);
}

/** In the order of their names, as OpenSSH asks. A flag has no value; a value is a string in a string. */
function options(given: Readonly<Record<string, string>>): Buffer {
  const sorted = Object.entries(given).sort(([a], [b]) => (a < b ? -1 : 1));
  const encoded = sorted.flatMap(([name, value]) => [
    lengthPrefixed(name),
    lengthPrefixed(value === '' ? '' : lengthPrefixed(value)),
  ]);
  return lengthPrefixed(Buffer.concat(encoded));
}

function signature(bytes: Buffer, { key, public: { family } }: KeyPair, algorithm: string): Buffer {
  const digest = digests[algorithm];
  if (family !== 'ec') return Buffer.concat([lengthPrefixed(algorithm), lengthPrefixed(sign(digest, bytes, key))]);
  const both = sign(digest, bytes, { key, dsaEncoding: 'ieee-p1363' });
  const half = both.length / 2;
  const numbers = Buffer.concat([mpint(both.subarray(0, half)), mpint(both.subarray(half))]);
  return Buffer.concat([lengthPrefixed(algorithm), lengthPrefixed(numbers)]);
}
