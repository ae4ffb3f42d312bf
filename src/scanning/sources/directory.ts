import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { bytesContent } from '../content.ts';
import { HEAD } from '../format.ts';
import type { ScanEvent } from '../sighting.ts';
import type { ScanContext, Source } from '../source.ts';
import { reasonOf } from '../unfolder.ts';

/** Every file below `root`. */
export function directory(root: string): Source {
  return async function* (context) {
    for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
      if (context.signal?.aborted) return;
      if (entry.isFile()) yield* scanFile(context, join(entry.parentPath, entry.name));
    }
  };
}

async function* scanFile({ scanner, unfolder }: ScanContext, path: string): AsyncGenerator<ScanEvent> {
  let file: number | undefined;
  try {
    file = openSync(path, 'r');
    const { size } = fstatSync(file);
    const bytes = scanner.buffer(size).subarray(0, size);
    const filled = bytes.subarray(0, readSync(file, bytes, 0, size, 0));
    const format = unfolder.formatOf(path, filled.subarray(0, HEAD));
    if (format === undefined) yield* unfolder.text(path, filled);
    else yield* unfolder.file(path, bytesContent(Uint8Array.from(filled)));
  } catch (error) {
    yield { kind: 'not-scanned', path, reason: reasonOf(error) };
  } finally {
    if (file !== undefined) closeSync(file);
  }
}
