import { createPrivateKey, type KeyObject } from 'node:crypto';
import { type JWTPayload, SignJWT } from 'jose';
import { Secret } from '../../foundation/secret.ts';

const FEWEST_BITS = 2048;

/** The RSA key in a PEM text, PKCS #1 or #8; undefined for every other thing: what is wrong with it could tell of it. */
export function rsaKeyIn(pem: Secret): KeyObject | undefined {
  try {
    const key = createPrivateKey({ key: pem.bytes, format: 'pem' });
    const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
    return key.asymmetricKeyType === 'rsa' && bits >= FEWEST_BITS ? key : undefined;
  } catch {
    return undefined;
  }
}

/** RS256. @param keyId where who verifies has several keys */
export async function signedJwt(key: KeyObject, claims: JWTPayload, keyId?: string): Promise<Secret> {
  const header = { alg: 'RS256', typ: 'JWT', ...(keyId === undefined ? {} : { kid: keyId }) };
  return Secret.fromText(await new SignJWT(claims).setProtectedHeader(header).sign(key));
}
