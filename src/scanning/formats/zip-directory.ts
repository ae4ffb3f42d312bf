import { type Content, NotScannable, sliceContent } from '../content.ts';
import { nameOf } from '../file-name.ts';
import { ByteReader } from './byte-reader.ts';

const END = 0x06054b50;
const END64 = 0x06064b50;
const LOCATOR64 = 0x07064b50;
const ENTRY = 0x02014b50;
/** The end of the directory, its comment, and what signers and downloads put behind it. */
const TAIL = 22 + 65535 + 4096;
/** A number that is to be found in the zip64 extra field. */
const ELSEWHERE = 0xffffffff;

/** One member, as a directory or the header before it describes it. */
export interface ZipEntry {
  readonly name: string;
  readonly method: number;
  readonly encrypted: boolean;
  /** Bytes as they lie in the archive. */
  readonly packed: number;
  /** Where its header begins. */
  readonly offset: number;
  /** Of what it expands to; undefined where the header before a member does not say. */
  readonly checksum?: number;
}

export interface ZipDirectory {
  readonly entries: readonly ZipEntry[];
  /** Entries that the archive says it has. */
  readonly stated: number;
  /** Where it begins: no member reaches further. */
  readonly offset: number;
}

interface End {
  readonly count: number;
  readonly size: number;
  readonly offset: number;
  /** Where the record itself was found. */
  readonly at: number;
}

/** The central directory (APPNOTE 4.3.12); undefined when there is none. Offsets are corrected for what stands before the archive. */
export async function zipDirectory(zip: Content, most: number): Promise<ZipDirectory | undefined> {
  const end = await findEnd(zip);
  if (end === undefined) return undefined;
  const behind = end.at - end.size;
  const shift = behind - end.offset;
  if (shift < 0 && end.count > 0) throw new NotScannable('the directory of the archive is damaged');
  const entries: ZipEntry[] = [];
  for await (const entry of readEntries(sliceContent(zip, behind, end.size), shift)) {
    if (entries.push(entry) > most) break;
  }
  return { entries, stated: end.count, offset: behind };
}

async function findEnd(zip: Content): Promise<End | undefined> {
  const size = zip.size ?? 0;
  const from = Math.max(0, size - TAIL);
  const tail = Buffer.from((await zip.at?.(from, size - from)) ?? []);
  for (let at = tail.length - 22; at >= 0; at -= 1) {
    if (tail[at] !== 0x50 || tail.readUInt32LE(at) !== END) continue;
    const found = { count: tail.readUInt16LE(at + 10), size: tail.readUInt32LE(at + 12), offset: tail.readUInt32LE(at + 16) };
    const end = { ...found, at: from + at };
    const larger =
      at >= 20 && tail.readUInt32LE(at - 20) === LOCATOR64 ? await findEnd64(zip, end, tail.readBigUInt64LE(at - 12)) : end;
    if (larger.size <= larger.at) return larger;
  }
  return undefined;
}

async function findEnd64(zip: Content, end: End, stated: bigint): Promise<End> {
  // Where it stands if nothing was put before the archive, and where it stands in any case when it has no extension.
  for (const at of [Number(stated), end.at - 20 - 56]) {
    const record = Buffer.from((await zip.at?.(at, 56)) ?? []);
    if (record.length < 56 || record.readUInt32LE(0) !== END64) continue;
    const [count, size, offset] = [32, 40, 48].map((place) => Number(record.readBigUInt64LE(place)));
    return { count: count ?? 0, size: size ?? 0, offset: offset ?? 0, at };
  }
  return end;
}

async function* readEntries(directory: Content, shift: number): AsyncGenerator<ZipEntry> {
  const reader = new ByteReader(directory.chunks());
  for (;;) {
    const head = Buffer.from(await reader.read(46));
    if (head.length < 46 || head.readUInt32LE(0) !== ENTRY) return;
    const lengths = [head.readUInt16LE(28), head.readUInt16LE(30), head.readUInt16LE(32)] as const;
    const rest = await reader.read(lengths[0] + lengths[1]);
    const name = nameOf(rest.subarray(0, lengths[0]));
    const large = zip64(rest.subarray(lengths[0]), [head.readUInt32LE(24), head.readUInt32LE(20), head.readUInt32LE(42)]);
    await reader.skip(lengths[2]);
    yield {
      name,
      method: head.readUInt16LE(10),
      encrypted: (head.readUInt16LE(8) & 1) === 1,
      checksum: head.readUInt32LE(16),
      packed: large[1] ?? 0,
      offset: (large[2] ?? 0) + shift,
    };
  }
}

/** Those numbers that do not fit into 32 bits, from the extra field; in their order. */
export function zip64(extra: Uint8Array, numbers: readonly number[]): readonly number[] {
  const fields = Buffer.from(extra.buffer, extra.byteOffset, extra.length);
  for (let at = 0; at + 4 <= fields.length; ) {
    const end = Math.min(fields.length, at + 4 + fields.readUInt16LE(at + 2));
    if (fields.readUInt16LE(at) === 1) {
      let place = at + 4;
      return numbers.map((number) => {
        if (number !== ELSEWHERE || place + 8 > end) return number;
        place += 8;
        return Number(fields.readBigUInt64LE(place - 8));
      });
    }
    at = end;
  }
  return numbers;
}
