import { createHash, randomUUID } from 'node:crypto';
import { exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';

/** A client's part of RFC 9449, by a library that is not ours. */
export interface DpopClient {
  /** Times are seconds since the epoch. `header` and `claims` replace what an honest client says; undefined leaves it out. */
  prove(wanted: WantedProof): Promise<string>;
  readonly jwk: JWK;
}

export interface WantedProof {
  readonly method: string;
  readonly url: string;
  readonly now: number;
  readonly token?: string;
  readonly header?: Readonly<Record<string, unknown>>;
  readonly claims?: Readonly<Record<string, unknown>>;
}

export async function dpopClient(algorithm = 'ES256', modulusLength = 2048): Promise<DpopClient> {
  const { publicKey, privateKey } = await generateKeyPair(algorithm, { extractable: true, modulusLength });
  const jwk = await exportJWK(publicKey);
  return {
    jwk,
    async prove({ method, url, now, token, header = {}, claims = {} }) {
      const ath = token === undefined ? {} : { ath: createHash('sha256').update(token).digest('base64url') };
      const payload = { jti: randomUUID(), htm: method, htu: url, iat: now, ...ath, ...claims };
      const protectedHeader = { typ: 'dpop+jwt', alg: algorithm, jwk, ...header };
      return new SignJWT(withoutMissing(payload))
        .setProtectedHeader(withoutMissing(protectedHeader) as { alg: string })
        .sign(privateKey);
    },
  };
}

const withoutMissing = (object: object) => Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined));
