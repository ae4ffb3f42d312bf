import { type Detector, GAP } from '../detector.ts';
import type { Hit, Setting } from '../hit.ts';
import { judge, SIGHT } from '../precision/judge.ts';

const RUN = /[A-Za-z0-9_+/-]{16,}/g;

/** Whether `value` holds the run that a `nearby` detector promises, and where it begins; -1 when it does not. */
function runAt(value: string): number {
  for (const { 0: run, index } of value.matchAll(RUN)) if (/[0-9]/.test(run) && /[A-Za-z]/.test(run)) return index;
  return -1;
}

/**
 * From a match of the pattern to a hit, the same on both paths: the promise of the search, the detector's check, the judge.
 * `text` is (a window of) the bytes as Latin-1 that shows at least `SIGHT` bytes on both sides; `base` is where it begins.
 */
export function examine(
  detector: Detector,
  match: RegExpExecArray,
  text: string,
  base: number,
  setting: Setting,
): Hit | undefined {
  const [whole] = match;
  const value = match.groups?.value ?? whole;
  const valueAt = match.groups?.value === undefined ? 0 : whole.lastIndexOf(value);
  if (detector.search === 'nearby') {
    const run = runAt(value);
    if (run < 0 || valueAt + run > GAP) return undefined;
  }
  const start = match.index + valueAt;
  const end = start + value.length;
  const verdict = judge({
    detector,
    value,
    match: whole,
    valueAt,
    before: text.slice(Math.max(0, start - SIGHT), start),
    after: text.slice(end, end + SIGHT),
    check: detector.check?.(value, match),
    setting,
  });
  if (verdict === undefined) return undefined;
  return {
    detector,
    start: base + start,
    end: base + end,
    ...verdict,
    value: Buffer.from(value, 'latin1'),
    layers: [],
  };
}
