import { WatchwordError } from '../foundation/errors.ts';
import type { Files, Logger } from '../foundation/ports.ts';
import { checkpointSigned, type SignedCheckpoint } from '../transparency/checkpoint.ts';
import { lineFault } from '../transparency/event-line.ts';
import { ENTRY_BYTES, type IndexEntry, indexHeaderBytes, MAX_EVENT_BYTES } from '../transparency/log-format.ts';
import type { LogReader, Segment as SegmentOnDisk } from '../transparency/log-reader.ts';
import { CompactRange, leafHash } from '../transparency/merkle.ts';
import { Segment } from './segment.ts';

export interface RecoveryOptions {
  readonly files: Files;
  readonly directory: string;
  readonly logger: Logger;
  readonly reader: LogReader;
}

export interface RecoveredLog {
  readonly tree: CompactRange;
  /** Undefined for a log that has none yet. */
  readonly segment: Segment | undefined;
  readonly checkpoint: SignedCheckpoint | undefined;
}

/**
 * Reads where the log stands. What the newest checkpoint covers is believed once the indexed hashes give its root; what
 * follows is read line by line, and a tail that a crash left unfinished is cut off.
 * @throws WatchwordError `audit.tampered`, with nothing changed, when the log does not fit its newest checkpoint.
 */
export async function recoverLog(options: RecoveryOptions): Promise<RecoveredLog> {
  const { files, directory, reader } = options;
  await files.makeDirectory(directory);
  const segments = await reader.segments();
  const checkpoint = await reader.lastCheckpoint();
  if (checkpoint !== undefined && !checkpointSigned(checkpoint, await reader.publicKeys())) {
    throw new WatchwordError('audit.tampered', 'the newest checkpoint is not signed by a key of this log');
  }
  const covered = await coveredByIndex(reader, segments, checkpoint);
  if (covered === undefined) await mustFitLines(reader, checkpoint);
  const recovery = new Recovery(options, segments, covered);
  const segment = await recovery.run();
  return { tree: recovery.tree, segment, checkpoint };
}

interface Covered {
  /** The tree of the checkpoint. */
  readonly tree: CompactRange;
  /** Position in `segments` of the one that holds its last event, and the end of that event in it. */
  readonly position: number;
  readonly end: number;
}

/** Undefined when the index files do not give the checkpoint's root: then the lines themselves must. */
async function coveredByIndex(
  reader: LogReader,
  segments: readonly SegmentOnDisk[],
  checkpoint: SignedCheckpoint | undefined,
): Promise<Covered | undefined> {
  if (checkpoint === undefined) return { tree: CompactRange.empty(), position: 0, end: 0 };
  const position = segments.findLastIndex(({ start }) => start < checkpoint.size);
  const segment = segments[position];
  if (segment === undefined) return undefined;
  const tree = await reader.startTree(segment.start);
  const entries = await reader.entries(segment.start, segment.start, checkpoint.size);
  for (const { leaf } of entries) tree?.append(Buffer.from(leaf));
  const end = entries.at(-1)?.end ?? 0;
  const fits = tree?.size === checkpoint.size && tree.root().equals(checkpoint.root) && end <= segment.bytes;
  return fits ? { tree, position, end } : undefined;
}

/** Hashes every event up to the checkpoint. Changes nothing, so that a log that was tampered with stays as it is. */
async function mustFitLines(reader: LogReader, checkpoint: SignedCheckpoint | undefined): Promise<void> {
  if (checkpoint === undefined) return;
  const tree = CompactRange.empty();
  for await (const line of reader.linesFrom(0, checkpoint.size)) tree.append(leafHash(line.bytes));
  if (tree.size === checkpoint.size && tree.root().equals(checkpoint.root)) return;
  throw new WatchwordError('audit.tampered', `the log does not fit its newest checkpoint, at ${checkpoint.size} events`);
}

class Recovery {
  readonly #on: RecoveryOptions;
  readonly #segments: readonly SegmentOnDisk[];
  readonly #covered: Covered;
  tree: CompactRange;

  constructor(options: RecoveryOptions, segments: readonly SegmentOnDisk[], covered: Covered | undefined) {
    this.#on = options;
    this.#segments = segments;
    this.#covered = covered ?? { tree: CompactRange.empty(), position: 0, end: 0 };
    this.tree = this.#covered.tree;
    if (covered === undefined) options.logger.warn('the index of the audit log is made again from its events');
  }

  /** Gives the last segment, open. */
  async run(): Promise<Segment | undefined> {
    let last: Segment | undefined;
    for (const [i, segment] of this.#segments.entries()) {
      if (i < this.#covered.position) continue;
      const isCovered = i === this.#covered.position;
      const holdsCovered = isCovered && this.tree.size > 0;
      if (!holdsCovered && segment.start !== this.tree.size) {
        throw new WatchwordError('audit.tampered', `events are missing before event ${segment.start}`);
      }
      await last?.close();
      last = await this.#segment(segment, isCovered ? this.#covered.end : 0, i === this.#segments.length - 1);
    }
    return last;
  }

  /** Adds the lines after `offset` to the tree, brings the segment's index up to them, and opens it. */
  async #segment(segment: SegmentOnDisk, offset: number, isLast: boolean): Promise<Segment> {
    const { files, directory, reader } = this.#on;
    const first = this.tree.size;
    const atStart = first === segment.start ? this.tree.copy() : undefined;
    const entries: IndexEntry[] = [];
    let end = offset;
    for await (const line of reader.lines(segment, first, offset)) {
      if (!line.whole || line.bytes.length > MAX_EVENT_BYTES || lineFault(line.bytes, line.index) !== undefined) break;
      const leaf = leafHash(line.bytes);
      this.tree.append(leaf);
      entries.push({ leaf, end: line.end });
      end = line.end;
    }
    if (end < segment.bytes) this.#noteCut(segment, end, isLast);
    const opened = await Segment.open(files, directory, {
      start: segment.start,
      eventsBytes: end,
      indexBytes: atStart === undefined ? indexHeaderBytes(segment.start) + (first - segment.start) * ENTRY_BYTES : 0,
      checkpointsBytes: (await reader.notes(segment.start)).whole,
      startTree: atStart,
    });
    opened.grow(0, entries);
    // On a full disk it is written later.
    await opened.writeIndex().catch(() => this.#on.logger.warn('the index of the audit log cannot be written'));
    return opened;
  }

  /** An unfinished tail is normal after a crash, but only where the log ends. */
  #noteCut(segment: SegmentOnDisk, end: number, isLast: boolean): void {
    if (!isLast)
      throw new WatchwordError('audit.tampered', `the segment at event ${segment.start} ends in something else than events`);
    this.#on.logger.warn('the unfinished end of the audit log was cut off', {
      afterEvent: this.tree.size,
      bytes: segment.bytes - end,
    });
  }
}
