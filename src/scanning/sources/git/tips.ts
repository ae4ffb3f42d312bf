import type { Origin, ScanEvent } from '../../sighting.ts';
import type { ScanContext } from '../../source.ts';
import type { Authors } from './attribution.ts';
import { problemOf } from './blob-names.ts';
import { changedFile } from './changed-file.ts';
import { type ObjectStore, toHex } from './object-store.ts';
import { kinds } from './pack.ts';
import { treeEntries } from './tree-entries.ts';

const OBJECT = /^object ([0-9a-f]{40}(?:[0-9a-f]{24})?)\n/;

/** The message of a commit or a tag. Not counted as a file: whoever asks whether a file was looked at is not to be told of it. */
export async function* messageEvents(context: ScanContext, authors: Authors, id: string): AsyncGenerator<ScanEvent> {
  const { files, bytes } = context.progress;
  try {
    const place = authors.message(id);
    if (place === undefined) yield notScanned(id, 'its message is not in the repository');
    else yield* context.unfolder.file(place.path, place.message, { ...place.origin, reachable: true });
  } catch (error) {
    yield notScanned(id, problemOf(error));
  } finally {
    context.progress.files = files;
    context.progress.bytes = bytes;
  }
}

/**
 * What a ref that does not just point at a commit brings along: the messages of annotated tags, and the blobs of a tree or the blob that
 * it points at itself. Commits are for somebody else.
 */
export async function* tipEvents(
  context: ScanContext,
  store: ObjectStore,
  authors: Authors,
  tip: string,
): AsyncGenerator<ScanEvent> {
  for (let id: string | undefined = tip; id !== undefined && context.signal?.aborted !== true; ) {
    let object: ReturnType<ObjectStore['read']>;
    try {
      object = store.read(Buffer.from(id, 'hex'));
    } catch (error) {
      yield notScanned(id, problemOf(error));
      return;
    }
    const kind = kinds[object?.kind ?? 0];
    if (object === undefined) yield notScanned(id, 'it is not in the repository');
    else if (kind === 'blob') yield* changedFile(context, store, blobOf(`git:${id.slice(0, 12)}`, id));
    else if (kind === 'tree') yield* treeEvents(context, store, id);
    else if (kind === 'tag') {
      yield* messageEvents(context, authors, id);
      id = object.bytes === undefined ? undefined : OBJECT.exec(Buffer.from(object.bytes).toString('latin1'))?.[1];
      continue;
    }
    return;
  }
}

const blobOf = (path: string, blob: string) => {
  const origin: Origin = { blob, reachable: true };
  return { path, blob, before: [], origin };
};

const notScanned = (id: string, reason: string): ScanEvent => ({
  kind: 'not-scanned',
  path: `git:${id.slice(0, 12)}`,
  reason,
});

/** All blobs below a tree; of equal folders one. */
async function* treeEvents(context: ScanContext, store: ObjectStore, root: string): AsyncGenerator<ScanEvent> {
  const waiting = [{ id: root, prefix: '' }];
  const seen = new Set<string>();
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { id: tree, prefix } = next;
    if (context.signal?.aborted === true) return;
    if (seen.has(tree)) continue;
    seen.add(tree);
    let bytes: Uint8Array | undefined;
    let problem = 'this folder is not in the repository';
    try {
      bytes = store.read(Buffer.from(tree, 'hex'))?.bytes;
    } catch (error) {
      problem = problemOf(error);
    }
    if (bytes === undefined) {
      yield notScanned(tree, problem);
      continue;
    }
    for (const { isTree, isBlob, name, idAt } of treeEntries(bytes, store.idBytes)) {
      const id = toHex(bytes.subarray(idAt, idAt + store.idBytes));
      if (isTree) waiting.push({ id, prefix: `${prefix}${name}/` });
      else if (isBlob) yield* changedFile(context, store, blobOf(prefix + name, id));
    }
  }
}
