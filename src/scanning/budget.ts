import { NotScannable } from './content.ts';

const MIB = 1024 * 1024;

/** What unfolding one outermost file may cost, whatever lies inside what. */
export interface Limits {
  /** Bytes that come out of decompression. */
  readonly expanded: number;
  /** How many times the size of the outermost file may come out, once more than `free` bytes did. */
  readonly ratio: number;
  readonly free: number;
  /** Files inside. */
  readonly members: number;
}

const usual: Limits = { expanded: 4096 * MIB, ratio: 1000, free: 100 * MIB, members: 1_000_000 };

/** Shared by everything inside one outermost file, so that no nesting of archives gets around the limits. */
export class Budget {
  readonly #limits: Limits;
  /** Bytes of the outermost file; undefined for a stream. */
  readonly #size: number | undefined;
  #expanded = 0;
  #members = 0;
  #why: string | undefined;

  constructor(size: number | undefined, limits: Limits = usual) {
    this.#size = size;
    this.#limits = limits;
  }

  /** Why nothing more is unfolded; undefined while there is something left. */
  get exhausted(): string | undefined {
    return this.#why;
  }

  /** @throws NotScannable once the limit is passed, and ever after */
  spend(bytes: number): void {
    this.#expanded += bytes;
    const { expanded, ratio, free } = this.#limits;
    if (this.#expanded > expanded) this.#exhaust(`expands to more than ${Math.floor(expanded / MIB)} MiB`);
    if (this.#size !== undefined && this.#expanded > free && this.#expanded > this.#size * ratio)
      this.#exhaust(`expands to more than ${ratio} times its size`);
    if (this.#why !== undefined) throw new NotScannable(this.#why);
  }

  /** Counts a file inside. @throws NotScannable */
  member(): void {
    this.#members += 1;
    if (this.#members > this.#limits.members) this.#exhaust(`holds more than ${this.#limits.members} files`);
    if (this.#why !== undefined) throw new NotScannable(this.#why);
  }

  /** The same bytes, counted. */
  async *counted(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of chunks) {
      this.spend(chunk.length);
      yield chunk;
    }
  }

  #exhaust(why: string): void {
    this.#why ??= `${why}, the limit for one file`;
  }
}
