import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject } from 'node:crypto';

/**
 * XAES-256-GCM (c2sp.org/XAES-256-GCM): AES-256-GCM under a key derived from the first 12 of 24 nonce bytes by
 * NIST SP 800-108 CMAC, so that random nonces never run out.
 */
export const SALT_BYTES = 12;
export const NONCE_BYTES = 12;
export const TAG_BYTES = 16;
export const KEY_BYTES = 32;

/** The AES-256-GCM key for all nonces that begin with `salt` (12 bytes). */
export function deriveSubkey(key: KeyObject, salt: Uint8Array): KeyObject {
  const aes = createCipheriv('aes-256-ecb', key, null).setAutoPadding(false);
  const block = aes.update(Buffer.alloc(16));
  const first = doubled(block);
  const second = Buffer.from(first);
  // Input of the KDF: counter (2 bytes), label "X", separator 0, context = salt; one full block, so CMAC uses K1.
  mix(first, 1, salt);
  mix(second, 2, salt);
  const derived = Buffer.concat([aes.update(first), aes.update(second)]);
  const subkey = createSecretKey(derived);
  for (const buffer of [block, first, second, derived]) buffer.fill(0);
  return subkey;
}

/** Multiplication by x in GF(2^128), without a branch on secret bits. */
function doubled(block: Buffer): Buffer {
  const out = Buffer.alloc(16);
  const carry = block.readUInt8(0) >> 7;
  for (let i = 0; i < 16; i++) {
    const next = i < 15 ? block.readUInt8(i + 1) >> 7 : 0;
    out[i] = ((block.readUInt8(i) << 1) & 0xff) | next;
  }
  out[15] = out.readUInt8(15) ^ (carry * 0x87);
  return out;
}

function mix(block: Buffer, counter: number, salt: Uint8Array): void {
  const message = Buffer.concat([Buffer.from([0, counter, 0x58, 0]), salt]);
  for (let i = 0; i < 16; i++) block[i] = block.readUInt8(i) ^ message.readUInt8(i);
}

/** Ciphertext and tag under an already derived subkey. */
export function encryptWith(subkey: KeyObject, nonce: Uint8Array, plaintext: Uint8Array, associated: Uint8Array): Buffer[] {
  const cipher = createCipheriv('aes-256-gcm', subkey, nonce);
  cipher.setAAD(associated);
  return [cipher.update(plaintext), cipher.final(), cipher.getAuthTag()];
}

/** Plain text in a fresh Buffer, or undefined when it does not authenticate. `sealed` is ciphertext and tag. */
export function decryptWith(
  subkey: KeyObject,
  nonce: Uint8Array,
  sealed: Uint8Array,
  associated: Uint8Array,
): Buffer | undefined {
  const end = sealed.length - TAG_BYTES;
  if (end < 0) return undefined;
  const decipher = createDecipheriv('aes-256-gcm', subkey, nonce, { authTagLength: TAG_BYTES });
  decipher.setAAD(associated);
  decipher.setAuthTag(sealed.subarray(end));
  const plaintext = decipher.update(sealed.subarray(0, end));
  try {
    decipher.final();
    return plaintext;
  } catch {
    plaintext.fill(0);
    return undefined;
  }
}
