import type { Inside } from '../detector.ts';

/**
 * Knows where matches of one small pattern begin, so that many may ask at neighbouring places and each byte is looked at once. Places
 * count from the first byte of all texts so far.
 */
export class Lookout {
  readonly #pattern: RegExp;
  readonly #most: number;
  /** Nothing begins from the one to before the other; there, something does when it is said. */
  #from = 0;
  #to = 0;
  #begins = false;

  constructor({ pattern, most }: Inside) {
    this.#pattern = new RegExp(pattern, 'g');
    this.#most = most;
  }

  /** Whether a match begins at one of the places `from` to `to`. `text` is what stands from the place `at` on, and shows `most` bytes more. */
  sees(text: string, at: number, from: number, to: number): boolean {
    const isKnown = from >= this.#from && from <= this.#to;
    if (!isKnown) this.#from = from;
    if (!isKnown || (!this.#begins && this.#to <= to)) this.#search(text, at, isKnown ? this.#to : from);
    return this.#begins && this.#to <= to;
  }

  #search(text: string, at: number, from: number): void {
    this.#pattern.lastIndex = from - at;
    const match = this.#pattern.exec(text);
    this.#begins = match !== null;
    // Where the text ends, what a match needs may have been missing.
    this.#to = match === null ? Math.max(from, at + text.length - this.#most) : at + match.index;
  }
}
