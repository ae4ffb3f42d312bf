import { WatchwordError } from '../foundation/errors.ts';
import type { Clock, Files, Logger } from '../foundation/ports.ts';
import type { CompactRange } from '../transparency/merkle.ts';
import { Batch, unavailable, type WaitingEvent } from './batch.ts';
import { Segment } from './segment.ts';
import { SyncLatency } from './sync-latency.ts';

export interface LogWriterOptions {
  readonly files: Files;
  readonly directory: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly segmentBytes: number;
  readonly waitMs: number;
  /** Called after each durable batch, with its events. */
  readonly onGrown: (lines: readonly string[]) => void;
  /** Called when a segment is followed by another one: closes its files. */
  readonly onEnded: (segment: Segment) => void;
}

const MAX_WAITING_EVENTS = 16_384;
const MAX_WAITING_CHARACTERS = 32 * 1024 * 1024;
/** The watchdog looks this many times in the longest allowed wait. */
const TICKS = 4;

/**
 * Group commit. The events of one event-loop turn, or of the time that the disk took for the turn before, are one batch: one
 * write, one `fdatasync`; the next batch's sync is started before the finished batch's callers are told.
 *
 * A batch that fails, or takes too long, is removed again as soon as the disk lets it be, so that the log holds what callers
 * were told it holds. Only the end of the process before that can leave such events in the log.
 */
export class LogWriter {
  readonly #on: LogWriterOptions;
  readonly latency = new SyncLatency();
  #tree: CompactRange;
  #segment: Segment | undefined;
  #next: number;
  #waiting: WaitingEvent[] = [];
  #waitingCharacters = 0;
  #inFlight: Batch | undefined;
  #running: Promise<void> | undefined;
  #damage: 'none' | 'surplus' | 'sync-failed' = 'none';
  #stuck = false;
  #closed = false;
  #ticks = 0;
  #watching = false;
  #unavailableSince: number | undefined;

  constructor(options: LogWriterOptions, state: { readonly tree: CompactRange; readonly segment: Segment | undefined }) {
    this.#on = options;
    this.#tree = state.tree;
    this.#segment = state.segment;
    this.#next = state.tree.size;
  }

  /** The tree of the durable events; a later one is another object. */
  get tree(): CompactRange {
    return this.#tree;
  }

  get segment(): Segment | undefined {
    return this.#segment;
  }

  get unavailableSince(): number | undefined {
    return this.#unavailableSince;
  }

  /** Resolves with the event's index once it is durable. @throws (rejects) WatchwordError `audit.unavailable`, or what `encode` throws. */
  append(encode: (index: number) => string): Promise<number> {
    if (this.#closed || this.#stuck || this.#full) return Promise.reject(unavailable());
    let line: string;
    try {
      line = encode(this.#next);
    } catch (error) {
      if (error instanceof WatchwordError) return Promise.reject(error);
      return Promise.reject(new WatchwordError('internal', 'an event cannot be encoded', { cause: error }));
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push({ index: this.#next, line, tick: this.#ticks, resolve, reject });
      this.#next += 1;
      this.#waitingCharacters += line.length;
      this.#start();
    });
  }

  get #full(): boolean {
    return this.#waiting.length >= MAX_WAITING_EVENTS || this.#waitingCharacters >= MAX_WAITING_CHARACTERS;
  }

  /** No append is taken any more; resolves when the last one is settled. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#running;
  }

  #start(): void {
    // One turn of the event loop gathers the first batch.
    this.#running ??= new Promise((resolve) => setImmediate(resolve)).then(() => this.#run());
    if (!this.#watching) void this.#watch();
  }

  async #run(): Promise<void> {
    while (this.#waiting.length > 0) {
      try {
        await this.#commitWaiting();
      } catch (error) {
        this.#giveUp(error);
        // What was refused must not stay; if it cannot be removed now, the next append tries again.
        await this.#repair().catch(() => {});
      }
      this.#stuck = false;
    }
    this.#running = undefined;
  }

  async #commitWaiting(): Promise<void> {
    let finished: Batch | undefined;
    const tellFinished = () => {
      finished?.succeed();
      finished = undefined;
    };
    try {
      while (this.#waiting.length > 0) {
        if (this.#needsPreparing()) {
          tellFinished();
          await this.#prepare();
        }
        const batch = this.#takeBatch();
        if (batch === undefined) return;
        const syncing = this.#write(batch);
        tellFinished();
        await syncing;
        finished = batch;
      }
    } finally {
      tellFinished();
    }
  }

  #takeBatch(): Batch | undefined {
    if (this.#waiting.length === 0) return undefined;
    this.#inFlight = new Batch(this.#waiting);
    this.#waiting = [];
    this.#waitingCharacters = 0;
    return this.#inFlight;
  }

  /** Starts at once; resolves when the batch is durable and part of the log. */
  #write(batch: Batch): Promise<void> {
    const segment = this.#segment as Segment;
    // Until it is known that the bytes belong to the log, they are too many.
    this.#damage = 'surplus';
    const { bytes } = batch;
    const began = performance.now();
    const syncing = segment.write(bytes);
    // The disk is busy meanwhile.
    const { tree, entries } = batch.appendedTo(this.#tree, segment.durableBytes);
    return syncing.then(
      () => {
        this.latency.add(performance.now() - began);
        if (batch.abandoned) throw new Error('the sync took too long');
        this.#damage = 'none';
        this.#inFlight = undefined;
        segment.grow(bytes.length, entries);
        this.#tree = tree;
        this.#noteAvailable();
        this.#on.onGrown(batch.lines);
      },
      (error) => {
        this.#damage = 'sync-failed';
        throw error;
      },
    );
  }

  #needsPreparing(): boolean {
    const segment = this.#segment;
    return this.#damage !== 'none' || segment === undefined || segment.ended || segment.bytes >= this.#on.segmentBytes;
  }

  /** Removes what a failed batch left, and begins a new segment where one is due. Each try continues the last one. */
  async #prepare(): Promise<void> {
    await this.#repair();
    const old = this.#segment;
    if (old !== undefined && !old.ended && old.bytes < this.#on.segmentBytes) return;
    this.#segment = await Segment.create(this.#on.files, this.#on.directory, this.#tree);
    if (old !== undefined) this.#on.onEnded(old);
  }

  async #repair(): Promise<void> {
    const segment = this.#segment;
    if (segment === undefined || this.#damage === 'none') return;
    try {
      if (this.#damage === 'surplus') await segment.cut();
      else await segment.cutAndEnd();
    } catch (error) {
      this.#damage = 'sync-failed';
      throw error;
    }
    this.#damage = 'none';
  }

  #noteAvailable(): void {
    if (this.#unavailableSince === undefined) return;
    this.#unavailableSince = undefined;
    this.#on.logger.info('the audit log can be written again');
  }

  /** Tells everyone who waits. */
  #giveUp(cause: unknown): void {
    if (this.#unavailableSince === undefined) {
      this.#unavailableSince = this.#on.clock.now();
      const reason = cause instanceof Error && 'code' in cause ? String(cause.code) : 'timeout';
      this.#on.logger.error('the audit log cannot be written', { reason });
    }
    const waiting = this.#waiting;
    this.#waiting = [];
    this.#waitingCharacters = 0;
    this.#next = this.#tree.size;
    if (this.#inFlight?.abandoned === false) this.#inFlight.fail(cause);
    this.#inFlight = undefined;
    for (const { reject } of waiting) reject(unavailable(cause));
  }

  /** Gives up when the oldest event has waited too long. Counts its own sleeps, so that no jump of the clock matters. */
  async #watch(): Promise<void> {
    this.#watching = true;
    while (this.#running !== undefined) {
      await this.#on.clock.sleep(this.#on.waitMs / TICKS);
      this.#ticks += 1;
      const oldest = this.#stuck ? undefined : (this.#inFlight?.tick ?? this.#waiting[0]?.tick);
      if (oldest === undefined || this.#ticks - oldest < TICKS) continue;
      this.#stuck = true;
      this.#giveUp(new Error('timeout'));
    }
    this.#watching = false;
  }
}
