import { constants, inflateRawSync } from 'node:zlib';
import type { Content } from '../content.ts';
import { nameOf } from '../file-name.ts';
import { type ZipEntry, zip64 } from './zip-directory.ts';

const LOCAL = 0x04034b50;
const MIB = 1024 * 1024;
const DEFLATE = 8;

/** Where the bytes of the member begin whose header stands at `offset`; undefined when none does. */
export async function localHeader(zip: Content, offset: number): Promise<number | undefined> {
  const head = Buffer.from((await zip.at?.(offset, 30)) ?? []);
  if (head.length < 30 || head.readUInt32LE(0) !== LOCAL) return undefined;
  return offset + 30 + head.readUInt16LE(26) + head.readUInt16LE(28);
}

/** Members one after another from the beginning, by the headers before them: for an archive whose directory is lost. */
export async function* localEntries(zip: Content): AsyncGenerator<ZipEntry> {
  const size = zip.size ?? 0;
  for (let offset = 0; ; ) {
    const head = Buffer.from((await zip.at?.(offset, 30)) ?? []);
    if (head.length < 30 || head.readUInt32LE(0) !== LOCAL) return;
    const nameLength = head.readUInt16LE(26);
    const rest = (await zip.at?.(offset + 30, nameLength + head.readUInt16LE(28))) ?? new Uint8Array(0);
    const start = offset + 30 + nameLength + head.readUInt16LE(28);
    const flags = head.readUInt16LE(6);
    const method = head.readUInt16LE(8);
    const [, stated = 0] = zip64(rest.subarray(nameLength), [head.readUInt32LE(22), head.readUInt32LE(18)]);
    const behind = (flags & 8) !== 0 && stated === 0;
    const packed = behind ? await lengthOf(zip, start, size, method) : stated;
    if (packed === undefined) return;
    yield { name: nameOf(rest.subarray(0, nameLength)), method, encrypted: (flags & 1) === 1, packed, offset };
    offset = behind ? await afterDescriptor(zip, start + packed) : start + packed;
  }
}

/** The length of a member that only states it behind itself: inflating tells. */
async function lengthOf(zip: Content, start: number, size: number, method: number): Promise<number | undefined> {
  if (method !== DEFLATE) return undefined;
  const bytes = (await zip.at?.(start, Math.min(size - start, 64 * MIB))) ?? new Uint8Array(0);
  try {
    const options = { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: 256 * MIB, info: true } as const;
    const { engine } = inflateRawSync(bytes, options) as unknown as { readonly engine: { readonly bytesWritten: number } };
    return engine.bytesWritten;
  } catch {
    return bytes.length;
  }
}

/** A descriptor has 12 to 24 bytes, with a signature or without. */
async function afterDescriptor(zip: Content, offset: number): Promise<number> {
  const bytes = Buffer.from((await zip.at?.(offset, 64)) ?? []);
  const next = bytes.indexOf(Buffer.from([0x50, 0x4b, 0x03, 0x04]));
  return next < 0 ? offset + bytes.length : offset + next;
}
