import { escapeSearch, type Layer, NIBBLE } from './layer.ts';

const BACKSLASH = 0x5c;
const QUOTE = 0x22;
const LONGEST = 4 * 1024 * 1024;
const BACK = 4096;
/** Shorter strings hold no credential and its name. */
const SHORTEST = 24;

/** What stands for what after a backslash; `u` apart. 0 where it is no escape of JSON. */
const MEANING: Uint8Array = (() => {
  const table = new Uint8Array(256);
  for (const [letter, byte] of Object.entries({ '"': 34, '\\': 92, '/': 47, b: 8, f: 12, n: 10, r: 13, t: 9 }))
    table[letter.charCodeAt(0)] = byte;
  return table;
})();

/**
 * A string of JSON, or of a language with the same escapes, in which an escape hides something from the detectors: a quote, a
 * slash, a character as `\u0026`, or several line breaks. Such a string has no line break of its own.
 */
export const jsonString: Layer = {
  name: 'json',

  *find(bytes, _runs, escapes) {
    const search = escapeSearch(bytes, BACKSLASH, escapes);
    let done = 0;
    for (let at = search(0); at >= 0; at = search(done)) {
      const next = bytes[at + 1];
      if (next !== QUOTE && next !== 0x2f && next !== 0x6e && next !== 0x75) {
        done = at + 2;
        continue;
      }
      const end = stringEnd(bytes, at);
      if (hides(bytes, at, end)) {
        const start = stringStart(bytes, at, done);
        if (end - start >= SHORTEST) yield { start, end };
      }
      done = Math.max(end, at + 2);
    }
  },

  decode(bytes, { start, end }, target, at) {
    let out = at;
    let index = start;
    while (index < end) {
      const byte = bytes[index] as number;
      if (byte !== BACKSLASH) {
        target[out] = byte;
        out += 1;
        index += 1;
      } else {
        out += write(bytes, index, end, target, out);
        index += lengthAt(bytes, index, end);
      }
    }
    return out - at;
  },

  locate(bytes, region, start, end) {
    let count = 0;
    let from = region.start;
    for (let index = region.start; index < region.end; index += lengthAt(bytes, index, region.end)) {
      if (count <= start) from = index;
      if (count >= end) return { start: from, end: index };
      count += write(bytes, index, region.end, scratch, 0);
    }
    return { start: from, end: region.end };
  },
};

const scratch = new Uint8Array(4);

function stringStart(bytes: Uint8Array, at: number, least: number): number {
  let start = at;
  while (start > least && at - start < BACK && bytes[start - 1] !== QUOTE && bytes[start - 1] !== 10) start -= 1;
  return start;
}

/** Up to the quote or the line's end. */
function stringEnd(bytes: Uint8Array, from: number): number {
  const last = Math.min(bytes.length, from + LONGEST);
  let at = from;
  while (at < last) {
    const byte = bytes[at];
    if (byte === QUOTE || byte === 10) break;
    at += byte === BACKSLASH ? 2 : 1;
  }
  return Math.min(at, bytes.length);
}

/** Whether there is something that the detectors do not see through: a line break is half of such an escape. */
function hides(bytes: Uint8Array, from: number, end: number): boolean {
  let breaks = 0;
  for (let at = from; at < end; at += 1) {
    if (bytes[at] !== BACKSLASH) continue;
    at += 1;
    const next = bytes[at];
    if (next === 0x6e) breaks += 1;
    else if (next === QUOTE || next === 0x2f || (next === 0x75 && bytes[at + 1] === 0x30 && bytes[at + 2] === 0x30)) return true;
    if (breaks === 2) return true;
  }
  return false;
}

/** The code unit of `\uXXXX` at `at`; -1 when there is none. */
function unitAt(bytes: Uint8Array, at: number, end: number): number {
  if (at + 6 > end || bytes[at + 1] !== 0x75) return -1;
  let unit = 0;
  for (let digit = at + 2; digit < at + 6; digit += 1) {
    const value = NIBBLE[bytes[digit] as number] as number;
    if (value === 255) return -1;
    unit = unit * 16 + value;
  }
  return unit;
}

/** Bytes of the escape, or of the plain character, at `at`. */
function lengthAt(bytes: Uint8Array, at: number, end: number): number {
  if (bytes[at] !== BACKSLASH || at + 1 >= end) return 1;
  if (MEANING[bytes[at + 1] as number] !== 0) return 2;
  return unitAt(bytes, at, end) >= 0 ? 6 : 1;
}

/** Half of a surrogate pair becomes three bytes of its own: no credential holds one. */
function write(bytes: Uint8Array, at: number, end: number, target: Uint8Array, out: number): number {
  const byte = bytes[at] as number;
  const meaning = byte === BACKSLASH && at + 1 < end ? (MEANING[bytes[at + 1] as number] as number) : 0;
  const unit = byte === BACKSLASH && meaning === 0 ? unitAt(bytes, at, end) : -1;
  if (unit < 0x80) {
    target[out] = unit >= 0 ? unit : meaning || byte;
    return 1;
  }
  if (unit < 0x800) {
    target[out] = 0xc0 | (unit >> 6);
    target[out + 1] = 0x80 | (unit & 63);
    return 2;
  }
  target[out] = 0xe0 | (unit >> 12);
  target[out + 1] = 0x80 | ((unit >> 6) & 63);
  target[out + 2] = 0x80 | (unit & 63);
  return 3;
}
