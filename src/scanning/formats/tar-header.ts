import { nameOf } from '../file-name.ts';

export const BLOCK = 512;

/** What a header says of the member behind it. */
export interface TarHeader {
  readonly name: string;
  readonly size: number;
  /** The type flag as a character. */
  readonly type: string;
  /** Old GNU sparse files list their holes in further blocks. */
  readonly more: boolean;
}

/** Undefined when the checksum is wrong. */
export function tarHeader(block: Uint8Array): TarHeader | undefined {
  if (block.length < BLOCK || !checksumIsRight(block)) return undefined;
  const type = String.fromCharCode(block[156] ?? 0);
  const magic = latin1(block, 257, 8);
  // GNU keeps other things where POSIX keeps the beginning of a long name.
  const prefix = magic === 'ustar\x0000' ? field(block, 345, 155) : '';
  const name = field(block, 0, 100);
  return {
    name: prefix === '' ? name : `${prefix}/${name}`,
    size: numberAt(block, 124, 12),
    type: type === '\0' ? '0' : type,
    more: type === 'S' && block[482] === 1,
  };
}

export const isZero = (block: Uint8Array): boolean => block.every((byte) => byte === 0);

function checksumIsRight(block: Uint8Array): boolean {
  const stated = numberAt(block, 148, 8);
  let unsigned = 0;
  let signed = 0;
  for (let at = 0; at < BLOCK; at += 1) {
    const byte = at >= 148 && at < 156 ? 32 : (block[at] ?? 0);
    unsigned += byte;
    signed += byte > 127 ? byte - 256 : byte;
  }
  return stated > 0 && (stated === unsigned || stated === signed);
}

/** Octal digits, or binary with the highest bit set, as GNU writes what is larger than 8 GiB. */
function numberAt(block: Uint8Array, offset: number, length: number): number {
  if (((block[offset] ?? 0) & 0x80) !== 0) {
    let value = (block[offset] ?? 0) & 0x7f;
    for (let at = offset + 1; at < offset + length; at += 1) value = value * 256 + (block[at] ?? 0);
    return Number.isSafeInteger(value) ? value : 0;
  }
  const digits = /^ *([0-7]+)/.exec(latin1(block, offset, length));
  return digits?.[1] === undefined ? 0 : Number.parseInt(digits[1], 8);
}

function field(block: Uint8Array, offset: number, length: number): string {
  const bytes = block.subarray(offset, offset + length);
  const end = bytes.indexOf(0);
  return nameOf(end < 0 ? bytes : bytes.subarray(0, end));
}

const latin1 = (bytes: Uint8Array, offset: number, length: number): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset + offset, length).toString('latin1');

/** The records of an extended header (POSIX pax): `length key=value\n`. */
export function paxRecords(bytes: Uint8Array): ReadonlyMap<string, string> {
  const records = new Map<string, string>();
  for (let at = 0; at < bytes.length; ) {
    const space = bytes.indexOf(32, at);
    const length = space < 0 ? 0 : Number(latin1(bytes, at, space - at));
    if (!Number.isSafeInteger(length) || length <= 0) break;
    const record = bytes.subarray(space + 1, at + length - 1);
    const equals = record.indexOf(61);
    if (equals > 0) records.set(latin1(record, 0, equals), nameOf(record.subarray(equals + 1)));
    at += length;
  }
  return records;
}
