import { join } from 'node:path';
import type { AppendFile, Files } from '../foundation/ports.ts';
import { encodeEntries, encodeIndexHeader, type IndexEntry, type SegmentPart, segmentFile } from '../transparency/log-format.ts';
import type { CompactRange } from '../transparency/merkle.ts';
import { SideFile } from './side-file.ts';

export interface SegmentState {
  readonly start: number;
  /** Durable bytes of its three files. */
  readonly eventsBytes: number;
  readonly indexBytes: number;
  /** The tree at its start, when the index is to be begun. */
  readonly startTree?: CompactRange | undefined;
  readonly checkpointsBytes: number;
}

/** The three files of the segment that is being written. */
export class Segment {
  readonly start: number;
  readonly #files: Files;
  readonly #path: string;
  #events: AppendFile;
  readonly #index: SideFile;
  readonly #checkpoints: SideFile;
  /** What is not in the index file yet: its header, entries of durable events. */
  #header: Buffer | undefined;
  #entries: IndexEntry[] = [];
  /** Bytes of durable events. */
  durableBytes: number;
  /** Nothing may be appended any more. */
  ended = false;

  private constructor(files: Files, directory: string, events: AppendFile, state: SegmentState) {
    const path = (part: SegmentPart) => join(directory, segmentFile(state.start, part));
    this.start = state.start;
    this.#files = files;
    this.#path = path('events');
    this.#events = events;
    this.#index = new SideFile(files, path('index'), state.indexBytes);
    this.#checkpoints = new SideFile(files, path('checkpoints'), state.checkpointsBytes);
    this.#header = state.startTree === undefined ? undefined : encodeIndexHeader(state.startTree);
    this.durableBytes = state.eventsBytes;
  }

  /** A new one after `tree.size` events; its events file and the name of it are durable when this resolves. */
  static async create(files: Files, directory: string, tree: CompactRange): Promise<Segment> {
    const start = tree.size;
    // What bears this name holds no durable event: it was left by a try that failed.
    for (const part of ['events', 'index', 'checkpoints'] as const) await files.remove(join(directory, segmentFile(start, part)));
    return Segment.open(files, directory, { start, eventsBytes: 0, indexBytes: 0, checkpointsBytes: 0, startTree: tree });
  }

  /** Goes on with one that is there: whatever is beyond the given sizes is cut off, the rest is made durable. */
  static async open(files: Files, directory: string, state: SegmentState): Promise<Segment> {
    const events = await files.openAppend(join(directory, segmentFile(state.start, 'events')));
    const segment = new Segment(files, directory, events, state);
    await segment.cut();
    await files.syncDirectory(directory);
    return segment;
  }

  /** Bytes in the events file, durable or not. */
  get bytes(): number {
    return this.#events.size;
  }

  /** Writes and starts the sync: durable when it resolves. @throws what the write throws. */
  write(bytes: Uint8Array): Promise<void> {
    this.#events.append(bytes);
    return this.#events.sync();
  }

  /** Durably removes whatever was written after the durable events. */
  async cut(): Promise<void> {
    if (this.#events.size !== this.durableBytes) await this.#events.truncate(this.durableBytes);
    await this.#events.sync();
  }

  /** As `cut`, after a failed sync: the open file cannot be believed any more, so this segment ends here. */
  async cutAndEnd(): Promise<void> {
    await this.#events.close().catch(() => {});
    this.#events = await this.#files.openAppend(this.#path);
    await this.cut();
    this.ended = true;
  }

  /** The events that `entries` stand for are durable. */
  grow(bytes: number, entries: readonly IndexEntry[]): void {
    this.durableBytes += bytes;
    for (const entry of entries) this.#entries.push(entry);
  }

  async writeIndex(): Promise<void> {
    const [header, entries] = [this.#header, this.#entries];
    if (header === undefined && entries.length === 0) return;
    this.#header = undefined;
    this.#entries = [];
    try {
      await this.#index.append(Buffer.concat([header ?? Buffer.alloc(0), encodeEntries(entries)]));
    } catch (error) {
      this.#header = header;
      this.#entries = entries.concat(this.#entries);
      throw error;
    }
  }

  /** Stores a signed note. Durable when this resolves. */
  async addCheckpoint(note: string): Promise<void> {
    await this.#checkpoints.append(Buffer.from(`${note}\n`));
  }

  async close(): Promise<void> {
    await Promise.all([this.#events.close().catch(() => {}), this.#index.close(), this.#checkpoints.close()]);
  }
}
