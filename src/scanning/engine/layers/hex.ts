import { type Layer, NIBBLE, PRINTABLE } from './layer.ts';
import { blocksOf, type Lines, singleLinesOf } from './lines.ts';

/** 16 bytes that must be printable: those of a digest are by chance once in four million. */
const PROBE = 32;

const lines: Lines = {
  unit: 2,
  usual: [60, 64],
  begins: (bytes, start, end) => saysText(bytes, start, end) && areDigits(bytes, start + PROBE, end),
  goesOn: areDigits,
};

/** Text written as pairs of hexadecimal digits, with or without `0x` before them, in one piece or broken into equal lines. */
export const hex: Layer = {
  name: 'hex',

  find: (bytes, runs) => blocksOf(bytes, withoutPrefixes(bytes, runs), lines),

  decode(bytes, { start, end }, target, at) {
    let out = at;
    let high = -1;
    for (let index = start; index < end; index += 1) {
      const nibble = NIBBLE[bytes[index] as number] as number;
      if (nibble === 255) continue;
      if (high < 0) high = nibble;
      else {
        target[out] = (high << 4) | nibble;
        out += 1;
        high = -1;
      }
    }
    return out - at;
  },

  locate(bytes, region, start, end) {
    let count = -1;
    let from = region.start;
    for (let index = region.start; index < region.end; index += 1) {
      if (NIBBLE[bytes[index] as number] === 255) continue;
      count += 1;
      if (count === 2 * start) from = index;
      if (count === 2 * end - 1) return { start: from, end: index + 1 };
    }
    return { start: from, end: region.end };
  },
};

/** Hexadecimal in a list, a text to a line. */
export const hexLines: Layer = {
  ...hex,
  find: (bytes, runs) => singleLinesOf(bytes, withoutPrefixes(bytes, runs), lines),
};

function withoutPrefixes(bytes: Uint8Array, runs: readonly number[]): readonly number[] {
  let changed: number[] | undefined;
  for (let index = 0; index < runs.length; index += 2) {
    const start = runs[index] as number;
    if (bytes[start] !== 0x30 || bytes[start + 1] !== 0x78) continue;
    changed ??= [...runs];
    changed[index] = start + 2;
  }
  return changed ?? runs;
}

function saysText(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start < PROBE || (end - start) % 2 !== 0) return false;
  for (let at = start; at < start + PROBE; at += 2) {
    const high = NIBBLE[bytes[at] as number] as number;
    const low = NIBBLE[bytes[at + 1] as number] as number;
    if (high === 255 || low === 255 || PRINTABLE[(high << 4) | low] === 0) return false;
  }
  return true;
}

function areDigits(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at += 1) if (NIBBLE[bytes[at] as number] === 255) return false;
  return true;
}
