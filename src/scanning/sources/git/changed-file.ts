import { bytesContent, type Content, streamContent } from '../../content.ts';
import type { Origin, ScanEvent } from '../../sighting.ts';
import type { ScanContext } from '../../source.ts';
import { problemOf } from './blob-names.ts';
import { type ObjectStore, toHex } from './object-store.ts';
import { STREAMED } from './pack-walk.ts';

/** The content of a blob; undefined when the repository does not hold it. @throws DamagedObject */
export function blobContent(store: ObjectStore, blob: string): Content | undefined {
  const id = Buffer.from(blob, 'hex');
  const object = store.read(id, STREAMED);
  if (object === undefined) return undefined;
  return object.bytes === undefined ? streamContent(() => store.stream(id), object.size) : bytesContent(object.bytes);
}

export interface ChangedFile {
  readonly path: string;
  readonly blob: string;
  /** Blobs in which a secret may stand already, without being this change's. */
  readonly before: Iterable<string>;
  readonly origin?: Origin;
}

/** Scans a file as it is after a change, whole; what it held before the change is not told. */
export async function* changedFile(context: ScanContext, store: ObjectStore, file: ChangedFile): AsyncGenerator<ScanEvent> {
  const { path, blob, before, origin } = file;
  let old: Set<string> | undefined;
  try {
    const content = blobContent(store, blob);
    if (content === undefined) throw new Absent();
    for await (const event of context.unfolder.file(path, content, origin)) {
      if (event.kind === 'sighting') {
        old ??= await valuesIn(context, store, path, before);
        if (old.has(toHex(event.value))) {
          event.value.fill(0);
          continue;
        }
      }
      yield event;
    }
  } catch (error) {
    yield {
      kind: 'not-scanned',
      path,
      reason: error instanceof Absent ? 'its content is not in the repository' : problemOf(error),
    };
  }
}

class Absent extends Error {}

/** Secrets of earlier versions. What cannot be read counts as having none: rather told twice than not at all. */
async function valuesIn(
  { unfolder, progress }: ScanContext,
  store: ObjectStore,
  path: string,
  blobs: Iterable<string>,
): Promise<Set<string>> {
  const values = new Set<string>();
  const { files, bytes } = progress;
  for (const blob of blobs) {
    try {
      const content = blobContent(store, blob);
      if (content === undefined) continue;
      for await (const event of unfolder.file(path, content)) {
        if (event.kind !== 'sighting') continue;
        values.add(toHex(event.value));
        event.value.fill(0);
      }
    } catch (error) {
      problemOf(error);
    }
  }
  progress.files = files;
  progress.bytes = bytes;
  return values;
}
