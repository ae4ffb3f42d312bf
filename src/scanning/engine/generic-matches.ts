import type { Detector } from '../detector.ts';
import type { Hit, Setting } from '../hit.ts';
import { examine, secretOf } from './examine.ts';

interface Match {
  readonly detector: Detector;
  readonly match: RegExpExecArray;
  readonly text: string;
  readonly base: number;
}

/**
 * Matches of generic detectors, judged after all others: where somebody's credential stands, they lose, and most floods of hits are
 * of such places. What a hit of another kind loses against shares a byte with every match around it, so that these lose as well.
 */
export class GenericMatches {
  #waiting: Match[] = [];

  /** Arguments as for `examine`. */
  add(detector: Detector, match: RegExpExecArray, text: string, base: number): void {
    this.#waiting.push({ detector, match, text, base });
  }

  /** Adds to `hits`, which are all others of the text, and keeps nothing. */
  judge(hits: Hit[], setting: Setting): void {
    if (this.#waiting.length === 0) return;
    const others = hits.filter(({ detector }) => detector.kind !== 'generic').sort((a, b) => a.start - b.start);
    for (const { detector, match, text, base } of this.#waiting) {
      const { value, valueAt } = secretOf(match);
      const start = base + match.index + valueAt;
      if (holdsOne(others, start, start + value.length)) continue;
      const hit = examine(detector, match, text, base, setting);
      if (hit !== undefined) hits.push(hit);
    }
    this.#waiting = [];
  }
}

/** Whether one of `hits`, in the order of their beginnings, lies from `start` to `end`. */
function holdsOne(hits: readonly Hit[], start: number, end: number): boolean {
  let low = 0;
  let high = hits.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((hits[middle]?.start ?? 0) < start) low = middle + 1;
    else high = middle;
  }
  for (let next = hits[low]; next !== undefined && next.start < end; next = hits[++low]) if (next.end <= end) return true;
  return false;
}
