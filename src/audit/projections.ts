import { WatchwordError } from '../foundation/errors.ts';
import type { Clock, Logger } from '../foundation/ports.ts';
import type { AuditEvent, Projection } from './contract.ts';

export interface ProjectionSource {
  readonly size: number;
  /** Durable events from an index on, at most so many at a time, up to those that were durable when the reading began. */
  batches(from: number, most: number, concerns?: string): AsyncIterable<readonly (AuditEvent | undefined)[]>;
}

const BATCH = 128;
/** After new events, wait this long for more: fewer, larger changes. */
const GATHER_MS = 250;
/** After each batch, rest so many times as long as it took: requests go first, and a projection may fall behind them. */
const REST = 9;
const FIRST_RETRY_MS = 100;
const LAST_RETRY_MS = 30_000;

interface Drain {
  readonly size: number;
  resolve(): void;
  reject(error: unknown): void;
}

/** Feeds one projection in the background. Its failure concerns nobody else: it is tried again, later and later. */
export class ProjectionRunner {
  readonly #projection: Projection;
  readonly #source: ProjectionSource;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #stop = new AbortController();
  readonly #done: Promise<void>;
  #drains: Drain[] = [];
  #wake = Promise.withResolvers<void>();
  #hurry = Promise.withResolvers<void>();

  constructor(projection: Projection, source: ProjectionSource, ports: { readonly clock: Clock; readonly logger: Logger }) {
    this.#projection = projection;
    this.#source = source;
    this.#clock = ports.clock;
    this.#logger = ports.logger;
    this.#done = this.#run();
  }

  /** There are new durable events. */
  wake(): void {
    this.#wake.resolve();
  }

  /** Resolves once every event that is durable now was taken; rejects when the projection fails or stops meanwhile. */
  drain(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#drains.push({ size: this.#source.size, resolve, reject });
      this.#wake.resolve();
      this.#hurry.resolve();
    });
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    this.#wake.resolve();
    this.#hurry.resolve();
    await this.#done;
  }

  async #run(): Promise<void> {
    let cursor: number | undefined;
    let failures = 0;
    while (!this.#stop.signal.aborted) {
      try {
        cursor = await this.#feed(cursor ?? (await this.#projection.cursor()));
        failures = 0;
        await this.#caughtUp(cursor);
      } catch (error) {
        // Whether its change was kept is for the projection to say.
        cursor = undefined;
        failures += 1;
        this.#logger.warn('a projection of the audit log failed', { projection: this.#projection.name, failures });
        this.#settleDrains((drain) => drain.reject(error));
        await this.#pause(Math.min(FIRST_RETRY_MS * 2 ** (failures - 1), LAST_RETRY_MS));
      }
    }
    this.#settleDrains((drain) => drain.reject(new WatchwordError('audit.unavailable', 'the log is closed')));
  }

  /** Hands over what is durable; gives the index of the next event. */
  async #feed(from: number): Promise<number> {
    if (from > this.#source.size) {
      throw new WatchwordError('audit.tampered', `the log ends before event ${from}, which was read from it once`);
    }
    let first = from;
    let began = performance.now();
    for await (const events of this.#source.batches(from, BATCH, this.#projection.concerns)) {
      await this.#projection.take(first, events);
      first += events.length;
      if (this.#stop.signal.aborted) break;
      if (this.#drains.length === 0) await this.#pause((performance.now() - began) * REST);
      began = performance.now();
    }
    return first;
  }

  /** Waits until there is more. */
  async #caughtUp(cursor: number): Promise<void> {
    const reached = this.#drains.filter((drain) => drain.size <= cursor);
    this.#drains = this.#drains.filter((drain) => drain.size > cursor);
    for (const drain of reached) drain.resolve();
    if (cursor < this.#source.size || this.#drains.length > 0) return;
    await this.#wake.promise;
    this.#wake = Promise.withResolvers();
    await this.#pause(GATHER_MS);
  }

  async #pause(ms: number): Promise<void> {
    const slept = this.#clock.sleep(ms, this.#stop.signal).catch(() => {});
    await Promise.race([slept, this.#hurry.promise]);
    this.#hurry = Promise.withResolvers();
  }

  #settleDrains(settle: (drain: Drain) => void): void {
    const drains = this.#drains;
    this.#drains = [];
    for (const drain of drains) settle(drain);
  }
}
