import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Random } from '../../../foundation/ports.ts';
import type { Keyring } from '../../../keyring/contract.ts';

/** Seconds for which a nonce can be used. */
export const NONCE_LIFETIME = 120;

const RANDOM_BYTES = 16;
const STAMP_BYTES = 6;

/**
 * Nonces that need no memory until they are used: time and randomness under a key of the instance, bound to the mount. That each is used
 * once is for whoever accepts it to keep.
 */
export class Nonces {
  readonly #keyring: Keyring;
  readonly #random: Random;

  constructor({ keyring, random }: { readonly keyring: Keyring; readonly random: Random }) {
    this.#keyring = keyring;
    this.#random = random;
  }

  /** @param now milliseconds since the epoch */
  make(mountId: string, now: number): string {
    const stamp = Buffer.alloc(STAMP_BYTES);
    stamp.writeUIntBE(now, 0, STAMP_BYTES);
    const body = Buffer.concat([stamp, this.#random.bytes(RANDOM_BYTES)]);
    return Buffer.concat([body, this.#tag(mountId, body)]).toString('base64url');
  }

  /** When it ends to be of use, milliseconds since the epoch; undefined for what is not ours, or is of another mount or time. */
  check(mountId: string, text: string, now: number): number | undefined {
    const bytes = Buffer.from(text, 'base64url');
    const body = bytes.subarray(0, STAMP_BYTES + RANDOM_BYTES);
    const tag = bytes.subarray(STAMP_BYTES + RANDOM_BYTES);
    const expected = this.#tag(mountId, body);
    if (bytes.toString('base64url') !== text || tag.length !== expected.length || !timingSafeEqual(tag, expected))
      return undefined;
    const endsAt = body.readUIntBE(0, STAMP_BYTES) + NONCE_LIFETIME * 1000;
    return endsAt > now ? endsAt : undefined;
  }

  #tag(mountId: string, body: Buffer): Buffer {
    // No token's text begins like this: the key makes nothing else of the kind.
    const { key } = this.#keyring.instanceKey('token-hash');
    return createHmac('sha256', key).update(`login nonce of ${mountId}\n`).update(body).digest();
  }
}
