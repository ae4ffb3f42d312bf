import { frequency } from './anchors.ts';

const BUCKETS = 8;
const POSITIONS = 3;

/** For one of the three positions: the high and low nibbles that may stand there, as bits. */
interface Nibbles {
  readonly highs: number;
  readonly lows: number;
}
type Bucket = readonly Nibbles[];

const EMPTY: Bucket = Array.from({ length: POSITIONS }, () => ({ highs: 0, lows: 0 }));

/**
 * Six tables of 16 bytes: for each of three positions, which of eight buckets a byte with this low nibble, and with this high
 * nibble, can belong to. Three bytes are a candidate when one bucket is left by all six. Fragments that resemble each other share
 * a bucket, so that few other texts look like them.
 */
export function slimTables(fragments: readonly Buffer[]): Uint8Array {
  const buckets: Bucket[] = Array.from({ length: BUCKETS }, () => EMPTY);
  const odds: number[] = buckets.map(() => 0);
  for (const fragment of [...fragments].sort(Buffer.compare)) {
    let best = 0;
    let least = Number.POSITIVE_INFINITY;
    for (let index = 0; index < BUCKETS; index += 1) {
      const growth = likelihood(withFragment(buckets[index] ?? EMPTY, fragment)) - (odds[index] ?? 0);
      if (growth >= least) continue;
      least = growth;
      best = index;
    }
    const bucket = withFragment(buckets[best] ?? EMPTY, fragment);
    buckets[best] = bucket;
    odds[best] = likelihood(bucket);
  }
  return tablesOf(buckets);
}

const isLetter = (byte: number): boolean => byte >= 97 && byte <= 122;

function withFragment(bucket: Bucket, fragment: Buffer): Bucket {
  return bucket.map(({ highs, lows }, position) => {
    const byte = fragment[position] ?? 0;
    const high = 1 << (byte >> 4);
    return { highs: highs | high | (isLetter(byte) ? high >> 2 : 0), lows: lows | (1 << (byte & 15)) };
  });
}

/** How likely three bytes of a source text are a candidate of this bucket. */
function likelihood(bucket: Bucket): number {
  let all = 1;
  for (const { highs, lows } of bucket) {
    let here = 0;
    for (let high = 0; high < 16; high += 1) {
      if ((highs & (1 << high)) === 0) continue;
      for (let low = 0; low < 16; low += 1) if ((lows & (1 << low)) !== 0) here += frequency[(high << 4) | low] ?? 0;
    }
    all *= here / 1000;
  }
  return all;
}

function tablesOf(buckets: readonly Bucket[]): Uint8Array {
  const tables = new Uint8Array(POSITIONS * 32);
  buckets.forEach((bucket, index) => {
    bucket.forEach(({ highs, lows }, position) => {
      for (let nibble = 0; nibble < 16; nibble += 1) {
        const low = position * 32 + nibble;
        if ((lows & (1 << nibble)) !== 0) tables[low] = (tables[low] ?? 0) | (1 << index);
        if ((highs & (1 << nibble)) !== 0) tables[low + 16] = (tables[low + 16] ?? 0) | (1 << index);
      }
    });
  });
  return tables;
}
