import type { Confidence, Detector } from './detector.ts';

/** A match that the judge lets stand, in the bytes that were given to the engine. */
export interface Hit {
  readonly detector: Detector;
  /** Bytes from the beginning; the end is exclusive. They enclose exactly the secret (or, for a decoded one, its encoded text). */
  readonly start: number;
  readonly end: number;
  readonly confidence: Confidence;
  /** Why that sure, in words for a reader: "checksum is right", "assigned in a test file". No part of the secret. */
  readonly reasons: readonly string[];
  /** The secret itself, a copy: whoever takes a hit zeroes it. */
  readonly value: Buffer;
  /** How the bytes had to be decoded before it was seen, outermost first: `['base64', 'percent']`. Empty mostly. */
  readonly layers: readonly string[];
}

/** What the judge knows of the place beside the bytes. */
export interface Setting {
  /** Path of the file as it is reported, with `/`; empty when there is none. */
  readonly path: string;
}
