import { byteClass, endOfRun, lastOutside } from './byte-class.ts';
import type { MappedText } from './mapped-text.ts';

const ESCAPE = 0x1b;
/** Behind it, colours and cursor movements of a terminal; they stand in the middle of words. */
const CONTROL = /^\[[0-9;:?]{0,32}[A-Za-z]/;
const MEDIA =
  /data:(?:image|audio|video|font|model|application\/(?:pdf|octet-stream|zip|gzip|wasm|font[\w-]*|x-font[\w-]*|vnd\.ms-fontobject))[^"'\s]{0,80}$/i;
const BASE64 = ';base64,';
/** Base64 this long without a break is a picture. */
const PICTURE = 2048;

const BASE64_BYTES = byteClass([
  [0x2b, 0x2b],
  [0x2f, 0x39],
  [0x3d, 0x3d],
  [0x41, 0x5a],
  [0x61, 0x7a],
]);

type Cut = readonly [number, number];

/** The text without terminal colours and without the bytes of embedded pictures, fonts and the like. */
export function withoutNoise(text: MappedText): MappedText {
  const bytes = text.text();
  const cuts = [...controls(bytes), ...media(bytes)].sort((a, b) => a[0] - b[0]);
  return cuts.length === 0 ? text : text.without(apart(cuts));
}

/** The text without any long base64: for what could not be parsed, where no MIME type tells a picture. */
export function withoutPictures(text: MappedText): MappedText {
  const cuts = pictures(text.text());
  return cuts.length === 0 ? text : text.without(cuts);
}

function controls(bytes: Buffer): Cut[] {
  const cuts: Cut[] = [];
  for (let at = bytes.indexOf(ESCAPE); at >= 0; at = bytes.indexOf(ESCAPE, at + 1)) {
    const length = CONTROL.exec(bytes.toString('latin1', at + 1, at + 40))?.[0].length ?? 0;
    cuts.push([at, at + 1 + length]);
  }
  return cuts;
}

function media(bytes: Buffer): Cut[] {
  const cuts: Cut[] = [];
  for (let at = bytes.indexOf(BASE64); at >= 0; at = bytes.indexOf(BASE64, at + BASE64.length)) {
    if (!MEDIA.test(bytes.toString('latin1', Math.max(0, at - 120), at))) continue;
    const from = at + BASE64.length;
    const end = endOfRun(bytes, BASE64_BYTES, from);
    if (end > from) cuts.push([from, end]);
  }
  return cuts;
}

function pictures(bytes: Buffer): Cut[] {
  const cuts: Cut[] = [];
  for (let at = 0; at + PICTURE <= bytes.length; ) {
    const outside = lastOutside(bytes, BASE64_BYTES, at, at + PICTURE);
    const end = outside < 0 ? endOfRun(bytes, BASE64_BYTES, at + PICTURE) : outside;
    if (outside < 0) cuts.push([at, end]);
    at = end + 1;
  }
  return cuts;
}

function apart(cuts: readonly Cut[]): Cut[] {
  const kept: Cut[] = [];
  let last = 0;
  for (const [start, end] of cuts) {
    if (end <= last) continue;
    kept.push([Math.max(start, last), end]);
    last = end;
  }
  return kept;
}
