import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { DamagedObject } from './inflate.ts';

/** Never waits for a writer. */
const FLAGS = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

/** Up to here a file is held in memory as a whole. */
const HELD = 512 * 1024 * 1024;
const BLOCK = 256 * 1024;
/** Blocks held of a larger file. */
const BLOCKS = 768;

/** A range of a file, in memory until the next call. */
export interface Range {
  readonly bytes: Uint8Array;
  readonly at: number;
}

/**
 * Random access to a file that is kept open, so that it stays readable when a repack removes it: in memory as a whole when it is
 * small enough, else through blocks of which the most recently used are held.
 */
export class FileBytes {
  readonly size: number;
  readonly #fd: number;
  readonly #held: number;
  #whole: Uint8Array | undefined;
  readonly #blocks = new Map<number, Uint8Array>();

  /** @throws DamagedObject for what is no regular file, and errors of the file system */
  constructor(path: string, held = HELD) {
    this.#fd = openSync(path, FLAGS);
    const status = fstatSync(this.#fd);
    if (!status.isFile()) {
      closeSync(this.#fd);
      throw new DamagedObject('it is no regular file');
    }
    this.size = status.size;
    this.#held = held;
  }

  /** Reads the whole file ahead when it is small enough, and says whether it is: for those who will need nearly all of it. */
  hold(): boolean {
    if (this.size > this.#held) return false;
    this.#whole ??= this.#read(0, this.size);
    return true;
  }

  /** Frees what `hold` holds. */
  letGo(): void {
    this.#whole = undefined;
  }

  /** `length` bytes at `offset`; fewer where the file ends. */
  range(offset: number, length: number): Range {
    if (this.#whole !== undefined) return { bytes: this.#whole, at: offset };
    const first = Math.floor(offset / BLOCK);
    if (Math.floor((offset + length - 1) / BLOCK) === first) return { bytes: this.#block(first), at: offset - first * BLOCK };
    return { bytes: this.#read(offset, length), at: 0 };
  }

  /** A copy. */
  read(offset: number, length: number): Uint8Array {
    return this.#read(offset, length);
  }

  close(): void {
    this.#blocks.clear();
    this.#whole = undefined;
    closeSync(this.#fd);
  }

  #block(index: number): Uint8Array {
    const known = this.#blocks.get(index);
    if (known !== undefined) {
      this.#blocks.delete(index);
      this.#blocks.set(index, known);
      return known;
    }
    const [oldest] = this.#blocks.keys();
    if (this.#blocks.size >= BLOCKS && oldest !== undefined) this.#blocks.delete(oldest);
    const block = this.#read(index * BLOCK, BLOCK);
    this.#blocks.set(index, block);
    return block;
  }

  #read(offset: number, length: number): Uint8Array {
    const wanted = Math.max(0, Math.min(length, this.size - offset));
    const bytes = Buffer.allocUnsafeSlow(wanted);
    let filled = 0;
    while (filled < wanted) {
      const count = readSync(this.#fd, bytes, filled, Math.min(wanted - filled, 2 ** 30), offset + filled);
      if (count === 0) break;
      filled += count;
    }
    return bytes.subarray(0, filled);
  }
}
