import type { Position } from './sighting.ts';

/** Bytes between two marks. */
const STEP = 4096;
const LINE_FEED = 10;

/**
 * Tells line and column of bytes of a text. Made only for texts with hits. Nothing it does depends on how long a line is or how many
 * there are: a text of one line, or of line feeds alone, costs no more than any other.
 */
export class LineIndex {
  readonly #bytes: Buffer;
  /** Known positions, at least `STEP` bytes apart; the text is only looked at as far as it was asked for. */
  readonly #marks: Position[] = [{ line: 1, column: 1, byte: 0 }];

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  position(byte: number): Position {
    let last = this.#marks.at(-1) as Position;
    for (let next = this.#cut(last.byte + STEP); next <= byte; next = this.#cut(last.byte + STEP)) {
      last = this.#from(last, next);
      this.#marks.push(last);
    }
    return this.#from(this.#markBefore(byte), byte);
  }

  /** The nearest place not before `byte` at which a text can be cut without cutting a character. */
  #cut(byte: number): number {
    let at = byte;
    // Not more than that even where it is no UTF-8.
    while (at < byte + 8 && (this.#bytes[at] ?? 0) >= 0x80 && (this.#bytes[at - 1] ?? 0) >= 0x80) at += 1;
    return at;
  }

  #markBefore(byte: number): Position {
    let low = 0;
    let high = this.#marks.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#marks[middle] as Position).byte <= byte) low = middle;
      else high = middle - 1;
    }
    return this.#marks[low] as Position;
  }

  #from(mark: Position, byte: number): Position {
    const between = this.#bytes.subarray(mark.byte, byte);
    let { line, column } = mark;
    let start = 0;
    for (let at = between.indexOf(LINE_FEED); at >= 0; at = between.indexOf(LINE_FEED, at + 1)) {
      line += 1;
      column = 1;
      start = at + 1;
    }
    return { line, column: column + between.toString('utf8', start).length, byte };
  }
}
