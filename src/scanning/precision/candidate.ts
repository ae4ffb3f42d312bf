import type { Check, Confidence, Detector } from '../detector.ts';
import type { Setting } from '../hit.ts';

/** Bytes before and after a value that the judge may look at, so that both engine paths show it the same. */
export const SIGHT = 256;

export interface Candidate {
  readonly detector: Detector;
  /** The secret, Latin-1. */
  readonly value: string;
  /** The whole match, Latin-1, and where the value stands in it. */
  readonly match: string;
  readonly valueAt: number;
  /** Up to `SIGHT` bytes before the value and after it, Latin-1; shorter only at the ends of the text. */
  readonly before: string;
  readonly after: string;
  readonly check: Check | undefined;
  readonly setting: Setting;
}

export interface Verdict {
  readonly confidence: Confidence;
  readonly reasons: readonly string[];
}
