import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import { type DerValue, derTags, membersOf, readObjectId } from './der.ts';

interface Algorithm {
  readonly keyType: string;
  /** Null where the algorithm says it itself. */
  readonly hash: string | null;
  /** Whether the parameters are NULL (RSA) or absent. */
  readonly withNull: boolean;
}

const rsa = (hash: string): Algorithm => ({ keyType: 'rsa', hash, withNull: true });
const ecdsa = (hash: string): Algorithm => ({ keyType: 'ec', hash, withNull: false });

/** RFC 4055, RFC 5758, RFC 8410. What is not here (MD5, SHA-1, DSA, …) is not believed. */
const algorithms: Readonly<Record<string, Algorithm>> = {
  '1.2.840.113549.1.1.11': rsa('sha256'),
  '1.2.840.113549.1.1.12': rsa('sha384'),
  '1.2.840.113549.1.1.13': rsa('sha512'),
  '1.2.840.10045.4.3.2': ecdsa('sha256'),
  '1.2.840.10045.4.3.3': ecdsa('sha384'),
  '1.2.840.10045.4.3.4': ecdsa('sha512'),
  '1.3.101.112': { keyType: 'ed25519', hash: null, withNull: false },
};

/** Something that an authority signed: a certificate or a revocation list. */
export interface Signed {
  /** The bytes that are signed. */
  readonly body: Buffer;
  readonly algorithm: DerValue;
  readonly signature: Buffer;
}

/** Undefined for algorithms that are not accepted. @throws DerError */
function algorithmOf(value: DerValue): Algorithm | undefined {
  const members = membersOf(value, derTags.sequence);
  const algorithm = algorithms[readObjectId(members.take(derTags.objectId))];
  const [parameters, ...more] = members.rest();
  if (algorithm === undefined || more.length > 0) return undefined;
  if (!algorithm.withNull) return parameters === undefined ? algorithm : undefined;
  return parameters?.tag === derTags.null && parameters.content.length === 0 ? algorithm : undefined;
}

/** @throws DerError */
export function isAcceptedAlgorithm(algorithm: DerValue): boolean {
  return algorithmOf(algorithm) !== undefined;
}

/** False as well for algorithms that are not accepted, or do not go with the key. */
export function isSignedBy({ body, algorithm, signature }: Signed, key: KeyObject): boolean {
  const known = algorithmOf(algorithm);
  if (known === undefined || known.keyType !== key.asymmetricKeyType) return false;
  try {
    return verify(known.hash, body, key, signature);
  } catch {
    return false;
  }
}

const RSA_BITS = { least: 2048, most: 8192 } as const;
const curves: readonly string[] = ['prime256v1', 'secp384r1', 'secp521r1'];

/** Undefined for what is no public key, and for a weak one: RSA below 2048 bits, other curves than P-256, P-384, P-521 and Ed25519. */
export function publicKeyOf(subjectPublicKeyInfo: Buffer): KeyObject | undefined {
  let key: KeyObject;
  try {
    key = createPublicKey({ key: subjectPublicKeyInfo, format: 'der', type: 'spki' });
  } catch {
    return undefined;
  }
  const { modulusLength = 0, publicExponent = 0n, namedCurve = '' } = key.asymmetricKeyDetails ?? {};
  switch (key.asymmetricKeyType) {
    case 'rsa': {
      // A huge exponent or modulus would make every verification slow.
      const sound = publicExponent >= 3n && publicExponent % 2n === 1n && publicExponent <= 0xffff_ffffn;
      return sound && modulusLength >= RSA_BITS.least && modulusLength <= RSA_BITS.most ? key : undefined;
    }
    case 'ec':
      return curves.includes(namedCurve) ? key : undefined;
    case 'ed25519':
      return key;
    default:
      return undefined;
  }
}
