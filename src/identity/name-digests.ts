import { createHmac } from 'node:crypto';
import type { Keyring } from '../keyring/contract.ts';

const MAX_REMEMBERED = 10_000;

/** What rows are found by instead of names: HMACs under a key of the instance. The last ones are remembered, since callers come again. */
export class NameDigests {
  readonly #keyring: Keyring;
  #remembered = new Map<string, string>();

  constructor(keyring: Keyring) {
    this.#keyring = keyring;
  }

  /** @param text names that say what they are names of: no token's text begins like them */
  of(text: string): string {
    const known = this.#remembered.get(text);
    if (known !== undefined) return known;
    const digest = createHmac('sha256', this.#keyring.instanceKey('token-hash').key).update(text).digest('base64url');
    if (this.#remembered.size >= MAX_REMEMBERED) this.#remembered = new Map();
    this.#remembered.set(text, digest);
    return digest;
  }

  /** After sealing. */
  clear(): void {
    this.#remembered = new Map();
  }
}
