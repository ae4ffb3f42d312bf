import { byteClass, endOfRun, lastOutside } from './byte-class.ts';
import type { TextOutput } from './text-output.ts';

const PRINTABLE = byteClass([
  [9, 10],
  [13, 13],
  [0x20, 0x7e],
]);

/** Of a setting, whose value may follow. */
const NAME = /^[A-Za-z][\w.-]+$/;
/**
 * Stretches of ASCII in bytes of no known structure, as `strings` prints them. A run close behind a name stands
 * on its line, as its value; behind other text, on the next.
 */
export class PrintableRuns {
  readonly #address: string;
  readonly #least: number;
  readonly #near: number;
  readonly #output: TextOutput;
  #carry: Buffer = Buffer.alloc(0);
  #offset = 0;
  #lastEnd = Number.NEGATIVE_INFINITY;
  #count = 0;
  #lastIsName = false;
  #isOpen = false;

  /** @param least - shortest run; @param near - most bytes between two runs that belong together */
  constructor(address: string, least: number, near: number, output: TextOutput) {
    this.#address = address;
    this.#least = least;
    this.#near = near;
    this.#output = output;
  }

  /** Whether the text ends in the middle of a run. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** The next bytes. */
  feed(chunk: Uint8Array): void {
    const own = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
    const bytes = this.#carry.length === 0 ? own : Buffer.concat([this.#carry, own]);
    const least = this.#least;
    let at = this.#isOpen ? this.#goOn(bytes) : 0;
    while (at + least <= bytes.length) {
      const bad = lastOutside(bytes, PRINTABLE, at, at + least);
      if (bad >= 0) {
        at = bad + 1;
        continue;
      }
      const end = endOfRun(bytes, PRINTABLE, at + least);
      this.#run(bytes, at, end);
      at = end;
    }
    this.#carry = Buffer.from(bytes.subarray(at));
    this.#offset += at;
  }

  /** The rest of a run that began in the bytes before. Returns where it ends. */
  #goOn(bytes: Buffer): number {
    const end = endOfRun(bytes, PRINTABLE, 0);
    this.#output.text.copy(bytes, 0, end, this.#offset);
    this.#lastEnd = this.#offset + end;
    this.#isOpen = end === bytes.length;
    return end;
  }

  #run(bytes: Buffer, start: number, reached: number): void {
    const { text } = this.#output;
    const end = isLength(bytes, reached - 1) ? reached - 1 : reached;
    const from = this.#offset + start;
    if (from - this.#lastEnd > this.#near || text.length === 0) text.begin(`${this.#address}[${this.#count}]`);
    else text.write(this.#lastIsName ? ' = ' : '\n', from);
    text.copy(bytes, start, end, from);
    this.#lastEnd = this.#offset + end;
    this.#lastIsName = end - start <= 64 && NAME.test(bytes.toString('latin1', start, end));
    this.#isOpen = reached === bytes.length;
    this.#count += 1;
  }
}

/** Whether the byte is the length of the text behind it, in four bytes: `)` before 41 characters. It belongs to that text. */
function isLength(bytes: Buffer, at: number): boolean {
  if (bytes[at + 1] !== 0 || bytes[at + 2] !== 0 || bytes[at + 3] !== 0) return false;
  const from = at + 4;
  const to = from + (bytes[at] as number);
  return to <= bytes.length && lastOutside(bytes, PRINTABLE, from, to) < 0;
}
