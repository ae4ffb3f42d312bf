import { CompactRange, nodeHash } from './merkle.ts';

/** Leaves [start, end): a proof is the list of such ranges' roots, so it can be computed from any source of leaf hashes. */
export interface LeafRange {
  readonly start: number;
  readonly end: number;
}

/** The largest power of two below `size` (RFC 6962, 2.1: k). */
function split(size: number): number {
  let k = 1;
  while (k * 2 < size) k *= 2;
  return k;
}

/** What an inclusion proof of leaf `index` in a tree of `size` leaves consists of, from the leaf up (RFC 6962, 2.1.1). */
export function inclusionRanges(index: number, size: number): LeafRange[] {
  const ranges: LeafRange[] = [];
  let start = 0;
  let end = size;
  while (end - start > 1) {
    const middle = start + split(end - start);
    if (index < middle) {
      ranges.push({ start: middle, end });
      end = middle;
    } else {
      ranges.push({ start, end: middle });
      start = middle;
    }
  }
  return ranges.reverse();
}

/** What a proof consists of that the tree of `first` leaves is a prefix of the one of `second` (RFC 6962, 2.1.2). */
export function consistencyRanges(first: number, second: number): LeafRange[] {
  const ranges: LeafRange[] = [];
  let start = 0;
  let end = second;
  while (end !== first) {
    const middle = start + split(end - start);
    if (first <= middle) {
      ranges.push({ start: middle, end });
      end = middle;
    } else {
      ranges.push({ start, end: middle });
      start = middle;
    }
  }
  // The verifier knows the old root already when it is one subtree of the new tree.
  if (start !== 0) ranges.push({ start, end });
  return ranges.reverse();
}

/** Roots of several ranges in one pass over the leaf hashes, in any order of ranges; memory O(log n) for each. */
export class RangeRoots {
  readonly #ranges: readonly { readonly range: LeafRange; readonly tree: CompactRange }[];
  #index = 0;

  constructor(ranges: readonly LeafRange[]) {
    this.#ranges = ranges.map((range) => ({ range, tree: CompactRange.empty() }));
  }

  append(leaf: Buffer): void {
    for (const { range, tree } of this.#ranges) if (this.#index >= range.start && this.#index < range.end) tree.append(leaf);
    this.#index += 1;
  }

  roots(): Buffer[] {
    return this.#ranges.map(({ tree }) => tree.root());
  }
}

/** True when the proof shows that `leaf` stands at `index` in the tree of `size` leaves with this root (RFC 9162, 2.1.3.2). */
export function verifyInclusion(index: number, size: number, leaf: Buffer, proof: readonly Buffer[], root: Buffer): boolean {
  if (!validSizes(index, size) || index >= size) return false;
  let node = index;
  let last = size - 1;
  let hash = leaf;
  for (const sibling of proof) {
    if (last === 0) return false;
    if (node % 2 === 1 || node === last) {
      hash = nodeHash(sibling, hash);
      while (node % 2 === 0 && node !== 0) {
        node /= 2;
        last = Math.floor(last / 2);
      }
    } else hash = nodeHash(hash, sibling);
    node = Math.floor(node / 2);
    last = Math.floor(last / 2);
  }
  return last === 0 && hash.equals(root);
}

/** True when the proof shows that the first tree is a prefix of the second (RFC 9162, 2.1.4.2). */
export function verifyConsistency(
  older: { readonly size: number; readonly root: Buffer },
  newer: { readonly size: number; readonly root: Buffer },
  proof: readonly Buffer[],
): boolean {
  if (!validSizes(older.size, newer.size) || older.size === 0 || older.size > newer.size) return false;
  if (older.size === newer.size) return proof.length === 0 && older.root.equals(newer.root);
  const path = isPowerOfTwo(older.size) ? [older.root, ...proof] : proof;
  const [seed, ...rest] = path;
  if (seed === undefined) return false;
  let node = older.size - 1;
  let last = newer.size - 1;
  while (node % 2 === 1) {
    node = (node - 1) / 2;
    last = Math.floor(last / 2);
  }
  let olderHash = seed;
  let newerHash = seed;
  for (const sibling of rest) {
    if (last === 0) return false;
    if (node % 2 === 1 || node === last) {
      olderHash = nodeHash(sibling, olderHash);
      newerHash = nodeHash(sibling, newerHash);
      while (node % 2 === 0 && node !== 0) {
        node /= 2;
        last = Math.floor(last / 2);
      }
    } else newerHash = nodeHash(newerHash, sibling);
    node = Math.floor(node / 2);
    last = Math.floor(last / 2);
  }
  return last === 0 && olderHash.equals(older.root) && newerHash.equals(newer.root);
}

function validSizes(...sizes: readonly number[]): boolean {
  return sizes.every((size) => Number.isSafeInteger(size) && size >= 0);
}

function isPowerOfTwo(size: number): boolean {
  return split(size + 1) === size;
}
