import { type Layer, PRINTABLE } from './layer.ts';
import { blocksOf, type Lines, singleLinesOf } from './lines.ts';

const SEXTET: Uint8Array = Uint8Array.from({ length: 256 }, (_, byte) => {
  const index = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'.indexOf(String.fromCharCode(byte));
  if (index >= 0) return index;
  return byte === 0x2d ? 62 : byte === 0x5f ? 63 : 255;
});

/** Bytes whose decoding must be printable before a run is taken for base64: by chance 1 in 80,000 is. */
const PROBE = 16;

const lines: Lines = {
  unit: 4,
  usual: [64, 76],
  begins: startsAsText,
  goesOn: () => true,
};

/** Base64 in both alphabets, in one piece or broken into equal lines. Random keys and pictures are not text and stay undecoded. */
export const base64: Layer = {
  name: 'base64',

  find: (bytes, runs) => blocksOf(bytes, runs, lines),

  decode(bytes, { start, end }, target, at) {
    let out = at;
    let held = 0;
    let bits = 0;
    for (let index = start; index < end; index += 1) {
      const sextet = SEXTET[bytes[index] as number] as number;
      if (sextet === 255) continue;
      held = ((held << 6) | sextet) & 0xffff;
      bits += 6;
      if (bits < 8) continue;
      bits -= 8;
      target[out] = (held >> bits) & 0xff;
      out += 1;
    }
    return out - at;
  },

  locate(bytes, region, start, end) {
    const first = Math.floor((start * 4) / 3);
    const last = Math.ceil((end * 4) / 3) - 1;
    let count = -1;
    let from = region.start;
    for (let index = region.start; index < region.end; index += 1) {
      if (SEXTET[bytes[index] as number] === 255) continue;
      count += 1;
      if (count === first) from = index;
      if (count === last) return { start: from, end: index + 1 };
    }
    return { start: from, end: region.end };
  },
};

/** Base64 in a list, a text to a line. */
export const base64Lines: Layer = { ...base64, find: (bytes, runs) => singleLinesOf(bytes, runs, lines) };

/** Whether the first `PROBE` characters decode to printable ASCII. */
function startsAsText(bytes: Uint8Array, start: number): boolean {
  for (let at = start; at < start + PROBE; at += 4) {
    const a = SEXTET[bytes[at] as number] as number;
    const b = SEXTET[bytes[at + 1] as number] as number;
    if (PRINTABLE[((a << 2) | (b >> 4)) & 0xff] === 0) return false;
    const c = SEXTET[bytes[at + 2] as number] as number;
    if (PRINTABLE[((b << 4) | (c >> 2)) & 0xff] === 0) return false;
    const d = SEXTET[bytes[at + 3] as number] as number;
    if (PRINTABLE[((c << 6) | d) & 0xff] === 0) return false;
  }
  return true;
}
