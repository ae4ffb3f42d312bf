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
  const all = [...waiting.values()].map(({ search, text, detectors: indexes }) => ({
    search,
    text: Buffer.from(text, 'latin1'),
    detectors: indexes,
  }));
  const shared = sharedOffsets(all.filter(({ search }) => search === 'anywhere').map(({ text }) => text));
  return all.map((anchor) => ({
    ...anchor,
    offset: anchor.search === 'prefix' ? 0 : (shared.get(anchor.text) ?? rarest(anchor.text)),
  }));
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

/** Three letters that source texts are full of, more than the frequency of each would have it. */
const common = new Set(
  [
    'the ing ion ent key get set str con for int val nam ame typ ype ret ver ser pas sec tok ken aut dat err def sel elf',
    'not tes est and all tio ati per pre pro com cla ass fun arg ter res ect cti sta eth lin ine tri ate put out par obj',
  ]
    .join(' ')
    .split(' '),
);

/** What a further fragment costs, however rare it is: each of them makes the filter let more through. */
const ONE_MORE = 500;

/**
 * Few fragments, and rare ones, of which every text has one: `://` stands for all schemes of URLs. The best bargain is taken first.
 */
function sharedOffsets(texts: readonly Buffer[]): Map<Buffer, number> {
  const holders = new Map<string, { readonly cost: number; texts: Map<Buffer, number> }>();
  for (const text of texts) {
    for (let at = 0; at + FRAGMENT <= text.length && at <= FARTHEST; at += 1) {
      const fragment = text.toString('latin1', at, at + FRAGMENT);
      const known = holders.get(fragment);
      if (known === undefined) holders.set(fragment, { cost: ONE_MORE + likelihood(text, at), texts: new Map([[text, at]]) });
      else if (!known.texts.has(text)) known.texts.set(text, at);
    }
  }
  const offsets = new Map<Buffer, number>();
  while (offsets.size < texts.length) {
    let best = new Map<Buffer, number>();
    let most = 0;
    for (const { cost, texts: those } of holders.values()) {
      if (those.size / cost <= most) continue;
      most = those.size / cost;
      best = those;
    }
    for (const [text, at] of [...best]) {
      offsets.set(text, at);
      for (let other = 0; other + FRAGMENT <= text.length && other <= FARTHEST; other += 1)
        holders.get(text.toString('latin1', other, other + FRAGMENT))?.texts.delete(text);
    }
  }
  return offsets;
}

function likelihood(text: Buffer, at: number): number {
  const fragment = text.subarray(at, at + FRAGMENT);
  let often = common.has(fragment.toString('latin1')) ? 8 : 1;
  for (const byte of fragment) often *= frequency[byte] ?? 0;
  return often;
}

function rarest(text: Buffer): number {
  let best = 0;
  let least = Number.POSITIVE_INFINITY;
  for (let at = 0; at + FRAGMENT <= text.length && at <= FARTHEST; at += 1) {
    const often = likelihood(text, at);
    if (often >= least) continue;
    least = often;
    best = at;
  }
  return best;
}
