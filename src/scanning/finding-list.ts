import type { Confidence } from './detector.ts';
import type { Essence, Found, Place } from './findings.ts';

/** One secret with the places in which it was seen. */
export interface Finding extends Essence {
  /** The best of its places. */
  readonly confidence: Confidence;
  readonly reasons: readonly string[];
  /** Open ones first; at most `MOST_PLACES`. */
  readonly places: readonly Place[];
  /** Places beyond those. */
  readonly morePlaces: number;
  /** Whether every place is silenced, by the baseline or inline. */
  readonly silenced: boolean;
}

/** Places that are kept of one secret: a key in each of a million files must not fill the memory. */
export const MOST_PLACES = 5_000;

const rank: Readonly<Record<Confidence, number>> = { high: 0, medium: 1, low: 2 };

/** Whether `confidence` is at least `least`. */
export const atLeast = (confidence: Confidence, least: Confidence): boolean => rank[confidence] <= rank[least];

interface Growing {
  best: Found;
  readonly places: Place[];
  more: number;
  open: number;
}

/** Groups what was found by fingerprint: two sightings of one secret are one finding with two places. */
export class FindingList {
  readonly #findings = new Map<string, Growing>();

  add(found: Found): void {
    const known = this.#findings.get(found.fingerprint) ?? { best: found, places: [], more: 0, open: 0 };
    this.#findings.set(found.fingerprint, known);
    if (rank[found.confidence] < rank[known.best.confidence]) known.best = found;
    if (found.silence === undefined) known.open += 1;
    if (known.places.length < MOST_PLACES) known.places.push(placeOf(found));
    else known.more += 1;
  }

  /** The surest first, then by detector and place. */
  all(): Finding[] {
    return [...this.#findings.values()]
      .map(({ best, places, more, open }) => ({
        ...essenceOf(best),
        confidence: best.confidence,
        reasons: best.reasons,
        places: [...places].sort(comparePlaces),
        morePlaces: more,
        silenced: open === 0,
      }))
      .sort(compareFindings);
  }
}

function essenceOf({ fingerprint, detector, provider, title, family, redacted, length, liveness }: Found): Essence {
  const essence = { fingerprint, detector, provider, title, family, redacted, length };
  return liveness === undefined ? essence : { ...essence, liveness };
}

function placeOf({ confidence, reasons, layers, path, address, start, end, origin, silence }: Found): Place {
  return {
    confidence,
    reasons,
    layers,
    path,
    address,
    start,
    end,
    ...(origin === undefined ? {} : { origin }),
    ...(silence === undefined ? {} : { silence }),
  };
}

const text = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const comparePlaces = (a: Place, b: Place): number =>
  Number(a.silence !== undefined) - Number(b.silence !== undefined) || text(a.path, b.path) || a.start.byte - b.start.byte;

const compareFindings = (a: Finding, b: Finding): number =>
  rank[a.confidence] - rank[b.confidence] ||
  text(a.detector, b.detector) ||
  text(a.places[0]?.address ?? '', b.places[0]?.address ?? '') ||
  text(a.fingerprint, b.fingerprint);
