import { CompactRange, HASH_BYTES, subtreeCount } from './merkle.ts';

/**
 * A log directory holds, for each segment, three files named by the index of its first event in 20 digits:
 *
 *     00000000000000000000.events       one event a line: canonical JSON, newline. Everything else can be recomputed.
 *     00000000000000000000.index        derived: the tree at the segment's start, then one entry for each event
 *     00000000000000000000.checkpoints  signed notes, each followed by an empty line
 *     public-keys                       the keys that sign them, one a line (`name+hash+base64`)
 */
export const PUBLIC_KEYS = 'public-keys';

/** No event is longer, its newline not counted. */
export const MAX_EVENT_BYTES = 1024 * 1024;

export type SegmentPart = 'events' | 'index' | 'checkpoints';

export function segmentFile(start: number, part: SegmentPart): string {
  return `${start.toString().padStart(20, '0')}.${part}`;
}

/**
 * Indexes at which segments start, ascending, from the names in a directory. Checkpoints count as well: whoever removes the
 * events that they speak of leaves a segment without events.
 */
export function segmentStarts(names: readonly string[]): number[] {
  const starts = names.flatMap((name) => /^(\d{20})\.(?:events|checkpoints)$/.exec(name)?.[1] ?? []);
  return [...new Set(starts)].map(Number).sort((a, b) => a - b);
}

/** One event in an index: its leaf hash and where its line ends in the events file, newline included. */
export interface IndexEntry {
  readonly leaf: Buffer;
  readonly end: number;
}

const MAGIC = Buffer.from('watchword index 1\n');
const END_BYTES = 6;
export const ENTRY_BYTES = HASH_BYTES + END_BYTES;

/** Magic line, then the roots of the tree at the segment's start; how many there are follows from the start. */
export function encodeIndexHeader(tree: CompactRange): Buffer {
  return Buffer.concat([MAGIC, ...tree.roots]);
}

export function indexHeaderBytes(start: number): number {
  return MAGIC.length + subtreeCount(start) * HASH_BYTES;
}

/** The tree at the segment's start; undefined when this is not the header of such an index. */
export function decodeIndexHeader(start: number, bytes: Buffer): CompactRange | undefined {
  if (bytes.length < indexHeaderBytes(start) || !bytes.subarray(0, MAGIC.length).equals(MAGIC)) return undefined;
  const roots = Array.from({ length: subtreeCount(start) }, (_, i) =>
    Buffer.from(bytes.subarray(MAGIC.length + i * HASH_BYTES, MAGIC.length + (i + 1) * HASH_BYTES)),
  );
  return CompactRange.of(start, roots);
}

export function encodeEntries(entries: readonly IndexEntry[]): Buffer {
  const bytes = Buffer.allocUnsafe(entries.length * ENTRY_BYTES);
  entries.forEach(({ leaf, end }, i) => {
    bytes.set(leaf, i * ENTRY_BYTES);
    bytes.writeUIntBE(end, i * ENTRY_BYTES + HASH_BYTES, END_BYTES);
  });
  return bytes;
}

/** As many whole entries as there are. */
export function decodeEntries(bytes: Buffer): IndexEntry[] {
  return Array.from({ length: Math.floor(bytes.length / ENTRY_BYTES) }, (_, i) => ({
    leaf: bytes.subarray(i * ENTRY_BYTES, i * ENTRY_BYTES + HASH_BYTES),
    end: bytes.readUIntBE(i * ENTRY_BYTES + HASH_BYTES, END_BYTES),
  }));
}

/** Notes of a checkpoints file, in order, and how many bytes of it are whole notes. */
export function splitCheckpoints(text: string): { readonly notes: readonly string[]; readonly whole: number } {
  const notes: string[] = [];
  let from = 0;
  for (;;) {
    const body = text.indexOf('\n\n', from);
    const end = body < 0 ? -1 : text.indexOf('\n\n', body + 2);
    if (end < 0) return { notes, whole: Buffer.byteLength(text.slice(0, from)) };
    notes.push(text.slice(from, end + 1));
    from = end + 2;
  }
}
