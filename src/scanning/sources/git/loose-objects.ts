import { createReadStream, existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInflate, inflateSync } from 'node:zlib';
import { regularBytes } from '../../own-file.ts';
import { DamagedObject } from './inflate.ts';
import { kinds } from './pack.ts';

/** An object with its bytes, or, when it is larger than was asked for, without them. */
export interface StoredObject {
  /** 1 to 4 as in `kinds`. */
  readonly kind: number;
  readonly size: number;
  readonly bytes: Uint8Array | undefined;
}

export const loosePath = (objectDir: string, hex: string): string => join(objectDir, hex.slice(0, 2), hex.slice(2));

/** Ids of the loose objects of a folder, as hexadecimal digits. */
export function* looseIds(objectDir: string, idBytes: number): Generator<string> {
  for (const folder of readdirSync(objectDir)) {
    if (!/^[0-9a-f]{2}$/.test(folder)) continue;
    const rest = new RegExp(`^[0-9a-f]{${idBytes * 2 - 2}}$`);
    for (const name of listed(join(objectDir, folder))) if (rest.test(name)) yield folder + name;
  }
}

function listed(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    // A gc removes the folders that it empties.
    if (!existsSync(folder)) return [];
    throw error;
  }
}

/** @throws DamagedObject, or an error of the file system when it is not there */
export function readLoose(path: string, largest: number): StoredObject {
  const file = regularBytes(path, Number.MAX_SAFE_INTEGER);
  if (file === undefined) throw new DamagedObject('it is no regular file');
  let start: Buffer;
  try {
    start = inflateSync(file.subarray(0, 256), { finishFlush: 2 });
  } catch {
    throw new DamagedObject('its compressed data is damaged');
  }
  const { kind, size, header } = looseHeader(start);
  if (size > largest) return { kind, size, bytes: undefined };
  let whole: Buffer;
  try {
    whole = inflateSync(file, { maxOutputLength: header + size + 1 });
  } catch {
    throw new DamagedObject('its compressed data is damaged');
  }
  if (whole.length !== header + size) throw new DamagedObject('it is not as long as it says');
  return { kind, size, bytes: whole.subarray(header) };
}

function looseHeader(start: Uint8Array): { kind: number; size: number; header: number } {
  const end = start.subarray(0, 32).indexOf(0);
  const match = /^(commit|tree|blob|tag) (\d{1,15})$/.exec(Buffer.from(start.subarray(0, Math.max(0, end))).toString('latin1'));
  if (match === null) throw new DamagedObject('its header is damaged');
  return { kind: kinds.indexOf(match[1] as (typeof kinds)[number]), size: Number(match[2]), header: end + 1 };
}

/** The bytes of a loose object as a stream. */
export async function* streamLoose(path: string): AsyncGenerator<Uint8Array> {
  let header: number | undefined;
  for await (const piece of createReadStream(path).pipe(createInflate()) as AsyncIterable<Buffer>) {
    if (header === undefined) {
      header = looseHeader(piece).header;
      yield piece.subarray(header);
    } else yield piece;
  }
}
