import { NotScannable } from '../content.ts';

const TOP = 2 ** 24;
const EVEN = 1024;

/** Probabilities that the next bit is 0, in 1/2048; all even to begin with. */
export const probabilities = (count: number): Uint16Array => new Uint16Array(count).fill(EVEN);

/** The binary range coder of LZMA. */
export class RangeDecoder {
  #input: Uint8Array = new Uint8Array(0);
  #at = 0;
  /** Range and code. A typed array, because they are unsigned 32-bit numbers and fields are not. */
  readonly #coder = new Uint32Array(2);

  /** @throws NotScannable when these are no such data */
  begin(input: Uint8Array): void {
    if (input.length < 5 || input[0] !== 0) throw new NotScannable('the LZMA data are damaged (range coder)');
    this.#input = input;
    this.#at = 5;
    this.#coder[0] = 0xffffffff;
    this.#coder[1] = Buffer.from(input.buffer, input.byteOffset).readUInt32BE(1);
  }

  #normalise(): void {
    const coder = this.#coder;
    const range = coder[0] as number;
    if (range >= TOP) return;
    if (this.#at >= this.#input.length) throw new NotScannable('the LZMA data end too early');
    coder[0] = range << 8;
    coder[1] = ((coder[1] as number) << 8) | (this.#input[this.#at] as number);
    this.#at += 1;
  }

  bit(chances: Uint16Array, index: number): number {
    this.#normalise();
    const coder = this.#coder;
    const range = coder[0] as number;
    const code = coder[1] as number;
    const chance = chances[index] as number;
    const bound = (range >>> 11) * chance;
    if (code < bound) {
      coder[0] = bound;
      chances[index] = chance + ((2048 - chance) >> 5);
      return 0;
    }
    coder[0] = range - bound;
    coder[1] = code - bound;
    chances[index] = chance - (chance >> 5);
    return 1;
  }

  /** `count` bits that are as likely 0 as 1, the highest first. */
  direct(count: number): number {
    const coder = this.#coder;
    let result = 0;
    for (let left = count; left > 0; left -= 1) {
      this.#normalise();
      const half = (coder[0] as number) >>> 1;
      const bit = (coder[1] as number) >= half ? 1 : 0;
      coder[0] = half;
      if (bit === 1) coder[1] = (coder[1] as number) - half;
      result = ((result << 1) | bit) >>> 0;
    }
    return result;
  }

  /** A number of `count` bits from a tree of probabilities at `offset`, the highest first. */
  tree(chances: Uint16Array, offset: number, count: number): number {
    let node = 1;
    for (let left = count; left > 0; left -= 1) node = (node << 1) | this.bit(chances, offset + node);
    return node - (1 << count);
  }

  /** The same, the lowest first. */
  reverseTree(chances: Uint16Array, offset: number, count: number): number {
    let node = 1;
    let result = 0;
    for (let place = 0; place < count; place += 1) {
      const bit = this.bit(chances, offset + node);
      node = (node << 1) | bit;
      result |= bit << place;
    }
    return result;
  }
}
