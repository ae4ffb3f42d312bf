import type { Maker } from './detectors/maker.ts';

/** Pages of the documentation, and groups in a report. */
export const families = [
  'ml-providers',
  'ml-tooling',
  'clouds',
  'code-hosts',
  'continuous-integration',
  'registries',
  'infrastructure',
  'databases',
  'messaging',
  'payments',
  'monitoring',
  'services',
  'keys',
  'configuration-files',
  'connection-strings',
  'generic',
] as const;
export type Family = (typeof families)[number];

export type Confidence = 'high' | 'medium' | 'low';

/**
 * What the surroundings must prove.
 * `structured`: the shape alone identifies it (prefix, marker, header).
 * `contextual`: the shape is common (32 hex digits), a keyword beside it says whose it is.
 * `generic`: nobody's in particular (`password = "..."`).
 */
export type DetectorKind = 'structured' | 'contextual' | 'generic';

/**
 * How the fast path comes upon a match; a promise that the engine builds on and the slow path proves.
 * `prefix`: the match starts with an anchor and with at least 16 characters of `[A-Za-z0-9_+/.=~:-]`, and no letter, digit or `_`
 *   stands before it (except the last character of an escape such as `\n` or `%3D`).
 * `nearby`: the match starts with an anchor, and its value holds, at most `GAP` bytes after the match's start, a run of at least
 *   16 characters of `[A-Za-z0-9_+/-]` with a digit and a letter in it. A value without such a run is no match, on the slow path too.
 * `anywhere`: the anchors are rare enough to be looked for in every byte. The match starts with an anchor or at most `lead` bytes
 *   before it.
 */
export type Search = 'prefix' | 'nearby' | 'anywhere';

/** Most bytes between the start of a `nearby` match and the run in its value. */
export const GAP = 192;

/**
 * What stands beside an anchor in every match that begins there: at least one of those that are said. A promise, like `Search`; the
 * fast path passes over an anchor without it.
 * `word`: no letter before it, except a small one before a capital; no small letter after a small one and no capital after a
 *   capital, except where `key`, `api`, `token`, `secret` or `auth` begins, or between a capital and a capital with a small one.
 * `next`: directly or after one of `_`, `-`, `.` and space, one of these texts follows, in any case.
 * `userInfo`: within 302 bytes come a colon and then an `@`, and before it no white space and none of `/?#"'<>\` and a backtick.
 */
export interface Guard {
  readonly word?: boolean;
  readonly next?: readonly string[];
  readonly userInfo?: boolean;
}

/**
 * What every match holds: a match of the regular expression `pattern` begins inside it. Bounded and without flags; it looks at `most` bytes at most from where
 * it begins. A promise, like `Search`: the fast path passes over an anchor with none in reach. Worth it where the pattern is small, the
 * same for many detectors, and rare beside their anchors.
 */
export interface Inside {
  readonly pattern: string;
  readonly most: number;
}

/** A regular expression that is made where it is run, with the flags that are wanted there. */
export type Pattern = Pick<RegExp, 'source' | 'flags'>;

/** Result of an offline test of structure: a checksum, a decode, a header. A fail lowers the confidence and never drops. */
export interface Check {
  readonly ok: boolean;
  /** For the reader of a report: "checksum is right". Holds no part of the secret. */
  readonly reason: string;
}

export interface Example {
  readonly text: string;
  /** Exactly what must be reported. */
  readonly value: string;
}

export interface Examples {
  readonly positive: readonly Example[];
  /** Texts in which this detector finds nothing that is reported. */
  readonly negative: readonly string[];
}

/** One type of credential. */
export interface Detector {
  /** Kebab-case, stable: ignore entries and reports name it. */
  readonly id: string;
  /** Whose credential: `OpenAI`. */
  readonly provider: string;
  /** What it is: `OpenAI project key`. */
  readonly title: string;
  readonly family: Family;
  readonly kind: DetectorKind;
  readonly search: Search;
  /** Lower case; compared without regard to case. At least 3 bytes each. */
  readonly anchors: readonly string[];
  /** By anchor. */
  readonly guards?: Readonly<Record<string, Guard>>;
  readonly inside?: Inside;
  /** Of `nearby`: characters of the run, when there are always more than 16. */
  readonly leastRun?: number;
  /** Most bytes of a match before its anchor; 0 unless said, and only with `anywhere`. */
  readonly lead?: number;
  /** Bounded in every quantifier. The secret is the group `value`, or the whole match. Without flags `g` and `y`. Bytes are read as Latin-1. */
  readonly pattern: Pattern;
  /** Most bytes from the start of a match to its end. */
  readonly reach: number;
  /** Before the judge and the check have spoken. */
  readonly confidence: Confidence;
  /** Shape, checksum and placement of the value, without network. `value` is Latin-1. */
  check?(value: string, match: RegExpExecArray): Check | undefined;
  /** Where to read about it: the vendor's page, or where the format was learned. */
  readonly source: string;
  examples(make: Maker): Examples;
}
