import { join } from 'node:path';
import { WatchwordError } from '../foundation/errors.ts';
import type { Files } from '../foundation/ports.ts';
import { parseCheckpoint, type SignedCheckpoint } from './checkpoint.ts';
import {
  decodeEntries,
  decodeIndexHeader,
  ENTRY_BYTES,
  type IndexEntry,
  indexHeaderBytes,
  MAX_EVENT_BYTES,
  PUBLIC_KEYS,
  type SegmentPart,
  segmentFile,
  segmentStarts,
  splitCheckpoints,
} from './log-format.ts';
import type { CompactRange } from './merkle.ts';
import { parseVerifier, type Verifier } from './note.ts';

const CHUNK_BYTES = 256 * 1024;

/** One line of an events file. */
export interface EventLine {
  /** Position by count: what the event's own `metadata.sequence` must say. */
  readonly index: number;
  /** The line's bytes without its newline. */
  readonly bytes: Buffer;
  /** Offset of the byte after its newline. */
  readonly end: number;
  /** False for bytes that no newline ends: the last ones of a file, or more than an event may have. */
  readonly whole: boolean;
}

export interface Segment {
  /** Index of its first event. */
  readonly start: number;
  /** Size of the events file; 0 without one. */
  readonly bytes: number;
}

/** Reads a log directory through the file port and nothing else; also one that a running server is appending to. */
export class LogReader {
  readonly #files: Files;
  readonly #directory: string;

  constructor(files: Files, directory: string) {
    this.#files = files;
    this.#directory = directory;
  }

  path(start: number, part: SegmentPart): string {
    return join(this.#directory, segmentFile(start, part));
  }

  async segments(): Promise<Segment[]> {
    const starts = segmentStarts(await this.#files.list(this.#directory));
    return Promise.all(starts.map((start) => this.segment(start)));
  }

  /** As it is now: a running server makes its last segment longer. */
  async segment(start: number): Promise<Segment> {
    return { start, bytes: (await this.#files.size(this.path(start, 'events'))) ?? 0 };
  }

  /** Lines of a segment from an offset on, where event `index` begins. */
  async *lines(segment: Segment, index = segment.start, offset = 0): AsyncGenerator<EventLine> {
    const path = this.path(segment.start, 'events');
    let rest: Buffer = Buffer.alloc(0);
    let position = offset;
    while (position < segment.bytes) {
      const chunk = await this.#files.readRange(path, position, Math.min(position + CHUNK_BYTES, segment.bytes));
      if (chunk.length === 0) break;
      position += chunk.length;
      const bytes: Buffer = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      let from = 0;
      for (let newline = bytes.indexOf(10); newline >= 0; newline = bytes.indexOf(10, from)) {
        const end = position - bytes.length + newline + 1;
        yield { index: index++, bytes: bytes.subarray(from, newline), end, whole: true };
        from = newline + 1;
      }
      rest = bytes.subarray(from);
      if (rest.length > MAX_EVENT_BYTES) break;
    }
    if (rest.length > 0) yield { index, bytes: rest, end: position, whole: false };
  }

  /** The tree at a segment's start as its index has it. */
  async startTree(start: number): Promise<CompactRange | undefined> {
    const path = this.path(start, 'index');
    if ((await this.#files.size(path)) === undefined) return undefined;
    return decodeIndexHeader(start, await this.#files.readRange(path, 0, indexHeaderBytes(start)));
  }

  /** Entries [first, last) of a segment's index, as far as they exist. */
  async entries(start: number, first: number, last: number): Promise<IndexEntry[]> {
    const path = this.path(start, 'index');
    if ((await this.#files.size(path)) === undefined) return [];
    const header = indexHeaderBytes(start);
    const at = (index: number) => header + (index - start) * ENTRY_BYTES;
    return decodeEntries(await this.#files.readRange(path, at(first), at(last)));
  }

  /** Lines from an index on, to the end of the log or just before `end`; the index files only save the way there. */
  async *linesFrom(first: number, end = Number.POSITIVE_INFINITY): AsyncGenerator<EventLine> {
    const segments = await this.segments();
    for (const [i, segment] of segments.entries()) {
      const next = segments[i + 1]?.start ?? Number.POSITIVE_INFINITY;
      if (next <= first || segment.bytes === 0) continue;
      if (segment.start >= end) return;
      const known = await this.#offsetNear(segment, Math.max(first, segment.start));
      for await (const line of this.lines(segment, known.index, known.offset)) {
        if (line.index >= end || line.index >= next) break;
        if (line.index >= first && line.whole) yield line;
      }
    }
  }

  async #offsetNear(segment: Segment, index: number): Promise<{ index: number; offset: number }> {
    const path = this.path(segment.start, 'index');
    const size = (await this.#files.size(path)) ?? 0;
    const held = Math.floor((size - indexHeaderBytes(segment.start)) / ENTRY_BYTES);
    const before = Math.min(index, segment.start + held) - 1;
    if (before < segment.start) return { index: segment.start, offset: 0 };
    const offset = (await this.entries(segment.start, before, before + 1))[0]?.end ?? 0;
    const newline = await this.#files.readRange(this.path(segment.start, 'events'), offset - 1, offset);
    return newline[0] === 10 ? { index: before + 1, offset } : { index: segment.start, offset: 0 };
  }

  /** Checkpoints stored with a segment; undefined stands for a note that is not a checkpoint. */
  async checkpoints(start: number): Promise<(SignedCheckpoint | undefined)[]> {
    return (await this.notes(start)).notes.map(parseCheckpoint);
  }

  /** The same, not parsed, and how many bytes of the file are whole notes. */
  async notes(start: number): Promise<{ readonly notes: readonly string[]; readonly whole: number }> {
    return splitCheckpoints(await this.#text(this.path(start, 'checkpoints')));
  }

  /** The newest stored checkpoint. @throws WatchwordError `audit.tampered` when it is malformed. */
  async lastCheckpoint(): Promise<SignedCheckpoint | undefined> {
    for (const { start } of (await this.segments()).reverse()) {
      const last = (await this.notes(start)).notes.at(-1);
      if (last === undefined) continue;
      const checkpoint = parseCheckpoint(last);
      if (checkpoint === undefined) throw new WatchwordError('audit.tampered', 'the newest checkpoint is malformed');
      return checkpoint;
    }
    return undefined;
  }

  /** Keys that the directory itself names: as trustworthy as the directory. */
  async publicKeys(): Promise<Verifier[]> {
    const lines = (await this.#text(join(this.#directory, PUBLIC_KEYS))).split('\n');
    return lines.flatMap((line) => parseVerifier(line) ?? []);
  }

  /** As many bytes as the file has, or none: what has no size, such as a pipe in a hostile directory, might never end. */
  async #text(path: string): Promise<string> {
    const size = (await this.#files.size(path)) ?? 0;
    return size === 0 ? '' : (await this.#files.readRange(path, 0, size)).toString('utf8');
  }
}
