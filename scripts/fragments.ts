import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { catalogue } from '../src/scanning/catalogue.ts';
import { anchorsOf } from '../src/scanning/engine/anchors.ts';

/**
 * `node scripts/fragments.ts FOLDER`: reads the source texts below a folder (30 MB do), and prints the lists of
 * `src/scanning/engine/fragments.ts` for the anchors there are now.
 */

const LENGTH = 3;
const GROUPS = 16;
/** What one more fragment costs, as if it stood so often in a megabyte. */
const ONE_MORE = 300;
const COMMON = 320;

/** The bytes of all text files below a folder, capitals made small. */
function textsBelow(folder: string): Buffer {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const texts = entries.map((entry) => readFileSync(join(entry.parentPath, entry.name)));
  return Buffer.concat(texts.filter((bytes) => !bytes.subarray(0, 8192).includes(0))).map((byte) =>
    byte >= 65 && byte <= 90 ? byte | 32 : byte,
  ) as Buffer;
}

/** How often each three bytes stand in a megabyte. */
function counted(text: Buffer): Map<string, number> {
  const counts = new Float64Array(1 << 24);
  let three = 0;
  for (const byte of text) {
    three = ((three << 8) | byte) & 0xffffff;
    counts[three] = (counts[three] ?? 0) + 1e6 / text.length;
  }
  const found = new Map<string, number>();
  for (const [code, count] of counts.entries())
    if (count > 0) found.set(Buffer.from([code >> 16, (code >> 8) & 255, code & 255]).toString('latin1'), count);
  return found;
}

/** Few fragments, and rare ones, of which every text has one. The best bargain is taken first. */
function cover(texts: readonly string[], often: ReadonlyMap<string, number>): string[] {
  const holders = new Map<string, Set<string>>();
  for (const text of texts) {
    for (let at = 0; at + LENGTH <= text.length && at < 30; at += 1) {
      const fragment = text.slice(at, at + LENGTH);
      holders.set(fragment, (holders.get(fragment) ?? new Set()).add(text));
    }
  }
  const chosen: string[] = [];
  for (const left = new Set(texts); left.size > 0; ) {
    const bargain = (fragment: string): number => (holders.get(fragment)?.size ?? 0) / (ONE_MORE + (often.get(fragment) ?? 0));
    const best = [...holders.keys()].reduce((a, b) => (bargain(b) > bargain(a) ? b : a));
    chosen.push(best);
    for (const text of [...(holders.get(best) ?? [])]) {
      left.delete(text);
      for (const those of holders.values()) those.delete(text);
    }
  }
  return chosen;
}

interface Group {
  readonly fragments: readonly string[];
  /** For each position the nibbles that may stand there, high ones and low ones. */
  readonly nibbles: readonly (readonly [highs: number, lows: number])[];
}

function alone(fragment: string): Group {
  const nibbles = [...Buffer.from(fragment, 'latin1')].map((byte) => {
    const high = 1 << (byte >> 4);
    return [byte >= 97 && byte <= 122 ? high | (high >> 2) : high, 1 << (byte & 15)] as const;
  });
  return { fragments: [fragment], nibbles };
}

const together = (a: Group, b: Group): Group => ({
  fragments: [...a.fragments, ...b.fragments].sort(),
  nibbles: a.nibbles.map(([highs, lows], at) => [highs | (b.nibbles[at]?.[0] ?? 0), lows | (b.nibbles[at]?.[1] ?? 0)]),
});

/** Joins those groups that let the least more through when they are one. */
function grouped(fragments: readonly string[], text: Buffer): Group[] {
  const share = new Float64Array(256);
  for (const byte of text) share[byte] = (share[byte] ?? 0) + 1 / text.length;
  const known = new Map<Group, number>();
  const passes = (group: Group): number => {
    const before = known.get(group);
    if (before !== undefined) return before;
    const product = group.nibbles.reduce(
      (all, [highs, lows]) =>
        all * share.reduce((sum, part, byte) => sum + part * ((highs >> (byte >> 4)) & (lows >> (byte & 15)) & 1), 0),
      1,
    );
    known.set(group, product);
    return product;
  };
  let groups = fragments.map(alone);
  while (groups.length > GROUPS) {
    let best: readonly [Group, Group, number] | undefined;
    for (const [index, a] of groups.entries()) {
      for (const b of groups.slice(index + 1)) {
        const growth = passes(together(a, b)) - passes(a) - passes(b);
        if (best === undefined || growth < best[2]) best = [a, b, growth];
      }
    }
    const [a, b] = best as readonly [Group, Group, number];
    groups = [...groups.filter((group) => group !== a && group !== b), together(a, b)];
  }
  return groups;
}

const text = textsBelow(process.argv[2] ?? '.');
const often = counted(text);
const anchors = new Set(
  anchorsOf(catalogue)
    .filter(({ search }) => search === 'anywhere')
    .map((anchor) => anchor.text.toString('latin1')),
);
for (const { fragments } of grouped(cover([...anchors], often), text)) console.log(`  ${JSON.stringify(fragments)},`);
const common = [...often].filter(([fragment]) => /^[a-z]{3}$/.test(fragment)).sort((a, b) => b[1] - a[1]);
console.log(
  common
    .slice(0, COMMON)
    .map(([fragment]) => fragment)
    .join(' '),
);
