import { closeSync, constants, openSync, readSync } from 'node:fs';
import { bytesContent } from '../content.ts';
import { HEAD } from '../format.ts';
import type { ScanEvent } from '../sighting.ts';
import type { ScanContext } from '../source.ts';
import { isBinary } from '../text-encoding.ts';
import { reasonOf } from '../unfolder.ts';
import { openFileContent } from './file-content.ts';

/** Enough to tell text from what is skipped; most sources are smaller. */
const FIRST = 64 * 1024;
/** Read in one piece into the scanner's own memory; larger files pass in pieces. */
const AT_ONCE = 4 * 1024 * 1024;
/** Never waits for a writer, never follows a link that was put there a moment ago. */
const FLAGS = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0) | (constants.O_NOCTTY ?? 0);
const NOTHING: readonly ScanEvent[] = [];

/** A file to be scanned: how it is opened, and how it is called in reports. */
export interface FileToScan {
  readonly open: string | Buffer;
  readonly path: string;
}

/**
 * Scans a regular file. Plain text is done when this returns; what a format reads, and what is too long to be held, is still to
 * be read. Nearly all files are plain text: they cost no promise and no copy.
 */
export function scanFile(context: ScanContext, { open, path }: FileToScan): Iterable<ScanEvent> | AsyncIterable<ScanEvent> {
  const { scanner, unfolder, progress } = context;
  let file: number | undefined;
  try {
    file = openSync(open as string, FLAGS);
    const buffer = scanner.buffer(AT_ONCE);
    let filled = readSync(file, buffer, 0, FIRST, null);
    const format = unfolder.formatOf(path, buffer.subarray(0, Math.min(HEAD, filled)));
    if (format === undefined && isBinary(buffer.subarray(0, filled))) {
      progress.files += 1;
      return NOTHING;
    }
    for (let wanted = FIRST, got = filled; got === wanted && filled < AT_ONCE; ) {
      wanted = AT_ONCE - filled;
      got = readSync(file, buffer, filled, wanted, null);
      filled += got;
    }
    if (filled === AT_ONCE) {
      const whole = later(context, file, path);
      file = undefined;
      return whole;
    }
    const bytes = buffer.subarray(0, filled);
    return format === undefined ? unfolder.text(path, bytes) : unfolder.file(path, bytesContent(Uint8Array.from(bytes)));
  } catch (error) {
    return [{ kind: 'not-scanned', path, reason: reasonOf(error) }];
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

async function* later({ unfolder }: ScanContext, file: number, path: string): AsyncGenerator<ScanEvent> {
  try {
    yield* unfolder.file(path, openFileContent(file));
  } finally {
    closeSync(file);
  }
}
