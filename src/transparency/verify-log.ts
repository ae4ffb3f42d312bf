import { WatchwordError } from '../foundation/errors.ts';
import { checkpointSigned, type SignedCheckpoint } from './checkpoint.ts';
import { lineFault } from './event-line.ts';
import { EntryStream, IndexDoubt } from './index-check.ts';
import { type IndexEntry, MAX_EVENT_BYTES } from './log-format.ts';
import type { EventLine, LogReader, Segment } from './log-reader.ts';
import { CompactRange, leafHash } from './merkle.ts';
import type { Verifier } from './note.ts';

export interface VerifyOptions {
  /** Keys trusted for a reason of one's own; without them, the directory's own keys are believed and the report says so. */
  readonly keys?: readonly Verifier[] | undefined;
  /** A checkpoint that was kept where whoever changes the log cannot reach it. */
  readonly checkpoint?: SignedCheckpoint | undefined;
  readonly progress?: ((done: number, total: number) => void) | undefined;
}

/** The first thing that does not fit. The events in question are [from, to). */
export interface VerifyFailure {
  readonly from: number;
  readonly to: number;
  readonly message: string;
}

export interface VerifyReport {
  readonly failure: VerifyFailure | undefined;
  /** Events that were read and found in order. */
  readonly events: number;
  /** Stored checkpoints whose root and signature fit. */
  readonly checkpoints: number;
  /** The newest stored checkpoint that fits. */
  readonly lastCheckpoint: { readonly size: number; readonly time: number | undefined } | undefined;
  /** Events before this number are shown to be as they were when the checkpoint kept elsewhere was taken; 0 without one. */
  readonly proven: number;
  readonly keysFrom: 'given' | 'directory';
  /** True things that a reader should know, none of which is a failure. */
  readonly warnings: readonly string[];
}

class Failed extends WatchwordError {
  readonly failure: VerifyFailure;
  constructor(from: number, to: number, message: string) {
    super('audit.tampered', message);
    this.failure = { from, to, message };
  }
}

/**
 * Checks a whole log directory: every line, its place, the tree, every stored checkpoint, and the one kept elsewhere.
 * Never throws for what it finds in the log; stops at the first failure.
 */
export async function verifyLog(reader: LogReader, options: VerifyOptions = {}): Promise<VerifyReport> {
  const keys = options.keys ?? (await reader.publicKeys());
  const run = new Verification(reader, keys, options);
  let failure: VerifyFailure | undefined;
  try {
    await run.all();
  } catch (error) {
    if (!(error instanceof Failed)) throw error;
    failure = error.failure;
  }
  return {
    failure,
    events: run.tree.size,
    checkpoints: run.fitting,
    lastCheckpoint: run.last,
    proven: run.proven,
    keysFrom: options.keys === undefined ? 'directory' : 'given',
    warnings: run.warnings,
  };
}

class Verification {
  readonly #reader: LogReader;
  readonly #keys: readonly Verifier[];
  readonly #outside: SignedCheckpoint | undefined;
  readonly #progress: (done: number, total: number) => void;
  readonly tree = CompactRange.empty();
  readonly warnings: string[] = [];
  fitting = 0;
  proven = 0;
  last: { size: number; time: number | undefined } | undefined;
  #due: SignedCheckpoint[] = [];
  /** Events before this number are covered by a checkpoint: their index entries are worth comparing with. */
  #signed = 0;
  #doubt: IndexDoubt | undefined;

  constructor(reader: LogReader, keys: readonly Verifier[], options: VerifyOptions) {
    this.#reader = reader;
    this.#keys = keys;
    this.#outside = options.checkpoint;
    this.#progress = options.progress ?? (() => {});
  }

  async all(): Promise<void> {
    const segments = await this.#reader.segments();
    const total = segments.reduce((sum, { bytes }) => sum + bytes, 0);
    this.#signed = Math.max(await this.#newestSize(segments), this.#outside?.size ?? 0);
    this.#checkOutsideSignature();
    let done = 0;
    for (const [i, segment] of segments.entries()) {
      const before = done;
      await this.#segment(segment.start, i === segments.length - 1, (bytes) => this.#progress(before + bytes, total));
      done += segment.bytes;
    }
    this.#progress(total, total);
    this.#finish();
  }

  /** A malformed checkpoint is met, and reported, in its turn. */
  async #newestSize(segments: readonly Segment[]): Promise<number> {
    for (const { start } of segments.toReversed()) {
      const size = (await this.#reader.checkpoints(start)).at(-1)?.size;
      if (size !== undefined) return size;
    }
    return 0;
  }

  async #segment(start: number, isLast: boolean, progress: (bytes: number) => void): Promise<void> {
    this.#mustFollow(start);
    await this.#loadCheckpoints(start);
    await this.#checkStartTree(start);
    this.#meetCheckpoints();
    // Only now: a running server may have written events, and a checkpoint over them, since the verification began.
    const segment = await this.#reader.segment(start);
    const entries = new EntryStream(this.#reader, start);
    for await (const line of this.#reader.lines(segment)) {
      if (!line.whole && isLast && line.end === segment.bytes) return this.#torn(line);
      const fault = faultOf(line);
      if (fault !== undefined) {
        await this.#settleDoubtByIndex(line.index, entries);
        throw new Failed(line.index, line.index + 1, `event ${line.index} ${fault}`);
      }
      this.#event(line, line.index < this.#signed ? await entries.next(line.index) : undefined);
      if (line.index % 256 === 0) progress(line.end);
    }
  }

  #mustFollow(start: number): void {
    const { size } = this.tree;
    if (start > size) throw new Failed(size, start, 'these events are missing: their segment is not there, or ends early');
    if (start < size) throw new Failed(start, size, 'two segments hold these events');
  }

  #torn(line: EventLine): void {
    this.warnings.push(
      `the log ends in an unfinished line (${line.bytes.length} bytes): a server is writing it, or a crash cut it off before it counted`,
    );
  }

  #event(line: EventLine, entry: IndexEntry | undefined): void {
    const leaf = leafHash(line.bytes);
    if (this.#doubt === undefined && entry !== undefined && !entry.leaf.equals(leaf)) {
      this.#doubt = new IndexDoubt(line.index, this.tree.copy());
    }
    this.#doubt?.append(entry?.leaf);
    this.tree.append(leaf);
    this.#meetCheckpoints();
  }

  async #loadCheckpoints(start: number): Promise<void> {
    const checkpoints = await this.#reader.checkpoints(start);
    let size = Math.max(start, this.last?.size ?? 0);
    for (const checkpoint of checkpoints) {
      const from = this.last?.size ?? 0;
      if (checkpoint === undefined) throw new Failed(from, start, 'a stored checkpoint is malformed');
      if (!checkpointSigned(checkpoint, this.#keys)) {
        const who = this.#keys.length === 0 ? 'there is no key to check it with' : 'not by a key of this log';
        throw new Failed(
          size,
          checkpoint.size,
          `the signature of the checkpoint at ${checkpoint.size} events is not valid: ${who}`,
        );
      }
      if (checkpoint.size < size)
        throw new Failed(checkpoint.size, size, `the checkpoint at ${checkpoint.size} events stands after a later one`);
      size = checkpoint.size;
    }
    this.#due.push(...checkpoints.filter((one) => one !== undefined));
  }

  async #checkStartTree(start: number): Promise<void> {
    const recorded = await this.#reader.startTree(start);
    if (recorded !== undefined && !recorded.root().equals(this.tree.root()))
      this.warnings.push(`the index of the segment at ${start} begins with another tree; it is derived and can be made again`);
  }

  /** Every checkpoint that speaks of exactly the tree read so far. */
  #meetCheckpoints(): void {
    const { size } = this.tree;
    while (this.#due[0]?.size === size) {
      const checkpoint = this.#due.shift() as SignedCheckpoint;
      this.#settleDoubt(checkpoint);
      this.#mustFit(checkpoint, 'the stored checkpoint');
      this.fitting += 1;
      this.last = { size, time: checkpoint.time };
    }
    if (this.#outside?.size !== size || this.proven === size) return;
    this.#settleDoubt(this.#outside);
    this.#mustFit(this.#outside, 'the checkpoint kept elsewhere');
    this.proven = size;
  }

  #mustFit(checkpoint: SignedCheckpoint, which: string): void {
    if (checkpoint.root.equals(this.tree.root())) return;
    const from = this.last?.size ?? 0;
    throw new Failed(
      from,
      checkpoint.size,
      `${which} at ${checkpoint.size} events does not fit: one or more of the events ${from} to ${checkpoint.size - 1} were changed`,
    );
  }

  /** An event and its index entry differ: the next checkpoint tells which of them is as it was. */
  #settleDoubt(checkpoint: SignedCheckpoint): void {
    const doubt = this.#doubt;
    if (doubt === undefined) return;
    if (checkpoint.root.equals(this.tree.root())) {
      this.warnings.push(`the index is wrong from event ${doubt.event} on; it is derived and can be made again`);
      this.#doubt = undefined;
    } else if (doubt.fits(checkpoint)) {
      throw new Failed(
        doubt.event,
        doubt.event + 1,
        `event ${doubt.event} was changed: it does not have the hash that was signed`,
      );
    }
  }

  /** No line can follow any more; the index still tells whether an event before it was changed. */
  async #settleDoubtByIndex(next: number, entries: EntryStream): Promise<void> {
    const [checkpoint] = this.#due;
    if (this.#doubt === undefined || checkpoint === undefined) return;
    for (let index = next; index < checkpoint.size; index++) this.#doubt.append((await entries.next(index))?.leaf);
    this.#settleDoubt(checkpoint);
  }

  #checkOutsideSignature(): void {
    if (this.#outside === undefined || checkpointSigned(this.#outside, this.#keys)) return;
    const why =
      this.#keys.length === 0 ? 'cannot be checked: the log directory holds no key' : 'is not signed by a key of this log';
    throw new Failed(0, this.#outside.size, `the checkpoint kept elsewhere ${why}`);
  }

  #finish(): void {
    const { size } = this.tree;
    const beyond = [...this.#due, ...(this.#outside === undefined ? [] : [this.#outside])].find((one) => one.size > size);
    if (beyond !== undefined) {
      const which = beyond === this.#outside ? 'the checkpoint kept elsewhere' : 'a stored checkpoint';
      throw new Failed(
        size,
        beyond.size,
        `the log was cut off or rolled back: ${which} counts ${beyond.size} events, there are ${size}`,
      );
    }
  }
}

function faultOf(line: EventLine): string | undefined {
  if (!line.whole || line.bytes.length > MAX_EVENT_BYTES) return 'is longer than an event may be, or not ended by a newline';
  return lineFault(line.bytes, line.index);
}
