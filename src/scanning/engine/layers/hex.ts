import { type Layer, NIBBLE, PRINTABLE, type Region } from './layer.ts';

/** 16 bytes: a digest of that length is printable by chance once in four million. */
const LEAST_DIGITS = 32;

/** Text written as pairs of hexadecimal digits, with or without `0x` before them. */
export const hex: Layer = {
  name: 'hex',

  find(bytes, runs) {
    const regions: Region[] = [];
    for (let index = 0; index < runs.length; index += 2) {
      const from = runs[index] as number;
      const end = runs[index + 1] as number;
      const start = bytes[from] === 0x30 && bytes[from + 1] === 0x78 ? from + 2 : from;
      if (saysText(bytes, start, end)) regions.push({ start, end });
    }
    return regions;
  },

  decode(bytes, { start, end }, target, at) {
    let out = at;
    for (let index = start; index < end; index += 2) {
      target[out] = ((NIBBLE[bytes[index] as number] as number) << 4) | (NIBBLE[bytes[index + 1] as number] as number);
      out += 1;
    }
    return out - at;
  },

  locate: (_bytes, region, start, end) => ({ start: region.start + 2 * start, end: region.start + 2 * end }),
};

function saysText(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start < LEAST_DIGITS || (end - start) % 2 !== 0) return false;
  for (let at = start; at < end; at += 2) {
    const high = NIBBLE[bytes[at] as number] as number;
    const low = NIBBLE[bytes[at + 1] as number] as number;
    if (high === 255 || low === 255 || PRINTABLE[(high << 4) | low] === 0) return false;
  }
  return true;
}
