import { NotScannable } from '../content.ts';
import type { ByteReader } from './byte-reader.ts';

const AHEAD = 64 * 1024;

/** Bits of a stream, the highest of each byte first. What it needs must be there before: see `ensure`. */
export class BitReader {
  readonly #source: ByteReader;
  #bytes: Uint8Array = new Uint8Array(0);
  #at = 0;
  #bits = 0;
  #count = 0;
  /** How many of them stand for bits that are not there. */
  #padding = 0;

  constructor(source: ByteReader) {
    this.#source = source;
  }

  /** Takes care that at least `length` bytes can be read without waiting, or all that are left. */
  async ensure(length: number): Promise<void> {
    if (this.#bytes.length - this.#at >= length) return;
    const left = this.#bytes.subarray(this.#at);
    const more = await this.#source.read(length + AHEAD - left.length);
    this.#bytes = Buffer.concat([left, more]);
    this.#at = 0;
  }

  /** Whether nothing but the rest of a begun byte is left. */
  get atEnd(): boolean {
    return this.#at >= this.#bytes.length && this.#count - this.#padding < 8;
  }

  /** At most 24 at once. @throws NotScannable at the end */
  bits(count: number): number {
    const value = this.peek(count);
    this.drop(count);
    return value;
  }

  /** At most 24 bits without taking them; zeros where there are none. */
  peek(count: number): number {
    while (this.#count < count) {
      const byte = this.#bytes[this.#at];
      if (byte === undefined) this.#padding += 8;
      else this.#at += 1;
      this.#bits = (this.#bits << 8) | (byte ?? 0);
      this.#count += 8;
    }
    return (this.#bits >>> (this.#count - count)) & ((1 << count) - 1);
  }

  /** Takes bits that were peeked at. @throws NotScannable when they were not there */
  drop(count: number): void {
    this.#count -= count;
    if (this.#count < this.#padding) throw new NotScannable('the bzip2 data end too early');
  }

  alignToByte(): void {
    this.#count -= this.#count % 8;
  }
}
