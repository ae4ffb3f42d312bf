import type { Position } from './sighting.ts';

/** How far behind the end of what has passed a position may be asked for. */
const BEHIND = 4 * 1024 * 1024;
const LINE_FEED = 10;

/** Tells lines of a text that passes in chunks and is not held. Columns are those in bytes. */
export class PassingLines {
  /** Where lines end that are not forgotten yet. */
  #ends: number[] = [];
  #forgotten = 0;
  #lastForgotten = -1;
  #length = 0;
  #nextCleaning = BEHIND;

  add(chunk: Uint8Array): void {
    for (let at = chunk.indexOf(LINE_FEED); at >= 0; at = chunk.indexOf(LINE_FEED, at + 1)) this.#ends.push(this.#length + at);
    this.#length += chunk.length;
    if (this.#length > this.#nextCleaning) this.#forget();
  }

  position(byte: number): Position {
    const before = this.#below(byte);
    const start = (before === 0 ? this.#lastForgotten : (this.#ends[before - 1] ?? -1)) + 1;
    return { line: this.#forgotten + before + 1, column: byte - start + 1, byte };
  }

  #forget(): void {
    this.#nextCleaning = this.#length + BEHIND;
    const count = this.#below(this.#length - BEHIND);
    if (count === 0) return;
    this.#lastForgotten = this.#ends[count - 1] ?? -1;
    this.#forgotten += count;
    this.#ends = this.#ends.slice(count);
  }

  /** How many of the ends are before `limit`. */
  #below(limit: number): number {
    let low = 0;
    let high = this.#ends.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#ends[middle] ?? 0) < limit) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
