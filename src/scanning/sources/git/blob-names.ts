import type { Seams } from './delta.ts';
import { DamagedObject } from './inflate.ts';
import { type ObjectStore, toHex } from './object-store.ts';
import { treeEntries } from './tree-entries.ts';

/** Absent objects are counted, this many also told apart. */
const MOST_ABSENT = 1_000_000;

/**
 * A file name for every blob, from all tree objects: formats are recognised by it. On the way it comes out which objects are
 * absent.
 */
export class BlobNames {
  readonly #store: ObjectStore;
  readonly #names: string[] = [''];
  readonly #numbers = new Map<string, number>();
  /** For each pack the number of the name, by position in the index. */
  readonly #packed: Int32Array[];
  readonly #loose = new Map<string, number>();
  readonly #absent = new Set<string>();

  constructor(store: ObjectStore, looseBlobs: Iterable<string>) {
    this.#store = store;
    this.#packed = store.packs.map(({ index }) => new Int32Array(index.count));
    for (const id of looseBlobs) this.#loose.set(id, 0);
  }

  /** How many objects trees name that are nowhere. */
  get absent(): number {
    return this.#absent.size;
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
    const id = tree.subarray(idAt, idAt + idBytes);
    const hex = toHex(id);
    if (this.#loose.has(hex)) this.#loose.set(hex, this.#number(name));
    else if (!this.#absent.has(hex) && this.#absent.size < MOST_ABSENT && !this.#store.has(id)) this.#absent.add(hex);
  }

  #number(name: string): number {
    let number = this.#numbers.get(name);
    if (number === undefined) {
      number = name === '' ? 0 : this.#names.push(name) - 1;
      this.#numbers.set(name, number);
    }
    return number;
  }

  packedName(pack: number, position: number): string {
    return this.#names[this.#packed[pack]?.[position] ?? 0] ?? '';
  }

  looseName(hex: string): string {
    return this.#names[this.#loose.get(hex) ?? 0] ?? '';
  }
}

/** What can go wrong with one object, in words; other errors are thrown on. */
export function problemOf(error: unknown): string {
  if (error instanceof DamagedObject) return error.message;
  if (error instanceof Error && 'code' in error) return `cannot be read (${String(error.code)})`;
  throw error;
}
