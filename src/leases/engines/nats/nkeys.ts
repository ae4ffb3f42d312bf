import { createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';
import { Secret } from '../../../foundation/secret.ts';

/** First bits of a key's text, so that it begins with a letter of its kind: https://github.com/nats-io/nkeys */
const kinds = { operator: 14 << 3, account: 0, user: 20 << 3 } as const;
const SEED = 18 << 3;
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');
const SPKI = Buffer.from('302a300506032b6570032100', 'hex');

export type KeyKind = keyof typeof kinds;

/** The text is no key of this kind. The message holds nothing of it. */
export class NkeyFault extends Error {
  override readonly name = 'NkeyFault';
}

/** An Ed25519 key of NATS. */
export interface Nkey {
  /** `A…`, `O…`, `U…` */
  readonly publicKey: string;
  sign(bytes: Uint8Array): Buffer;
}

/** @throws NkeyFault */
export function nkeyOf(seed: Secret, kind: KeyKind): Nkey {
  const bytes = decode(seed.text.trim(), 34);
  const prefix = kinds[kind];
  if (bytes[0] !== (SEED | (prefix >> 5)) || bytes[1] !== (prefix & 31) << 3)
    throw new NkeyFault(`must be the seed of an ${kind}`);
  const der = Buffer.concat([PKCS8, bytes.subarray(2)]);
  const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  der.fill(0);
  bytes.fill(0);
  const raw = createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(SPKI.length);
  return { publicKey: encode(Buffer.concat([Buffer.from([prefix]), raw])), sign: (message) => sign(null, message, key) };
}

/** A new seed from 32 random bytes, which are zeroed. */
export function seedFrom(bytes: Buffer, kind: KeyKind): Secret {
  const prefix = kinds[kind];
  const body = Buffer.concat([Buffer.from([SEED | (prefix >> 5), (prefix & 31) << 3]), bytes]);
  bytes.fill(0);
  return Secret.fromText(encode(body));
}

/** @throws NkeyFault */
export function checkPublicKey(text: string, kind: KeyKind): void {
  if (decode(text, 33)[0] !== kinds[kind]) throw new NkeyFault(`must be the public key of an ${kind}`);
}

/** Whether the owner of the public key has signed it. */
export function isSignedBy(publicKey: string, bytes: Uint8Array, signature: Uint8Array): boolean {
  const raw = decode(publicKey, 33).subarray(1);
  const key = createPublicKey({ key: Buffer.concat([SPKI, raw]), format: 'der', type: 'spki' });
  return verify(null, bytes, key, signature);
}

/** Base 32 of RFC 4648 without padding, of the bytes and their checksum. */
function encode(body: Buffer): string {
  const sum = Buffer.alloc(2);
  sum.writeUInt16LE(crc16(body));
  return base32(Buffer.concat([body, sum]));
}

/** @throws NkeyFault */
function decode(text: string, length: number): Buffer {
  const bytes = Buffer.alloc(length + 2);
  if (text.length !== Math.ceil((bytes.length * 8) / 5) || !/^[A-Z2-7]+$/.test(text)) throw new NkeyFault('is no key of NATS');
  let [bits, value, at] = [0, 0, 0];
  for (const letter of text) {
    value = ((value << 5) | ALPHABET.indexOf(letter)) & 0xfff;
    bits += 5;
    if (bits < 8) continue;
    bits -= 8;
    bytes[at] = (value >> bits) & 0xff;
    at += 1;
  }
  const body = bytes.subarray(0, length);
  // Also whether the bits that no byte has are zero: every key has one text.
  if (crc16(body) !== bytes.readUInt16LE(length) || base32(bytes) !== text) throw new NkeyFault('is no key of NATS: mistyped?');
  return body;
}

/** Of RFC 4648, without padding. */
export function base32(bytes: Uint8Array): string {
  let [text, bits, value] = ['', 0, 0];
  for (const byte of bytes) {
    value = ((value << 8) | byte) & 0x1fff;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += ALPHABET[(value >> bits) & 31];
    }
  }
  return bits === 0 ? text : text + ALPHABET[(value << (5 - bits)) & 31];
}

/** XMODEM's. */
function crc16(bytes: Uint8Array): number {
  let sum = 0;
  for (const byte of bytes) {
    sum ^= byte << 8;
    for (let bit = 0; bit < 8; bit += 1) sum = ((sum & 0x8000) === 0 ? sum << 1 : (sum << 1) ^ 0x1021) & 0xffff;
  }
  return sum;
}
