import { createHash, createPrivateKey, createPublicKey, type KeyObject, X509Certificate } from 'node:crypto';
import { type JWTPayload, SignJWT } from 'jose';
import { Secret } from '../../../foundation/secret.ts';

const FEWEST_RSA_BITS = 2048;
const BLOCK = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g;

/** RFC 7518 */
type Algorithm = 'ES256' | 'ES384' | 'RS256';

/** The key in a PEM text; undefined for every other thing, and for keys that registries can't verify by. */
export function signingKeyIn(pem: Secret): KeyObject | undefined {
  try {
    const key = createPrivateKey({ key: pem.bytes, format: 'pem' });
    return algorithmOf(key) === undefined ? undefined : key;
  } catch {
    return undefined;
  }
}

function algorithmOf({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): Algorithm | undefined {
  if (asymmetricKeyType === 'rsa') return (asymmetricKeyDetails?.modulusLength ?? 0) < FEWEST_RSA_BITS ? undefined : 'RS256';
  if (asymmetricKeyType !== 'ec') return undefined;
  return asymmetricKeyDetails?.namedCurve === 'prime256v1'
    ? 'ES256'
    : asymmetricKeyDetails?.namedCurve === 'secp384r1'
      ? 'ES384'
      : undefined;
}

/** The certificates in a PEM text, in their order; undefined where one of them is none, or something else stands there. */
export function certificatesIn(pem: string): readonly X509Certificate[] | undefined {
  const blocks = pem.match(BLOCK) ?? [];
  if (blocks.length === 0 || pem.replace(BLOCK, '').trim() !== '') return undefined;
  try {
    return blocks.map((block) => new X509Certificate(block));
  } catch {
    return undefined;
  }
}

/** Signs tokens, with everything in their heads by which registries of either generation find the certificate that they trust. */
export class TokenSigner {
  readonly #key: KeyObject;
  readonly #header: { readonly alg: Algorithm; readonly typ: 'JWT'; readonly kid: string; readonly x5c: string[] };

  /** @param chain whose first is of the key */
  constructor(key: KeyObject, chain: readonly X509Certificate[]) {
    const alg = algorithmOf(key);
    if (alg === undefined) throw new TypeError('a key that tokens cannot be signed by');
    this.#key = key;
    this.#header = { alg, typ: 'JWT', kid: keyId(key), x5c: chain.map(({ raw }) => raw.toString('base64')) };
  }

  async sign(claims: JWTPayload): Promise<Secret> {
    return Secret.fromText(await new SignJWT(claims).setProtectedHeader(this.#header).sign(this.#key));
  }
}

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const ID_BYTES = 30;

/** As libtrust makes it, which registries before version 3 know keys by: `ABCD:EFGH:…`, twelve groups. */
function keyId(key: KeyObject): string {
  const digest = createHash('sha256')
    .update(createPublicKey(key).export({ type: 'spki', format: 'der' }))
    .digest();
  const bits = [...digest.subarray(0, ID_BYTES)].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  const letters = bits.replace(/.{5}/g, (five) => BASE32[Number.parseInt(five, 2)] ?? '');
  return letters.match(/.{4}/g)?.join(':') ?? '';
}
