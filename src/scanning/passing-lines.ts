import type { Position } from './sighting.ts';

/** How far behind the end of what has passed a position may be asked for. */
const BEHIND = 4 * 1024 * 1024;
const LINE_FEED = 10;

interface Piece {
  /** Where in the text it begins. */
  readonly at: number;
  readonly bytes: Uint8Array;
  /** Of its first byte. */
  readonly line: number;
  /** Where in the text that line begins. */
  readonly lineStart: number;
  /** Where lines end in it; made when it is asked about. */
  ends?: Uint32Array;
}

/** Tells lines of a text that passes in pieces of at most 1 MiB and is not held. Columns are those in bytes. */
export class PassingLines {
  /** Those that are not too far behind. */
  readonly #pieces: Piece[] = [];
  #length = 0;
  #line = 1;
  #lineStart = 0;

  add(piece: Uint8Array): void {
    this.#pieces.push({ at: this.#length, bytes: Uint8Array.from(piece), line: this.#line, lineStart: this.#lineStart });
    const count = lineFeedsIn(piece);
    if (count > 0) this.#lineStart = this.#length + piece.lastIndexOf(LINE_FEED) + 1;
    this.#line += count;
    this.#length += piece.length;
    while ((this.#pieces[1]?.at ?? this.#length) <= this.#length - BEHIND) this.#pieces.shift();
  }

  position(byte: number): Position {
    const piece = this.#pieces.findLast(({ at }) => at <= byte) ?? this.#pieces[0];
    if (piece === undefined) return { line: 1, column: byte + 1, byte };
    piece.ends ??= endsOf(piece.bytes);
    const before = below(piece.ends, byte - piece.at);
    const start = before === 0 ? piece.lineStart : piece.at + (piece.ends[before - 1] as number) + 1;
    return { line: piece.line + before, column: byte - start + 1, byte };
  }
}

/** One byte after the other: a text may be all line feeds. */
function lineFeedsIn(bytes: Uint8Array): number {
  let count = 0;
  for (let at = 0; at < bytes.length; at += 1) if (bytes[at] === LINE_FEED) count += 1;
  return count;
}

function endsOf(bytes: Uint8Array): Uint32Array {
  const ends: number[] = [];
  for (let at = bytes.indexOf(LINE_FEED); at >= 0; at = bytes.indexOf(LINE_FEED, at + 1)) ends.push(at);
  return Uint32Array.from(ends);
}

/** How many of the ends are before `limit`. */
function below(ends: Uint32Array, limit: number): number {
  let low = 0;
  let high = ends.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ends[middle] as number) < limit) low = middle + 1;
    else high = middle;
  }
  return low;
}
