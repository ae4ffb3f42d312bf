import { createHmac, KeyObject, sign } from 'node:crypto';
import { Secret } from '../../../foundation/secret.ts';
import type { TestKey } from './test-issuer.ts';

export const base64url = (bytes: string | Uint8Array): string => Buffer.from(bytes).toString('base64url');

/** Three parts of whatever text or bytes. */
export function joined(header: string | Uint8Array, payload: string | Uint8Array, signature: string | Uint8Array = ''): Secret {
  return Secret.fromText([header, payload, signature].map(base64url).join('.'));
}

/** A sound signature over texts that no library would sign: header and payload as they are, byte for byte. ECDSA keys only. */
export function signedRaw(
  header: string | Uint8Array,
  payload: string | Uint8Array,
  { privateKey }: TestKey,
  encoding: 'ieee-p1363' | 'der' = 'ieee-p1363',
): Secret {
  const input = `${base64url(header)}.${base64url(payload)}`;
  const signature = sign('sha256', Buffer.from(input), { key: KeyObject.from(privateKey), dsaEncoding: encoding });
  return Secret.fromText(`${input}.${base64url(signature)}`);
}

/** An HMAC whose key is what everybody may know: the public key in one of its forms. */
export function signedWithPublicKey(header: object, payload: object, key: string | Uint8Array): Secret {
  const input = `${base64url(JSON.stringify(header))}.${base64url(JSON.stringify(payload))}`;
  return Secret.fromText(`${input}.${createHmac('sha256', key).update(input).digest('base64url')}`);
}
