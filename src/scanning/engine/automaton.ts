import type { Anchor } from './anchors.ts';
import { type Prefilter, WINDOW_SIZE } from './prefilter.ts';

/**
 * The prefilter without WebAssembly: Aho and Corasick's automaton over all anchors, and no look at their surroundings. What it
 * reports beyond the kernel costs time and changes no finding.
 */
export class Automaton implements Prefilter {
  readonly window = Buffer.alloc(WINDOW_SIZE);
  readonly #anchors: readonly Anchor[];
  /** Column of a byte in the table; 0 for bytes that no anchor has. */
  readonly #columns = new Uint8Array(256);
  readonly #width: number;
  /** Next state, times the width. */
  readonly #table: Int32Array;
  /** Anchors that end in a state. */
  readonly #ends = new Map<number, readonly number[]>();

  constructor(anchors: readonly Anchor[]) {
    this.#anchors = anchors;
    this.#width = this.#nameColumns();
    this.#table = this.#build();
  }

  run(length: number, visit: (at: number, anchor: number) => void): void {
    const { window } = this;
    let state = 0;
    for (let at = 0; at < length; at += 1) {
      state = this.#table[state + (this.#columns[window[at] ?? 0] ?? 0)] ?? 0;
      const ends = this.#ends.get(state);
      if (ends === undefined) continue;
      for (const anchor of ends) visit(at + 1 - (this.#anchors[anchor]?.text.length ?? 0), anchor);
    }
  }

  runs(): undefined {
    return undefined;
  }

  escapes(): undefined {
    return undefined;
  }

  #nameColumns(): number {
    let width = 1;
    for (const byte of new Set(this.#anchors.flatMap(({ text }) => [...text]))) {
      this.#columns[byte] = width;
      if (byte >= 97 && byte <= 122) this.#columns[byte - 32] = width;
      width += 1;
    }
    return width;
  }

  #build(): Int32Array {
    const states = 1 + this.#anchors.reduce((sum, { text }) => sum + text.length, 0);
    const table = new Int32Array(states * this.#width).fill(-1);
    const used = this.#plant(table);
    const link = new Int32Array(used);
    const queue: number[] = [0];
    for (let head = 0; head < queue.length; head += 1) {
      const state = queue[head] ?? 0;
      const fallback = (link[state] ?? 0) * this.#width;
      for (let column = 0; column < this.#width; column += 1) {
        const at = state * this.#width + column;
        const child = table[at] ?? -1;
        const otherwise = state === 0 ? 0 : (table[fallback + column] ?? 0);
        if (child < 0) {
          table[at] = otherwise;
          continue;
        }
        link[child / this.#width] = otherwise / this.#width;
        const inherited = this.#ends.get(otherwise) ?? [];
        if (inherited.length > 0) this.#ends.set(child, [...(this.#ends.get(child) ?? []), ...inherited]);
        queue.push(child / this.#width);
      }
    }
    return table;
  }

  /** Makes the tree of the anchors, and says how many states it has. */
  #plant(table: Int32Array): number {
    let used = 1;
    this.#anchors.forEach(({ text }, anchor) => {
      let state = 0;
      for (const byte of text) {
        const at = state + (this.#columns[byte] ?? 0);
        if ((table[at] ?? -1) < 0) table[at] = used++ * this.#width;
        state = table[at] ?? 0;
      }
      this.#ends.set(state, [...(this.#ends.get(state) ?? []), anchor]);
    });
    return used;
  }
}
