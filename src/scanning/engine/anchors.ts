import type { Detector, Search } from '../detector.ts';

/** Bytes by which an anchor is found before it is compared in full. */
export const FRAGMENT = 3;
/** Where in an anchor those bytes begin at most, so that looking for them does not lead far away. */
const FARTHEST = 29;

/** A text that leads to matches, with everybody who waits for it. */
export interface Anchor {
  readonly search: Search;
  /** Lower case, Latin-1. */
  readonly text: Buffer;
  /** Where its rarest `FRAGMENT` bytes begin; 0 for `prefix`. */
  readonly offset: number;
  /** Positions in the list of detectors, rising. */
  readonly detectors: readonly number[];
}

/**
 * The anchors of all detectors, each once for each way of searching. A `prefix` that begins with a character that no word begins
 * with is looked for like `anywhere`: what leads to a match does not change the match.
 * @throws Error when an anchor is shorter than `FRAGMENT` bytes
 */
export function anchorsOf(detectors: readonly Detector[]): readonly Anchor[] {
  const waiting = new Map<string, { search: Search; text: string; detectors: number[] }>();
  detectors.forEach((detector, index) => {
    for (const text of new Set(detector.anchors)) {
      if (text.length < FRAGMENT) throw new Error(`${detector.id}: the anchor ${text} is shorter than ${FRAGMENT} bytes`);
      const search = detector.search === 'prefix' && !/^[a-z0-9_]/.test(text) ? 'anywhere' : detector.search;
      const known = waiting.get(`${search} ${text}`);
      if (known === undefined) waiting.set(`${search} ${text}`, { search, text, detectors: [index] });
      else known.detectors.push(index);
    }
  });
  return [...waiting.values()].map(({ search, text, detectors: indexes }) => {
    const bytes = Buffer.from(text, 'latin1');
    return { search, text: bytes, offset: search === 'prefix' ? 0 : rarest(bytes), detectors: indexes };
  });
}

/** How often a byte occurs in source texts, roughly, in thousandths; letters in either case. */
export const frequency: Float64Array = (() => {
  const table = new Float64Array(256).fill(0.2);
  const tell = (characters: string, often: number): void => {
    for (const character of characters) table[character.charCodeAt(0)] = often;
  };
  tell('!#$%&*+;<>?@[]^`{|}~\\', 3);
  tell('0123456789', 8);
  tell('jqz', 3);
  tell('bkvwxy', 9);
  tell('fghmpu', 18);
  tell('cdl', 30);
  tell('ainors', 50);
  tell('et', 70);
  tell('_"\'/.,:=()-', 14);
  tell('\n\t', 25);
  tell(' ', 120);
  for (let letter = 97; letter <= 122; letter += 1) table[letter - 32] = (table[letter] ?? 0) / 6;
  return table;
})();

function rarest(text: Buffer): number {
  let best = 0;
  let least = Number.POSITIVE_INFINITY;
  for (let at = 0; at + FRAGMENT <= text.length && at <= FARTHEST; at += 1) {
    let often = 1;
    for (const byte of text.subarray(at, at + FRAGMENT)) often *= frequency[byte] ?? 0;
    if (often >= least) continue;
    least = often;
    best = at;
  }
  return best;
}
