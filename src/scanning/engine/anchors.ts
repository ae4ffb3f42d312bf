import type { Detector, Guard, Search } from '../detector.ts';
import { commonFragments, fragmentGroups } from './fragments.ts';

/** Bytes by which an anchor is found before it is compared in full. */
export const FRAGMENT = 3;
/** Where in an anchor those bytes begin at most, so that looking for them does not lead far away. */
const FARTHEST = 29;

/** A text that leads to matches, with everybody who waits for it. */
export interface Anchor {
  readonly search: Search | 'nearby-long';
  /** Lower case, Latin-1. */
  readonly text: Buffer;
  /** Where its rarest `FRAGMENT` bytes begin; 0 for `prefix`. */
  readonly offset: number;
  /** What must stand beside it. */
  readonly guard?: Guard;
  /** Positions in the list of detectors, rising. */
  readonly detectors: readonly number[];
}

/**
 * The anchors of all detectors, each once for each way of searching. A `prefix` that begins with a character that no word begins
 * with is looked for like `anywhere`: what leads to a match does not change the match.
 * @throws Error when an anchor is shorter than `FRAGMENT` bytes
 */
export function anchorsOf(detectors: readonly Detector[]): readonly Anchor[] {
  const known = new Map<string, Anchor & { readonly detectors: number[] }>();
  detectors.forEach((detector, index) => {
    const { id, anchors, guards } = detector;
    for (const text of anchors) {
      if (text.length < FRAGMENT) throw new Error(`${id}: the anchor ${text} is shorter than ${FRAGMENT} bytes`);
      const search = searchFor(detector, text);
      const guard = guards?.[text];
      const key = `${search} ${text} ${guard === undefined ? '' : spelled(guard)}`;
      const same = known.get(key);
      if (same === undefined) known.set(key, made(search, text, guard, index));
      else if (same.detectors.at(-1) !== index) same.detectors.push(index);
    }
  });
  return [...known.values()];
}

/** A run of this length is long: most are shorter, and most values have one. */
const LONG_RUN = 32;

function searchFor({ search, leastRun = 0 }: Detector, anchor: string): Anchor['search'] {
  if (search === 'nearby') return leastRun >= LONG_RUN ? 'nearby-long' : search;
  return search === 'prefix' && !/^[a-z0-9_]/.test(anchor) ? 'anywhere' : search;
}

const spelled = ({ word, next, userInfo }: Guard): string => `${word} ${next?.join('|')} ${userInfo}`;

function made(
  search: Anchor['search'],
  text: string,
  guard: Guard | undefined,
  detector: number,
): Anchor & { readonly detectors: number[] } {
  const offset = search === 'prefix' ? 0 : search === 'anywhere' ? shared(text) : rarest(text);
  const anchor = { search, text: Buffer.from(text, 'latin1'), offset, detectors: [detector] };
  return guard === undefined ? anchor : { ...anchor, guard };
}

/** How often a byte occurs in source texts, roughly, in thousandths. */
export const frequency: Float64Array = (() => {
  const table = new Float64Array(256).fill(0.2);
  const tell = (characters: string, often: number): void => {
    for (const character of characters) table[character.charCodeAt(0)] = often;
  };
  tell('{}[];<>&#@!$%^*+|~\\?`', 1.5);
  tell('0123456789', 3);
  tell('jqz', 1.4);
  tell('bkvwxy', 6.5);
  tell('fghmpu', 14);
  tell('cdl', 21);
  tell('ainors', 37);
  tell('et', 58);
  tell('_"\'/.,:=()-', 9);
  tell('\n\t', 23);
  tell(' ', 170);
  for (let letter = 97; letter <= 122; letter += 1) table[letter - 32] = (table[letter] ?? 0) / 7;
  return table;
})();

/** Where the first of the listed fragments stands in an anchor; where its own rarest bytes stand when it has none. */
function shared(text: string): number {
  for (let at = 0; at + FRAGMENT <= text.length && at <= FARTHEST; at += 1)
    if (listed.has(text.slice(at, at + FRAGMENT))) return at;
  return rarest(text);
}

const listed = new Set(fragmentGroups.flat());

function rarest(text: string): number {
  let best = 0;
  let least = Number.POSITIVE_INFINITY;
  for (let at = 0; at + FRAGMENT <= text.length && at <= FARTHEST; at += 1) {
    const often = perMegabyte(text.slice(at, at + FRAGMENT));
    if (often >= least) continue;
    least = often;
    best = at;
  }
  return best;
}

const rank = new Map(commonFragments.map((fragment, index) => [fragment, index]));

/** How often a fragment occurs in source texts, roughly. Letters go together more often than their frequencies say. */
function perMegabyte(fragment: string): number {
  const place = rank.get(fragment);
  if (place !== undefined) return 4000 / (1 + place / 25);
  let often = 1e6;
  for (let at = 0; at < FRAGMENT; at += 1) often *= (frequency[fragment.charCodeAt(at)] ?? 0) / 1000;
  return /^[a-z]+$/.test(fragment) ? 100 + often : often;
}
