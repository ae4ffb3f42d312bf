import { setImmediate } from 'node:timers/promises';
import type { ScanEvent } from '../sighting.ts';
import type { ScanContext } from '../source.ts';
import { type FileToScan, scanFile } from './read-file.ts';

/** How long the thread may be kept to ourselves: Ctrl-C and the progress bar wait for it. */
const TURN = 50;
/** Files that one thread takes at a time. */
const SHARE = 32;

/** Scans files one after another; stops between two of them when the signal says so. */
export async function* scanFiles(context: ScanContext, files: readonly FileToScan[]): AsyncGenerator<ScanEvent> {
  let share = 0;
  yield* scanShares(files, context, () => share++);
}

/** Scans those of the files whose share it gets. */
export async function* scanShares(
  files: readonly FileToScan[],
  context: ScanContext,
  nextShare: () => number,
): AsyncGenerator<ScanEvent> {
  let turn = performance.now() + TURN;
  for (let start = nextShare() * SHARE; start < files.length; start = nextShare() * SHARE) {
    const end = Math.min(start + SHARE, files.length);
    for (let at = start; at < end; at += 1) {
      if (context.signal?.aborted) return;
      const events = scanFile(context, files[at] as FileToScan);
      if (!Array.isArray(events) || events.length > 0) yield* events;
      if (performance.now() < turn) continue;
      await setImmediate();
      turn = performance.now() + TURN;
    }
  }
}
