import type { Scanner } from './engine/scanner.ts';
import type { Progress, ScanEvent } from './sighting.ts';
import type { Unfolder } from './unfolder.ts';

/** What a source is given to work with. */
export interface ScanContext {
  readonly scanner: Scanner;
  readonly unfolder: Unfolder;
  readonly progress: Progress;
  /** Ctrl-C: a source stops between two files, and what it has found is reported as incomplete. */
  readonly signal?: AbortSignal;
}

/** Where bytes come from. Yields what is found as it is found; a file that cannot be read is an event, not an error. */
export type Source = (context: ScanContext) => AsyncIterable<ScanEvent>;
