import { createHash } from 'node:crypto';

const DIGITS = '0123456789';
const LOWER = 'abcdefghijklmnopqrstuvwxyz';
const UPPER = LOWER.toUpperCase();

/** Characters of a credential, by name: as members of a regular expression's class, and one by one. */
export const alphabets = {
  digits: ['0-9', DIGITS],
  lower: ['a-z', LOWER],
  letters: ['A-Za-z', UPPER + LOWER],
  hex: ['a-f0-9', `${DIGITS}abcdef`],
  upperHex: ['A-F0-9', `${DIGITS}ABCDEF`],
  anyHex: ['A-Fa-f0-9', `${DIGITS}abcdefABCDEF`],
  base36: ['a-z0-9', DIGITS + LOWER],
  upperBase36: ['A-Z0-9', DIGITS + UPPER],
  base62: ['A-Za-z0-9', DIGITS + UPPER + LOWER],
  base32: ['A-Z2-7', `${UPPER}234567`],
  base64: ['A-Za-z0-9+/', `${UPPER}${LOWER}${DIGITS}+/`],
  base64url: ['A-Za-z0-9_-', `${UPPER}${LOWER}${DIGITS}_-`],
  word: ['A-Za-z0-9_', `${UPPER}${LOWER}${DIGITS}_`],
} as const satisfies Record<string, readonly [string, string]>;
export type Alphabet = keyof typeof alphabets;

/** Makes credentials that never existed: the same ones for the same seed, so that a failing test can be repeated. */
export class Maker {
  readonly #seed: string;
  #block = Buffer.alloc(0);
  #count = 0;

  constructor(seed: string) {
    this.#seed = seed;
  }

  /** A whole number from 0 up to and without `limit` (at most 65,536). */
  below(limit: number): number {
    if (this.#block.length < 2) {
      this.#block = createHash('sha512').update(`${this.#seed}/${this.#count}`).digest();
      this.#count += 1;
    }
    const value = this.#block.readUInt16LE(0);
    this.#block = this.#block.subarray(2);
    return value % limit;
  }

  between(least: number, most: number): number {
    return least + this.below(most - least + 1);
  }

  pick<T>(values: readonly T[]): T {
    return values[this.below(values.length)] as T;
  }

  /** `length` characters of an alphabet, or of the characters given. */
  chars(alphabet: Alphabet | { readonly of: string }, length: number): string {
    const all = typeof alphabet === 'string' ? alphabets[alphabet][1] : alphabet.of;
    return Array.from({ length }, () => all.charAt(this.below(all.length))).join('');
  }

  bytes(length: number): Buffer {
    return Buffer.from(Array.from({ length }, () => this.below(256)));
  }

  uuid(): string {
    return [8, 4, 4, 4, 12].map((length) => this.chars('hex', length)).join('-');
  }
}
