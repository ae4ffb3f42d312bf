import { crc32, inflateRawSync } from 'node:zlib';
import type { Budget } from '../budget.ts';
import { bytesContent, type Content, NotScannable, seekable, sliceContent } from '../content.ts';
import { bunzip2 } from './bzip2-decoder.ts';
import { HELD as EXPANDED, type Expanded, expanded } from './expanded.ts';
import { type Decode, inflate } from './native-decoder.ts';
import { lzmaStream, unxz } from './xz-decoder.ts';
import { type ZipEntry, zipDirectory } from './zip-directory.ts';
import { localEntries, localHeader } from './zip-local.ts';
import { unzstd } from './zstd-decoder.ts';

const MIB = 1024 * 1024;
/** A directory stands at the end: an archive inside a compressed stream has to be held. */
const HELD = 256 * MIB;
const AT_ONCE = 4 * MIB;
const MOST = 2_000_000;

/** A member that can be read, in part at least. */
export interface ZipMember {
  readonly kind: 'member';
  readonly name: string;
  readonly content: Content;
  /** Why the content is not all there is. */
  readonly problem?: string;
}

export interface ZipProblem {
  readonly kind: 'problem';
  /** Name of the member; empty for the archive. */
  readonly name: string;
  readonly reason: string;
}

/**
 * The members of a zip, in the order in which they lie there; folders are left out. Members that share bytes are a way to make a
 * small file expand without end: of those the first is read. Without a directory (a cut download) members are found by their
 * headers. Nothing at all for a program that turns out to hold no archive.
 */
export async function* zipMembers(content: Content, budget: Budget): AsyncGenerator<ZipMember | ZipProblem> {
  const zip = await seekable(content, HELD);
  const directory = await zipDirectory(zip, MOST);
  if (directory === undefined) {
    const [a, b] = await zip.head(2);
    if (a !== 0x50 || b !== 0x4b) return;
    yield { kind: 'problem', name: '', reason: 'the archive ends too early: only what comes before is read' };
    for await (const entry of localEntries(zip)) yield* readMember(zip, entry, budget);
    return;
  }
  if (directory.entries.length < directory.stated % 65536)
    yield { kind: 'problem', name: '', reason: `only ${directory.entries.length} of ${directory.stated} entries can be read` };
  let end = 0;
  let overlapping = 0;
  for (const entry of [...directory.entries].sort((a, b) => a.offset - b.offset)) {
    if (entry.offset < end) overlapping += 1;
    else {
      end = entry.offset + 30 + entry.packed;
      if (!entry.name.endsWith('/') || entry.packed > 0) yield* readMember(zip, entry, budget);
    }
  }
  if (overlapping > 0) yield { kind: 'problem', name: '', reason: `${overlapping} members lie inside other members` };
}

async function* readMember(zip: Content, entry: ZipEntry, budget: Budget): AsyncGenerator<ZipMember | ZipProblem> {
  const problem = (reason: string): ZipProblem => ({ kind: 'problem', name: entry.name, reason });
  if (entry.encrypted) {
    yield problem('encrypted');
    return;
  }
  const decode = methods[entry.method];
  if (decode === undefined) {
    yield problem(`compressed by method ${entry.method}, which is not read`);
    return;
  }
  const start = await localHeader(zip, entry.offset);
  if (start === undefined) {
    yield problem('its header is not where the directory says');
    return;
  }
  const packed = sliceContent(zip, start, entry.packed);
  const { content, problem: fault, close } = await expand(packed, entry, decode, budget);
  const cut = start + entry.packed > (zip.size ?? 0) ? 'the archive ends too early' : fault;
  try {
    yield { kind: 'member', name: entry.name, content, ...(cut === undefined ? {} : { problem: cut }) };
  } finally {
    await close?.();
  }
}

interface Readable {
  readonly content: Content;
  readonly problem?: string;
  readonly close?: Expanded['close'];
}

async function expand(packed: Content, entry: ZipEntry, decode: Decode, budget: Budget): Promise<Readable> {
  if (decode === stored) return { content: packed };
  if (decode === inflate && entry.packed <= AT_ONCE) {
    const bytes = inflated(await packed.whole());
    if (bytes !== undefined) {
      budget.spend(bytes.length);
      return checked(bytes, entry);
    }
  }
  const result = await expanded(() => budget.counted(decode(packed.chunks())));
  return result.held && result.problem === undefined ? checked(result.beginning, entry) : result;
}

/** Damage that decodes all the same; what came out is scanned, but it is not what was packed. */
function checked(bytes: Uint8Array, { checksum }: ZipEntry): Readable {
  const content = bytesContent(bytes);
  if (checksum === undefined || crc32(bytes) === checksum) return { content };
  return { content, problem: 'damaged: its checksum is wrong' };
}

/** The quick way; undefined when it is not sound or too large for it. */
function inflated(packed: Uint8Array): Uint8Array | undefined {
  try {
    return inflateRawSync(packed, { maxOutputLength: EXPANDED });
  } catch {
    return undefined;
  }
}

const stored: Decode = (chunks) => chunks;

/** LZMA behind a version, the length of the properties, and the properties. */
const unlzmaMember: Decode = async function* (chunks) {
  const pieces: Uint8Array[] = [];
  for await (const chunk of chunks) pieces.push(chunk);
  const input = Buffer.concat(pieces);
  if (input.length < 14) throw new NotScannable('the LZMA data end too early');
  yield* lzmaStream(input.subarray(9), input[4] ?? 0, input.readUInt32LE(5), undefined);
};

/** By the number of the method (APPNOTE 4.4.5). */
const methods: Readonly<Record<number, Decode>> = {
  0: stored,
  8: inflate,
  12: bunzip2,
  14: unlzmaMember,
  93: unzstd,
  95: unxz,
};
