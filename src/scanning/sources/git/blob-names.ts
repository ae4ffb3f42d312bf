import type { Seams } from './delta.ts';
import { DamagedObject } from './inflate.ts';
import { type ObjectStore, toHex } from './object-store.ts';
import { treeEntries } from './tree-entries.ts';

/** Objects that are in no pack, this many at most. */
const MOST_ELSEWHERE = 1_000_000;
/** A number of a name says in its lower part which thread knows it. */
const SLOTS = 64;
const HEADER = 4;

/**
 * A file name for every blob, from all tree objects: formats are recognised by it. Several threads can share the work: each tells
 * the others its names when all trees are read. On the way it comes out which objects are in no pack.
 */
export class BlobNames {
  readonly #store: ObjectStore;
  readonly #slot: number;
  /** For each pack the number of the name, by position in the index; 0 for none. */
  readonly #packed: readonly Int32Array[];
  readonly #names: string[][] = [];
  readonly #own: string[];
  readonly #numbers = new Map<string, number>();
  /** Names of the objects that are in no pack, by their ids; empty for trees. */
  readonly elsewhere = new Map<string, string>();

  constructor(store: ObjectStore, packed: readonly Int32Array[], slot: number) {
    this.#store = store;
    this.#packed = packed;
    this.#slot = slot;
    this.#own = [];
    this.#names[slot] = this.#own;
  }

  /** Takes the entries of a tree; with `seams` only the new ones, when its base was taken already. */
  add(tree: Uint8Array, seams?: Seams): void {
    const { idBytes } = this.#store;
    for (const { isTree, isBlob, name, idAt } of treeEntries(tree, idBytes, seams)) {
      if (isBlob || isTree) this.#note(tree, idAt, isBlob ? name : '');
    }
  }

  #note(tree: Uint8Array, idAt: number, name: string): void {
    const { packs, idBytes } = this.#store;
    for (let index = 0; index < packs.length; index += 1) {
      const position = packs[index]?.index.find(tree, idAt) ?? -1;
      if (position < 0) continue;
      const names = this.#packed[index];
      if (names !== undefined && names[position] === 0) names[position] = this.#number(name);
      return;
    }
    const hex = toHex(tree.subarray(idAt, idAt + idBytes));
    if ((this.elsewhere.get(hex) ?? '') === '' && this.elsewhere.size < MOST_ELSEWHERE) this.elsewhere.set(hex, name);
  }

  #number(name: string): number {
    if (name === '') return 0;
    let number = this.#numbers.get(name);
    if (number === undefined) {
      number = this.#own.push(name) * SLOTS + this.#slot;
      this.#numbers.set(name, number);
    }
    return number;
  }

  packedName(pack: number, position: number): string {
    const number = this.#packed[pack]?.[position] ?? 0;
    return number === 0 ? '' : (this.#names[number % SLOTS]?.[Math.floor(number / SLOTS) - 1] ?? '');
  }

  /** Writes the names of this thread for the others. Those that there is no room for are empty to them. */
  publish(shelf: Uint8Array): void {
    const text = Buffer.from(this.#own.join('\0'), 'utf8').subarray(0, shelf.length - HEADER);
    shelf.set(text, HEADER);
    new DataView(shelf.buffer, shelf.byteOffset).setUint32(0, text.length);
  }

  /** Reads what the others have written. */
  collect(shelves: readonly Uint8Array[]): void {
    for (const [slot, shelf] of shelves.entries()) {
      if (slot === this.#slot) continue;
      const length = new DataView(shelf.buffer, shelf.byteOffset).getUint32(0);
      this.#names[slot] = Buffer.from(shelf.subarray(HEADER, HEADER + length))
        .toString('utf8')
        .split('\0');
    }
  }
}

/** What can go wrong with one object, in words; other errors are thrown on. */
export function problemOf(error: unknown): string {
  if (error instanceof DamagedObject) return error.message;
  if (error instanceof Error && 'code' in error) return `cannot be read (${String(error.code)})`;
  throw error;
}
