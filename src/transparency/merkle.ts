import { hash } from 'node:crypto';

export const HASH_BYTES = 32;

/** The byte that a leaf's hash begins with. */
export const LEAF_PREFIX = 0;
const NODE_PREFIX = 1;

/** Root of the tree without leaves (RFC 6962, 2.1). */
export const EMPTY_ROOT: Buffer = hash('sha256', '', 'buffer');

/** SHA-256(0x00 ‖ data). */
export function leafHash(data: Uint8Array): Buffer {
  const input = new Uint8Array(1 + data.length);
  input[0] = LEAF_PREFIX;
  input.set(data, 1);
  return hash('sha256', input, 'buffer');
}

const nodeInput = Buffer.alloc(1 + 2 * HASH_BYTES);
nodeInput[0] = NODE_PREFIX;

/** SHA-256(0x01 ‖ left ‖ right). */
export function nodeHash(left: Uint8Array, right: Uint8Array): Buffer {
  nodeInput.set(left, 1);
  nodeInput.set(right, 1 + HASH_BYTES);
  return hash('sha256', nodeInput, 'buffer');
}

/**
 * A tree that only grows, kept as the roots of its perfect subtrees, largest first: one for each bit set in `size`.
 * Appending costs O(1) hashes on average, the root O(log n).
 */
export class CompactRange {
  readonly #roots: Buffer[];
  #size: number;

  private constructor(size: number, roots: Buffer[]) {
    this.#size = size;
    this.#roots = roots;
  }

  static empty(): CompactRange {
    return new CompactRange(0, []);
  }

  /** @returns undefined when the number of subtree roots does not belong to `size`. */
  static of(size: number, roots: readonly Buffer[]): CompactRange | undefined {
    return roots.length === subtreeCount(size) ? new CompactRange(size, [...roots]) : undefined;
  }

  get size(): number {
    return this.#size;
  }

  get roots(): readonly Buffer[] {
    return this.#roots;
  }

  copy(): CompactRange {
    return new CompactRange(this.#size, [...this.#roots]);
  }

  append(leaf: Buffer): void {
    let node = leaf;
    for (let rest = this.#size; rest % 2 === 1; rest = (rest - 1) / 2) node = nodeHash(this.#roots.pop() as Buffer, node);
    this.#roots.push(node);
    this.#size += 1;
  }

  root(): Buffer {
    const last = this.#roots.length - 1;
    let root = this.#roots[last] ?? EMPTY_ROOT;
    for (let i = last - 1; i >= 0; i--) root = nodeHash(this.#roots[i] as Buffer, root);
    return root;
  }
}

/** Number of bits set: sizes may exceed 32 bits. */
export function subtreeCount(size: number): number {
  let count = 0;
  for (let rest = size; rest > 0; rest = Math.floor(rest / 2)) count += rest % 2;
  return count;
}
