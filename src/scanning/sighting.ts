import type { Confidence } from './detector.ts';

/** Line and column count from 1, columns in UTF-16 code units as SARIF counts them; `byte` counts from 0. */
export interface Position {
  readonly line: number;
  readonly column: number;
  readonly byte: number;
}

/** Where in a history. `date` is ISO 8601, the author's. */
export interface Origin {
  readonly blob: string;
  readonly commit?: string;
  readonly author?: string;
  readonly date?: string;
  /** The path is one that a reachable commit gives the blob; false for unreachable objects. */
  readonly reachable: boolean;
}

/** One place in which one secret was seen. Holds the secret: it goes to `findings.ts` and nowhere else. */
export interface Sighting {
  readonly kind: 'sighting';
  /** Id of the detector. */
  readonly detector: string;
  readonly confidence: Confidence;
  readonly reasons: readonly string[];
  readonly value: Uint8Array;
  readonly layers: readonly string[];
  /** `models.zip!conf/.env`. */
  readonly path: string;
  /** `models.zip!conf/.env:3`, `train.ipynb#cell[3].source:5`. */
  readonly address: string;
  /** In the raw file; in the text of the piece where the raw file holds no such bytes. The end is exclusive. */
  readonly start: Position;
  readonly end: Position;
  readonly origin?: Origin;
  /** The reason of a `watchword:ignore` beside it; empty when there is one without a reason, which does not count. */
  readonly ignored?: string;
}

/** A file, object or part that was not scanned: the run is incomplete. */
export interface NotScanned {
  readonly kind: 'not-scanned';
  readonly path: string;
  readonly reason: string;
}

export type ScanEvent = Sighting | NotScanned;

/** Counts as it goes; one object for a whole run, read by progress bars. */
export interface Progress {
  files: number;
  bytes: number;
  /** What `files` is expected to reach; 0 while unknown. */
  expectedFiles: number;
  /** Objects known from an earlier run under the same rules, not scanned again. */
  known: number;
}

export const newProgress = (): Progress => ({ files: 0, bytes: 0, expectedFiles: 0, known: 0 });
