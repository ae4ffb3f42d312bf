import { type Detector, GAP } from '../detector.ts';
import type { Hit, Setting } from '../hit.ts';
import { judge, SIGHT } from '../precision/judge.ts';
import { remembered } from '../precision/remembered.ts';

const LEAST_RUN = 16;
const [DIGIT, LETTER, SIGN] = [1, 2, 4];

/** By character, whether a run may hold it, and as what. */
const KINDS = Uint8Array.from({ length: 256 }, (_, code) => {
  const text = String.fromCharCode(code);
  if (/[0-9]/.test(text)) return DIGIT;
  if (/[A-Za-z]/.test(text)) return LETTER;
  return /[_+/-]/.test(text) ? SIGN : 0;
});

/** Whether `value` holds the run that a `nearby` detector promises, and where it begins; -1 when it does not. */
const runAt = remembered((value) => {
  for (let at = 0; at < value.length; at += 1) {
    const from = at;
    let kinds = 0;
    for (let kind = KINDS[value.charCodeAt(at)] ?? 0; kind !== 0; kind = KINDS[value.charCodeAt(at)] ?? 0) {
      kinds |= kind;
      at += 1;
    }
    if (at - from >= LEAST_RUN && (kinds & DIGIT) !== 0 && (kinds & LETTER) !== 0) return from;
  }
  return -1;
});

/** The secret in a match, and where in the match it begins. */
export function secretOf({ 0: whole, groups }: RegExpExecArray): { readonly value: string; readonly valueAt: number } {
  const value = groups?.value;
  return value === undefined ? { value: whole, valueAt: 0 } : { value, valueAt: whole.lastIndexOf(value) };
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
  const { value, valueAt } = secretOf(match);
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
