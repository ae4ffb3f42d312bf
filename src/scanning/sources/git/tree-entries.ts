import type { Seams } from './delta.ts';

/** One line of a tree object: views into it, valid as long as its bytes. */
export interface TreeEntry {
  readonly isTree: boolean;
  /** A file or a symbolic link; not a submodule. */
  readonly isBlob: boolean;
  readonly name: string;
  /** Where the id begins in the tree's bytes. */
  readonly idAt: number;
}

const SPACE = 32;

/**
 * The entries of a tree object, in its order; with `seams` only those that are not copied from its base. A damaged tree yields
 * what could be read.
 */
export function* treeEntries(bytes: Uint8Array, idBytes: number, seams?: Seams): Generator<TreeEntry> {
  let seam = 0;
  for (let at = 0; at < bytes.length; ) {
    const start = at;
    while (at < bytes.length && bytes[at] !== SPACE) at += 1;
    const nameAt = at + 1;
    while (at < bytes.length && bytes[at] !== 0) at += 1;
    const idAt = at + 1;
    at = idAt + idBytes;
    if (at > bytes.length) return;
    if (seams !== undefined) {
      while (seam < seams.length && (seams.pairs[seam + 1] as number) < start) seam += 2;
      if (seam >= seams.length || (seams.pairs[seam] as number) > at) continue;
    }
    const digit = bytes[start + 1];
    const isTree = bytes[start] === 0x34;
    const isLinkToCommit = bytes[start] === 0x31 && digit === 0x36;
    const name = Buffer.from(bytes.buffer, bytes.byteOffset + nameAt, idAt - 1 - nameAt).toString('utf8');
    yield { isTree, isBlob: !isTree && !isLinkToCommit, name, idAt };
  }
}
