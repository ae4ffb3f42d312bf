import { createPublicKey, type JsonWebKeyInput, type KeyObject } from 'node:crypto';
import type { JsonObject } from '../../foundation/exact-json.ts';

const RSA_BITS = { least: 2048, most: 8192 } as const;
const rsaAlgorithms = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'] as const;
/** The same under its old and its fully specified name (RFC 9864). */
const edAlgorithms: readonly string[] = ['EdDSA', 'Ed25519'];
const curveAlgorithms: Readonly<Record<string, string>> = { prime256v1: 'ES256', secp384r1: 'ES384', secp521r1: 'ES512' };

/** Every signature algorithm (RFC 7518, RFC 8037) that an issuer may be allowed: asymmetric ones, with keys of at least 2048 bits for RSA. */
export const signatureAlgorithms: readonly string[] = [...rsaAlgorithms, ...Object.values(curveAlgorithms), ...edAlgorithms];

/** A public key that verifies tokens. */
export interface VerificationKey {
  readonly kid: string | undefined;
  /** From a PEM, which cannot say its kid: tokens with any kid may be its own. */
  readonly anonymous: boolean;
  readonly algorithms: readonly string[];
  readonly key: KeyObject;
}

/** Why a key is not used. `other-use` is no fault: sets hold keys for other purposes as well. */
export type KeyFault = 'other-use' | 'private' | 'symmetric' | 'weak' | 'unsupported' | 'malformed';

const publicMembers = ['kty', 'crv', 'x', 'y', 'n', 'e'] as const;

/** A key of a JWK set (RFC 7517), SPIFFE trust bundles included: their `jwt-svid` keys verify tokens, their `x509-svid` do not. */
export function keyFromJwk(jwk: JsonObject): VerificationKey | KeyFault {
  const { kty, use, kid, alg } = jwk;
  const operations = jwk['key_ops'];
  if (kty === 'oct' || Object.hasOwn(jwk, 'k')) return 'symmetric';
  if (Object.hasOwn(jwk, 'd')) return 'private';
  if (use !== undefined && use !== 'sig' && use !== 'jwt-svid') return 'other-use';
  if (operations !== undefined && !(Array.isArray(operations) && operations.includes('verify'))) return 'other-use';
  if (kty !== 'RSA' && kty !== 'EC' && kty !== 'OKP') return 'unsupported';
  if ((kid !== undefined && typeof kid !== 'string') || (alg !== undefined && typeof alg !== 'string')) return 'malformed';
  const members = Object.fromEntries(publicMembers.filter((name) => Object.hasOwn(jwk, name)).map((name) => [name, jwk[name]]));
  const key = parsed({ key: members, format: 'jwk' } as JsonWebKeyInput);
  if (key === undefined) return 'malformed';
  const algorithms = algorithmsOf(key);
  if (typeof algorithms === 'string' || alg === undefined) return verificationKey(key, kid, algorithms);
  const own = edAlgorithms.includes(alg) ? edAlgorithms : [alg];
  return verificationKey(
    key,
    kid,
    algorithms.filter((name) => own.includes(name)),
  );
}

/** A public key or a certificate, as PEM. The certificate's dates and names are not looked at. */
export function keyFromPem(pem: string): VerificationKey | KeyFault {
  if (pem.includes('PRIVATE KEY')) return 'private';
  const key = parsed(pem);
  if (key === undefined) return 'malformed';
  const made = verificationKey(key, undefined, algorithmsOf(key));
  return typeof made === 'string' ? made : { ...made, anonymous: true };
}

function parsed(input: string | JsonWebKeyInput): KeyObject | undefined {
  try {
    return createPublicKey(input);
  } catch {
    return undefined;
  }
}

function verificationKey(
  key: KeyObject,
  kid: string | undefined,
  algorithms: readonly string[] | KeyFault,
): VerificationKey | KeyFault {
  if (typeof algorithms === 'string') return algorithms;
  return algorithms.length === 0 ? 'unsupported' : { kid, anonymous: false, algorithms, key };
}

function algorithmsOf({ asymmetricKeyType, asymmetricKeyDetails = {} }: KeyObject): readonly string[] | KeyFault {
  const { modulusLength = 0, publicExponent = 0n, namedCurve = '' } = asymmetricKeyDetails;
  switch (asymmetricKeyType) {
    case 'rsa':
      // A huge exponent or modulus would make every verification slow.
      if (publicExponent < 3n || publicExponent % 2n === 0n || publicExponent > 0xffff_ffffn) return 'weak';
      return modulusLength < RSA_BITS.least || modulusLength > RSA_BITS.most ? 'weak' : rsaAlgorithms;
    case 'ec': {
      const algorithm = curveAlgorithms[namedCurve];
      return algorithm === undefined ? 'unsupported' : [algorithm];
    }
    case 'ed25519':
      return edAlgorithms;
    default:
      return 'unsupported';
  }
}
