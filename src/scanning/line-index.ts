import type { Position } from './sighting.ts';

/** Tells line and column of bytes of a text. Made only for texts with hits. */
export class LineIndex {
  readonly #bytes: Uint8Array;
  /** Where each line begins. */
  readonly #starts: number[] = [0];

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) this.#starts.push(at + 1);
  }

  position(byte: number): Position {
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#starts[middle] ?? 0) <= byte) low = middle;
      else high = middle - 1;
    }
    const start = this.#starts[low] ?? 0;
    const before = Buffer.from(this.#bytes.buffer, this.#bytes.byteOffset + start, byte - start);
    return { line: low + 1, column: before.toString('utf8').length + 1, byte };
  }
}
