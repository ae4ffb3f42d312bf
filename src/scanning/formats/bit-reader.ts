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
    return this.#at >= this.#bytes.length && this.#count < 8;
  }

  /** At most 24 at once. @throws NotScannable at the end */
  bits(count: number): number {
    while (this.#count < count) {
      const byte = this.#bytes[this.#at];
      if (byte === undefined) throw new NotScannable('the bzip2 data end too early');
      this.#at += 1;
      this.#bits = ((this.#bits << 8) | byte) & 0x7fffffff;
      this.#count += 8;
    }
    this.#count -= count;
    return (this.#bits >>> this.#count) & ((1 << count) - 1);
  }

  alignToByte(): void {
    this.#count -= this.#count % 8;
  }
}
