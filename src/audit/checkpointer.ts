import type { Clock, Logger } from '../foundation/ports.ts';
import { signCheckpoint } from '../transparency/checkpoint.ts';
import type { Signer } from '../transparency/note.ts';
import type { LogWriter } from './log-writer.ts';
import type { Segment } from './segment.ts';

export interface CheckpointerOptions {
  readonly writer: () => LogWriter;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly everyEvents: number;
  readonly everyMs: number;
}

/** Writes the index and signs checkpoints beside the path of requests, one thing at a time, over durable events only. */
export class Checkpointer {
  readonly #on: CheckpointerOptions;
  readonly #stop = new AbortController();
  #signer: Signer | undefined;
  #last: { readonly size: number; readonly time: number } | undefined;
  #work: Promise<void> = Promise.resolve();
  /** Size at the last try. */
  #tried = 0;

  constructor(options: CheckpointerOptions, last: { readonly size: number; readonly time: number } | undefined) {
    this.#on = options;
    this.#last = last;
    this.#tried = last?.size ?? 0;
  }

  get last(): { readonly size: number; readonly time: number } | undefined {
    return this.#last;
  }

  /** Signs from now on; undefined: not any more. */
  use(signer: Signer | undefined): void {
    this.#signer = signer;
  }

  /** Signs every `everyMs` while there are new events, until `stop`. */
  async runByTime(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      await this.#on.clock.sleep(this.#on.everyMs, signal).catch(() => {});
      if (!signal.aborted) await this.checkpoint();
    }
  }

  /** Called after each durable batch. */
  grown(size: number): void {
    if (size - this.#tried < this.#on.everyEvents) return;
    this.#tried = size;
    void this.checkpoint();
  }

  /** Resolves when it was tried; a failure is logged and tried again when the next one is due. */
  checkpoint(): Promise<void> {
    return this.#enqueue(() => this.#checkpoint());
  }

  /** Brings the index of a segment that is not written any more up to date and closes its files. */
  retire(segment: Segment): void {
    void this.#enqueue(() => segment.writeIndex()).then(() => segment.close());
  }

  stop(): void {
    this.#stop.abort();
  }

  #enqueue(step: () => Promise<void>): Promise<void> {
    this.#work = this.#work.then(step).catch((error: unknown) => {
      const reason = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
      this.#on.logger.error('a checkpoint of the audit log cannot be written', { reason });
    });
    return this.#work;
  }

  async #checkpoint(): Promise<void> {
    const { tree, segment } = this.#on.writer();
    if (segment === undefined) return;
    this.#tried = tree.size;
    const signer = this.#signer;
    // The next start believes the index up to the checkpoint.
    await segment.writeIndex();
    if (signer === undefined || tree.size === (this.#last?.size ?? 0)) return;
    const time = this.#on.clock.now();
    await segment.addCheckpoint(signCheckpoint({ size: tree.size, root: tree.root() }, time, signer));
    this.#last = { size: tree.size, time };
  }
}
