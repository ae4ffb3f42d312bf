import { runEnd } from '../../engine/layers/runs.ts';
import type { Seams } from './delta.ts';
import { MEMBER } from './windows.ts';

const TAB = 9;
const LINE_FEED = 10;
const RETURN = 13;
const SPACE = 32;

/** Where what is taken from texts is put together, always the same memory. */
export class ChangedLines {
  #target = Buffer.allocUnsafeSlow(65_536);
  #length = 0;

  /**
   * The lines of a derived text that a change touches, with all lines of a block of base64 of which they may be part, one after
   * another with empty lines between. What is encoded in a line or such a block does not depend on others, so that in lines that are
   * not among these nothing else is encoded than in the text that it was derived from. Valid until the next call.
   */
  of(bytes: Buffer, { pairs, length }: Seams): Buffer {
    this.#length = 0;
    let from = 0;
    let to = 0;
    for (let index = 0; index < length; index += 2) {
      const start = Math.max(0, (pairs[index] as number) - 1);
      if (start < to) {
        to = Math.max(to, blockEnd(bytes, lineEnd(bytes, pairs[index + 1] as number)));
        continue;
      }
      if (to > from) this.#take(bytes, from, to);
      from = Math.max(to, blockStart(bytes, lineStart(bytes, start)));
      to = blockEnd(bytes, lineEnd(bytes, pairs[index + 1] as number));
    }
    if (this.#length === 0) return bytes.subarray(from, to);
    this.#take(bytes, from, to);
    return this.#target.subarray(0, this.#length - 1);
  }

  /** A line feed goes behind it. */
  #take(bytes: Buffer, from: number, to: number): void {
    const length = this.#length + to - from + 1;
    if (length > this.#target.length) {
      const grown = Buffer.allocUnsafeSlow(2 ** Math.ceil(Math.log2(length)));
      this.#target.copy(grown, 0, 0, this.#length);
      this.#target = grown;
    }
    bytes.copy(this.#target, this.#length, from, to);
    this.#target[length - 1] = LINE_FEED;
    this.#length = length;
  }
}

/** Of the line that the byte at `at` belongs to. */
const lineStart = (bytes: Buffer, at: number): number => {
  if (at === 0) return 0;
  return bytes.lastIndexOf(LINE_FEED, at - 1) + 1;
};

/** Behind its line feed. */
function lineEnd(bytes: Buffer, at: number): number {
  const end = bytes.indexOf(LINE_FEED, at);
  return end < 0 ? bytes.length : end + 1;
}

/** Goes back over lines that may be the beginning of a block that goes on at `start`. */
function blockStart(bytes: Buffer, start: number): number {
  let first = start;
  while (first > 0 && endsInRun(bytes, first)) {
    const before = lineStart(bytes, first - 1);
    const isRun = runOf(bytes, before) >= first - 2;
    first = before;
    if (!isRun) break;
  }
  return first;
}

/** Goes on over lines that may belong to a block that ends at `end`, or later. */
function blockEnd(bytes: Buffer, end: number): number {
  let last = end;
  while (last < bytes.length && endsInRun(bytes, last)) {
    const run = runOf(bytes, last);
    if (run < 0) break;
    last = lineEnd(bytes, last);
    if (run < last - 2) break;
  }
  return last;
}

/** Whether the line that ends before `end` has a character of base64 last. */
function endsInRun(bytes: Buffer, end: number): boolean {
  const last = bytes[end - 2] === RETURN ? end - 3 : end - 2;
  return last >= 0 && MEMBER[bytes[last] as number] === 1;
}

/** Where the run ends that a line begins with, after its indentation; -1 when it begins with none. */
function runOf(bytes: Buffer, line: number): number {
  let start = line;
  while (bytes[start] === SPACE || bytes[start] === TAB) start += 1;
  const end = runEnd(bytes, start);
  return end === start ? -1 : end;
}
