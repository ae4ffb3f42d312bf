import { constants, gunzipSync, inflateSync } from 'node:zlib';
import { base64 } from './base64.ts';
import type { Layer, Region } from './layer.ts';
import { blocksOf, type Lines } from './lines.ts';

const MOST = 1024 * 1024;
/** A byte of deflate says at most so many. */
const MOST_RATIO = 1032;

const begins = (text: string): Lines['begins'] => {
  const wanted = Buffer.from(text);
  return (bytes, start) => wanted.every((byte, index) => bytes[start + index] === byte);
};
const isGzip = begins('H4sI');
/** The headers of zlib for the three levels that programs use: 78 01, 78 9c, 78 da. */
const zlibHeaders = ['eAE', 'eAF', 'eJw', 'eJx', 'eJy', 'eJz', 'eNo', 'eNp', 'eNq', 'eNr'].map(begins);

const lines: Lines = {
  unit: 4,
  usual: [],
  begins: (bytes, start, end) =>
    isGzip(bytes, start, end) || (bytes[start] === 0x65 && zlibHeaders.some((isZlib) => isZlib(bytes, start, end))),
  goesOn: () => true,
};

/** Gzip or zlib in base64, up to 1 MiB of it. What is cut short is read as far as it goes. */
export const compressed: Layer = {
  name: 'base64+deflate',
  isCompressed: true,

  find: (bytes, runs) => blocksOf(bytes, runs, lines),

  room: ({ start, end }) => Math.min(MOST, MOST_RATIO * (end - start)),

  decode(bytes, region, target, at) {
    const packed = new Uint8Array(region.end - region.start);
    const length = base64.decode(bytes, region, packed, 0);
    const content = inflated(packed.subarray(0, length), compressed.room?.(region) ?? MOST);
    if (content === undefined) return 0;
    target.set(content, at);
    return content.length;
  },

  // Somewhere in it. Secrets that follow each other are put into places that do, so that each of them is reported.
  locate(_bytes, region, start, end, length) {
    const scale = Math.min(1, (region.end - region.start) / Math.max(1, length));
    const from = region.start + Math.floor(start * scale);
    return { start: from, end: Math.min(region.end, Math.max(from + 1, region.start + Math.floor(end * scale))) };
  },
};
