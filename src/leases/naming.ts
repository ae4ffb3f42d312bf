import { createHmac } from 'node:crypto';
import type { Keyring } from '../keyring/contract.ts';

const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567';

/** What credentials are called at their targets: from the lease's id alone, so that nothing has to be remembered to find them. */
export class ExternalNames {
  readonly #keyring: Keyring;

  constructor(keyring: Keyring) {
    this.#keyring = keyring;
  }

  /** Begins the name of everything that this instance issues: `ww_` and eight characters, `_`. */
  get prefix(): string {
    return `ww_${this.#digest('instance', 8)}_`;
  }

  /** 32 characters of `[a-z2-7_]`: 100 bits of the lease's id. */
  of(leaseId: string): string {
    return this.prefix + this.#digest(`lease ${leaseId}`, 20);
  }

  #digest(text: string, length: number): string {
    const digest = createHmac('sha256', this.#keyring.instanceKey('external-name').key).update(text).digest();
    return Array.from(digest.subarray(0, length), (byte) => BASE32.charAt(byte & 31)).join('');
  }
}
