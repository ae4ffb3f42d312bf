import type { Checkpoint } from './checkpoint.ts';
import type { IndexEntry } from './log-format.ts';
import type { LogReader } from './log-reader.ts';
import type { CompactRange } from './merkle.ts';

const INDEX_CHUNK = 8192;

/** The tree as the index has it, from the first event on whose entry differs from the event. */
export class IndexDoubt {
  readonly event: number;
  #tree: CompactRange | undefined;

  constructor(event: number, before: CompactRange) {
    this.event = event;
    this.#tree = before;
  }

  append(leaf: Buffer | undefined): void {
    if (leaf === undefined) this.#tree = undefined;
    else this.#tree?.append(leaf);
  }

  fits(checkpoint: Checkpoint): boolean {
    return this.#tree?.size === checkpoint.size && this.#tree.root().equals(checkpoint.root);
  }
}

/** Index entries in order, read ahead by the chunk. */
export class EntryStream {
  readonly #reader: LogReader;
  readonly #start: number;
  #first: number;
  #chunk: IndexEntry[] = [];

  constructor(reader: LogReader, start: number) {
    this.#reader = reader;
    this.#start = start;
    this.#first = start;
  }

  async next(index: number): Promise<IndexEntry | undefined> {
    if (index >= this.#first + this.#chunk.length) {
      this.#first = index;
      this.#chunk = await this.#reader.entries(this.#start, index, index + INDEX_CHUNK);
    }
    return this.#chunk[index - this.#first];
  }
}
