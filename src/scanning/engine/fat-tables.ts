import { frequency } from './anchors.ts';
import { fragmentGroups } from './fragments.ts';

const POSITIONS = 3;

/** For each of the three positions: the high nibbles that may stand there, as bits, and then the low ones. */
type Group = Uint16Array;

/**
 * Twelve tables of 16 bytes: for each half of the groups and each of three positions, which of eight groups a byte with this low
 * nibble, and with this high nibble, can belong to. Three bytes are a candidate when all six tables of a half leave one group.
 * Fragments that no list names go where they let the least through.
 */
export function fatTables(fragments: readonly Buffer[]): Uint8Array {
  const groups: Group[] = fragmentGroups.map(() => new Uint16Array(2 * POSITIONS));
  const home = new Map(fragmentGroups.flatMap((group, index) => group.map((fragment) => [fragment, index] as const)));
  const homeless: Buffer[] = [];
  for (const fragment of fragments) {
    const index = home.get(fragment.toString('latin1'));
    if (index === undefined) homeless.push(fragment);
    else groups[index] = withFragment(groups[index] as Group, fragment);
  }
  for (const fragment of homeless) settle(groups, fragment);
  return tablesOf(groups);
}

function settle(groups: Group[], fragment: Buffer): void {
  let best = 0;
  let least = Number.POSITIVE_INFINITY;
  groups.forEach((group, index) => {
    const growth = likelihood(withFragment(group, fragment)) - likelihood(group);
    if (growth >= least) return;
    least = growth;
    best = index;
  });
  groups[best] = withFragment(groups[best] as Group, fragment);
}

function withFragment(group: Group, fragment: Buffer): Group {
  const grown = group.slice();
  for (let position = 0; position < POSITIONS; position += 1) {
    const byte = fragment[position] ?? 0;
    const high = 1 << (byte >> 4);
    const isLetter = byte >= 97 && byte <= 122;
    grown[2 * position] = (grown[2 * position] ?? 0) | high | (isLetter ? high >> 2 : 0);
    grown[2 * position + 1] = (grown[2 * position + 1] ?? 0) | (1 << (byte & 15));
  }
  return grown;
}

/** How likely three bytes of a source text are a candidate of this group. */
function likelihood(group: Group): number {
  let all = 1;
  for (let position = 0; position < POSITIONS; position += 1) {
    const highs = group[2 * position] ?? 0;
    const lows = group[2 * position + 1] ?? 0;
    let here = 0;
    for (let byte = 0; byte < 256; byte += 1) {
      if (((highs >> (byte >> 4)) & (lows >> (byte & 15)) & 1) !== 0) here += frequency[byte] ?? 0;
    }
    all *= here / 1000;
  }
  return all;
}

function tablesOf(groups: readonly Group[]): Uint8Array {
  const tables = new Uint8Array(2 * POSITIONS * 32);
  groups.forEach((group, index) => {
    const bit = 1 << (index & 7);
    for (let position = 0; position < POSITIONS; position += 1) {
      const table = ((index >> 3) * POSITIONS + position) * 32;
      const [highs = 0, lows = 0] = group.subarray(2 * position);
      for (let nibble = 0; nibble < 16; nibble += 1) {
        if ((lows & (1 << nibble)) !== 0) tables[table + nibble] = (tables[table + nibble] ?? 0) | bit;
        if ((highs & (1 << nibble)) !== 0) tables[table + 16 + nibble] = (tables[table + 16 + nibble] ?? 0) | bit;
      }
    }
  });
  return tables;
}
