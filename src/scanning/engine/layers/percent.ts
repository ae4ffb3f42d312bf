import { escapeSearch, type Layer, NIBBLE } from './layer.ts';

const PERCENT = 0x25;
/** Longest stretch, and how far it reaches back before its first escape. */
const LONGEST = 64 * 1024;
const BACK = 512;

/** Ends a URL wherever it is written. */
const OUTSIDE: Uint8Array = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte <= 32 || byte === 127 || '"\'`<>\\'.includes(String.fromCharCode(byte)) ? 1 : 0,
);

const escapeAt = (bytes: Uint8Array, at: number): boolean =>
  bytes[at] === PERCENT &&
  at + 2 < bytes.length &&
  NIBBLE[bytes[at + 1] as number] !== 255 &&
  NIBBLE[bytes[at + 2] as number] !== 255;

function wordStart(bytes: Uint8Array, at: number, least: number): number {
  let start = at;
  while (start > least && at - start < BACK && OUTSIDE[bytes[start - 1] as number] === 0) start -= 1;
  return start;
}

/** Percent-encoding (RFC 3986): an unbroken word with at least two escapes. */
export const percent: Layer = {
  name: 'percent',

  *find(bytes, _runs, escapes) {
    const search = escapeSearch(bytes, PERCENT, escapes);
    let done = 0;
    for (let at = search(0); at >= 0; at = search(done)) {
      if (!escapeAt(bytes, at)) {
        done = at + 1;
        continue;
      }
      let end = at + 3;
      let escapes = 1;
      while (end < bytes.length && end - at < LONGEST && OUTSIDE[bytes[end] as number] === 0) {
        if (escapeAt(bytes, end)) escapes += 1;
        end += 1;
      }
      if (escapes >= 2) yield { start: wordStart(bytes, at, done), end };
      done = end;
    }
  },

  decode(bytes, { start, end }, target, at) {
    let out = at;
    for (let index = start; index < end; index = next(bytes, index, end)) {
      target[out] = decoded(bytes, index, end);
      out += 1;
    }
    return out - at;
  },

  locate(bytes, region, start, end) {
    let count = 0;
    let from = region.start;
    for (let index = region.start; index < region.end; index = next(bytes, index, region.end)) {
      if (count === start) from = index;
      if (count === end) return { start: from, end: index };
      count += 1;
    }
    return { start: from, end: region.end };
  },
};

const escaped = (bytes: Uint8Array, at: number, end: number): boolean => at + 3 <= end && escapeAt(bytes, at);
const next = (bytes: Uint8Array, at: number, end: number): number => (escaped(bytes, at, end) ? at + 3 : at + 1);
const decoded = (bytes: Uint8Array, at: number, end: number): number =>
  escaped(bytes, at, end)
    ? ((NIBBLE[bytes[at + 1] as number] as number) << 4) | (NIBBLE[bytes[at + 2] as number] as number)
    : (bytes[at] as number);
