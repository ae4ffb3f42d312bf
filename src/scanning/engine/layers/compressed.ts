import { constants, gunzipSync, inflateSync } from 'node:zlib';
import { base64 } from './base64.ts';
import { type Layer, TOO_MUCH } from './layer.ts';
import { blocksOf, type Lines } from './lines.ts';

const MOST = 1024 * 1024;
/** A byte of deflate says at most so many. */
const MOST_RATIO = 1032;

/** Characters: a credential does not fit into fewer. */
const LEAST = 36;

const head = new Uint8Array(3);

const lines: Lines = {
  unit: 4,
  usual: [],
  begins(bytes, start, end) {
    if (end - start < LEAST) return false;
    // A letter tells most runs apart: `H4sI` is gzip's magic and method, `e` the first byte of zlib's.
    if (bytes[start] !== 0x48 && bytes[start] !== 0x65) return false;
    base64.decode(bytes, { start, end: start + 4 }, head, 0);
    return isGzip(head) || isZlib(head);
  },
  goesOn: () => true,
};

const isGzip = ([a, b, c]: Uint8Array): boolean => a === 0x1f && b === 0x8b && c === 8;
/** With the largest window and no dictionary, as all programs write it (RFC 1950). */
const isZlib = ([a, b = 0]: Uint8Array): boolean => a === 0x78 && (0x7800 + b) % 31 === 0 && (b & 0x20) === 0;

/** Gzip or zlib in base64, up to 1 MiB of it. What is cut short is read as far as it goes. */
export const compressed: Layer = {
  name: 'base64+deflate',

  find: (bytes, runs) => blocksOf(bytes, runs, lines),

  room: ({ start, end }) => Math.min(MOST, MOST_RATIO * (end - start)),

  decode(bytes, region, target, at) {
    const packed = new Uint8Array(region.end - region.start);
    const length = base64.decode(bytes, region, packed, 0);
    try {
      const content = inflate(packed.subarray(0, length), Math.min(MOST, MOST_RATIO * packed.length));
      target.set(content, at);
      return content.length;
    } catch (error) {
      return error instanceof RangeError ? TOO_MUCH : 0;
    }
  },

  // Somewhere in it. Secrets that follow each other are put into places that do, so that each of them is reported.
  locate(_bytes, region, start, end, length) {
    const scale = Math.min(1, (region.end - region.start) / Math.max(1, length));
    const from = region.start + Math.floor(start * scale);
    return { start: from, end: Math.min(region.end, Math.max(from + 1, region.start + Math.floor(end * scale))) };
  },
};

/** @throws RangeError when it is more than `most` */
function inflate(packed: Uint8Array, most: number): Uint8Array {
  const unpack = isGzip(packed) ? gunzipSync : inflateSync;
  return unpack(packed, { maxOutputLength: most, finishFlush: constants.Z_SYNC_FLUSH });
}
