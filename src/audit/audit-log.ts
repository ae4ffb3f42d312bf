import { join } from 'node:path';
import { WatchwordError } from '../foundation/errors.ts';
import { checkpointSigned } from '../transparency/checkpoint.ts';
import { PUBLIC_KEYS } from '../transparency/log-format.ts';
import { LogReader } from '../transparency/log-reader.ts';
import { createSigner, type Signer } from '../transparency/note.ts';
import { eventLine } from './bounded-line.ts';
import { Checkpointer } from './checkpointer.ts';
import type {
  AuditEvent,
  AuditKeys,
  AuditLogOptions,
  AuditRecord,
  AuditStatus,
  Digester,
  OpenAuditLog,
  Projection,
} from './contract.ts';
import { decodeEvent } from './decode-event.ts';
import { createDigester } from './digester.ts';
import { LogWriter } from './log-writer.ts';
import { ProjectionRunner } from './projections.ts';
import { RecentLines } from './recent-lines.ts';
import { type RecoveredLog, recoverLog } from './recover-log.ts';

const DEFAULTS = { segmentBytes: 64 * 1024 * 1024, waitMs: 2_000, checkpointEvents: 1_000, checkpointMs: 10_000 };

/**
 * Opens the log, or begins one. Appending works at once, without keys; only one process may have a directory open.
 * @throws WatchwordError `audit.tampered` when the log does not fit its newest checkpoint.
 */
export async function openAuditLog(options: AuditLogOptions): Promise<OpenAuditLog> {
  const reader = new LogReader(options.files, options.directory);
  return new BuiltInLog(options, reader, await recoverLog({ ...options, reader }));
}

class BuiltInLog implements OpenAuditLog {
  readonly #on: AuditLogOptions;
  readonly #reader: LogReader;
  readonly #writer: LogWriter;
  readonly #checkpointer: Checkpointer;
  readonly #waitMs: number;
  readonly #recent = new RecentLines();
  #runners: ProjectionRunner[] = [];
  #digester: Digester | undefined;

  constructor(options: AuditLogOptions, reader: LogReader, recovered: RecoveredLog) {
    const { clock, logger, files, directory } = options;
    this.#on = options;
    this.#reader = reader;
    this.#waitMs = options.waitMs ?? DEFAULTS.waitMs;
    const { checkpoint } = recovered;
    this.#checkpointer = new Checkpointer(
      {
        writer: () => this.#writer,
        clock,
        logger,
        everyEvents: options.checkpointEvents ?? DEFAULTS.checkpointEvents,
        everyMs: options.checkpointMs ?? DEFAULTS.checkpointMs,
      },
      checkpoint === undefined ? undefined : { size: checkpoint.size, time: checkpoint.time ?? 0 },
    );
    const segmentBytes = options.segmentBytes ?? DEFAULTS.segmentBytes;
    const onEnded = this.#checkpointer.retire.bind(this.#checkpointer);
    const onGrown = (lines: readonly string[]) => this.#grown(lines);
    this.#writer = new LogWriter(
      { files, directory, clock, logger, segmentBytes, waitMs: this.#waitMs, onGrown, onEnded },
      recovered,
    );
    void this.#checkpointer.runByTime();
  }

  append(record: AuditRecord): Promise<number> {
    return this.#writer.append((index) => eventLine(record, index));
  }

  get digester(): Digester {
    if (this.#digester === undefined) throw new WatchwordError('seal.sealed');
    return this.#digester;
  }

  get size(): number {
    return this.#writer.tree.size;
  }

  async *read(from: number): AsyncGenerator<{ readonly index: number; readonly event: AuditEvent }> {
    for await (const { index, bytes } of this.#reader.linesFrom(from, this.size)) {
      yield { index, event: JSON.parse(bytes.toString('utf8')) as AuditEvent };
    }
  }

  /** As `read`, in batches, and from memory where the events are recent. */
  async *batches(from: number, most: number, concerns = ''): AsyncGenerator<readonly (AuditEvent | undefined)[]> {
    const parse = (line: string) => (line.includes(concerns) ? (JSON.parse(line) as AuditEvent) : undefined);
    const end = this.size;
    let next = from;
    for (;;) {
      const lines = this.#recent.slice(next, Math.min(end, next + most));
      if (lines === undefined) break;
      if (lines.length === 0) return;
      next += lines.length;
      yield lines.map(parse);
    }
    let batch: (AuditEvent | undefined)[] = [];
    for await (const { bytes } of this.#reader.linesFrom(next, end)) {
      if (batch.push(parse(bytes.toString('utf8'))) < most) continue;
      yield batch;
      batch = [];
    }
    if (batch.length > 0) yield batch;
  }

  decode(event: AuditEvent): AuditRecord | undefined {
    const record = decodeEvent(event);
    return record?.phase === 'complete' ? undefined : record;
  }

  async unlock({ digestKey, signingKey, origin }: AuditKeys): Promise<void> {
    const signer = createSigner(origin, signingKey);
    const last = await this.#reader.lastCheckpoint();
    if (last !== undefined && !checkpointSigned(last, [signer.verifier])) {
      throw new WatchwordError('audit.tampered', "the newest checkpoint was not signed by this store's key");
    }
    await this.#publish(signer);
    this.#digester = createDigester(digestKey);
    this.#checkpointer.use(signer);
    await this.#bounded(this.#checkpointer.checkpoint());
  }

  async lock(): Promise<void> {
    await this.#bounded(this.#checkpointer.checkpoint());
    this.#checkpointer.use(undefined);
    this.#digester = undefined;
  }

  addProjection(projection: Projection): void {
    const { clock, logger } = this.#on;
    this.#runners.push(new ProjectionRunner(projection, this, { clock, logger }));
  }

  async drain(): Promise<void> {
    await Promise.all(this.#runners.map((runner) => runner.drain()));
  }

  status(): AuditStatus {
    const { unavailableSince, latency } = this.#writer;
    return {
      size: this.size,
      unavailableSince,
      checkpoint: this.#checkpointer.last,
      syncs: latency.count,
      syncLatency: latency.percentiles(),
    };
  }

  async close(): Promise<void> {
    await this.#bounded(this.#writer.close());
    this.#checkpointer.stop();
    await this.lock();
    const runners = this.#runners;
    this.#runners = [];
    await this.#bounded(Promise.all(runners.map((runner) => runner.stop())));
    await this.#bounded(this.#writer.segment?.close());
  }

  #grown(lines: readonly string[]): void {
    this.#checkpointer.grown(this.size);
    if (this.#runners.length === 0) return;
    this.#recent.add(this.size - lines.length, lines);
    for (const runner of this.#runners) runner.wake();
  }

  /** The key's public half stands in the directory before anything is signed with it. */
  async #publish({ verifier }: Signer): Promise<void> {
    const known = await this.#reader.publicKeys();
    if (known.some(({ text }) => text === verifier.text)) return;
    const lines = [...known, verifier].map(({ text }) => `${text}\n`);
    try {
      await this.#on.files.replace(join(this.#on.directory, PUBLIC_KEYS), Buffer.from(lines.join('')));
    } catch (error) {
      throw new WatchwordError('audit.unavailable', undefined, { cause: error });
    }
  }

  /** A hanging disk must not keep anyone from sealing or stopping. */
  async #bounded(work: Promise<unknown> | undefined): Promise<void> {
    const stop = new AbortController();
    const timeout = this.#on.clock.sleep(this.#waitMs, stop.signal).catch(() => {});
    await Promise.race([work, timeout]);
    stop.abort();
  }
}
