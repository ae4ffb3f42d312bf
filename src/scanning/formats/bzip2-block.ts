import { NotScannable } from '../content.ts';
import type { BitReader } from './bit-reader.ts';

const MAX_CODE = 20;
const GROUP = 50;
const damaged = (what: string): NotScannable => new NotScannable(`the bzip2 data are damaged (${what})`);

/** Bits that are looked up at once; longer codes are rare. */
const QUICK = 10;

/** One canonical Huffman code. */
interface Code {
  /** By the next `QUICK` bits: length of the code and symbol, `length << 9 | symbol`; 0 for a longer code. */
  readonly quick: Uint16Array;
  /** By length: the first code that is longer, as `MAX_CODE` bits, and what to subtract for its place among `symbols`. */
  readonly limits: Int32Array;
  readonly bases: Int32Array;
  readonly symbols: Uint16Array;
}

/** What a block holds after the Burrows-Wheeler transform is undone: runs are still shortened. */
export function readBlock(reader: BitReader, size: number): Uint8Array {
  if (reader.bits(1) === 1) throw damaged('randomised block of an old version');
  const origin = reader.bits(24);
  const bytes = usedBytes(reader);
  if (bytes.length === 0) throw damaged('no symbols');
  const table = readSymbols(reader, bytes, size);
  if (origin >= table.length) throw damaged('origin');
  return untransformed(table, origin);
}

function usedBytes(reader: BitReader): Uint8Array {
  const used: number[] = [];
  const groups = reader.bits(16);
  for (let group = 0; group < 16; group += 1) {
    if ((groups & (0x8000 >> group)) === 0) continue;
    const members = reader.bits(16);
    for (let bit = 0; bit < 16; bit += 1) if ((members & (0x8000 >> bit)) !== 0) used.push(group * 16 + bit);
  }
  return Uint8Array.from(used);
}

function readSelectors(reader: BitReader, tables: number): Uint8Array {
  const selectors = new Uint8Array(reader.bits(15));
  if (selectors.length === 0) throw damaged('selectors');
  const order = Uint8Array.from({ length: tables }, (_, table) => table);
  for (let at = 0; at < selectors.length; at += 1) {
    let place = 0;
    while (reader.bits(1) === 1) {
      place += 1;
      if (place >= tables) throw damaged('selector');
    }
    selectors[at] = toFront(order, place);
  }
  return selectors;
}

function readCode(reader: BitReader, symbols: number): Code {
  const lengths = new Uint8Array(symbols);
  let length = reader.bits(5);
  for (let symbol = 0; symbol < symbols; symbol += 1) {
    while (reader.bits(1) === 1) length += reader.bits(1) === 0 ? 1 : -1;
    if (length < 1 || length > MAX_CODE) throw damaged('code length');
    lengths[symbol] = length;
  }
  return codeOf(lengths);
}

function codeOf(lengths: Uint8Array): Code {
  const counts = new Int32Array(MAX_CODE + 1);
  for (const length of lengths) counts[length] = (counts[length] ?? 0) + 1;
  const symbols = Uint16Array.from(lengths.keys()).sort((a, b) => (lengths[a] ?? 0) - (lengths[b] ?? 0) || a - b);
  const limits = new Int32Array(MAX_CODE + 1);
  const bases = new Int32Array(MAX_CODE + 1);
  const quick = new Uint16Array(1 << QUICK);
  let code = 0;
  let place = 0;
  for (let length = 1; length <= MAX_CODE; length += 1) {
    const count = counts[length] ?? 0;
    bases[length] = code - place;
    if (length <= QUICK) {
      const width = 1 << (QUICK - length);
      for (let at = 0; at < count; at += 1)
        quick.fill((length << 9) | (symbols[place + at] ?? 0), (code + at) * width, (code + at + 1) * width);
    }
    code += count;
    place += count;
    limits[length] = code << (MAX_CODE - length);
    code <<= 1;
  }
  return { quick, limits, bases, symbols };
}

function readSymbol(reader: BitReader, { quick, limits, bases, symbols }: Code): number {
  const next = reader.peek(MAX_CODE);
  const known = quick[next >> (MAX_CODE - QUICK)] as number;
  if (known !== 0) {
    reader.drop(known >> 9);
    return known & 511;
  }
  let length = QUICK + 1;
  while (length <= MAX_CODE && next >= (limits[length] as number)) length += 1;
  const symbol = length > MAX_CODE ? undefined : symbols[(next >> (MAX_CODE - length)) - (bases[length] as number)];
  if (symbol === undefined) throw damaged('code');
  reader.drop(length);
  return symbol;
}

/** Undoes Huffman, the shortened runs of zeros and move-to-front. */
function readSymbols(reader: BitReader, bytes: Uint8Array, size: number): Uint8Array {
  const tables = reader.bits(3);
  if (tables < 2 || tables > 6) throw damaged('tables');
  const selectors = readSelectors(reader, tables);
  const codes = Array.from({ length: tables }, () => readCode(reader, bytes.length + 2));
  const order = Uint8Array.from(bytes);
  const out = new Uint8Array(size);
  const end = bytes.length + 1;
  let length = 0;
  let run = 0;
  let weight = 1;
  for (let group = 0; ; group += 1) {
    const code = codes[selectors[group] ?? -1];
    if (code === undefined) throw damaged('selectors');
    for (let at = 0; at < GROUP; at += 1) {
      const symbol = readSymbol(reader, code);
      if (symbol <= 1) {
        run += weight << symbol;
        weight <<= 1;
        if (run > size) throw damaged('run');
        continue;
      }
      if (length + run + (symbol === end ? 0 : 1) > size) throw damaged('block size');
      if (run > 0) out.fill(order[0] ?? 0, length, length + run);
      length += run;
      run = 0;
      weight = 1;
      if (symbol === end) return out.subarray(0, length);
      out[length] = toFront(order, symbol - 1);
      length += 1;
    }
  }
}

function toFront(order: Uint8Array, place: number): number {
  const value = order[place] ?? 0;
  order.copyWithin(1, 0, place);
  order[0] = value;
  return value;
}

function untransformed(table: Uint8Array, origin: number): Uint8Array {
  const starts = new Int32Array(256);
  for (const byte of table) starts[byte] = (starts[byte] ?? 0) + 1;
  let sum = 0;
  for (let byte = 0; byte < 256; byte += 1) {
    const count = starts[byte] ?? 0;
    starts[byte] = sum;
    sum += count;
  }
  // The byte and the place of the next one together: one far jump in memory for each byte instead of two.
  const chain = Uint32Array.from(table);
  for (let at = 0; at < table.length; at += 1) {
    const byte = table[at] as number;
    const place = starts[byte] as number;
    chain[place] = (chain[place] as number) | (at << 8);
    starts[byte] = place + 1;
  }
  const out = new Uint8Array(table.length);
  let link = chain[(chain[origin] as number) >>> 8] as number;
  for (let at = 0; at < out.length; at += 1) {
    out[at] = link;
    link = chain[link >>> 8] as number;
  }
  return out;
}
