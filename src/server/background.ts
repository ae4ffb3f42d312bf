import type { Clock, Logger } from '../foundation/ports.ts';

export interface RecurringTask {
  readonly name: string;
  readonly everyMs: number;
  run(): Promise<void>;
}

/** Runs tasks again and again until closed, one run of each at a time; a failure is logged and tried again next time. */
export class Background {
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #stop = new AbortController();
  readonly #loops: Promise<void>[];

  constructor(clock: Clock, logger: Logger, tasks: readonly RecurringTask[]) {
    this.#clock = clock;
    this.#logger = logger;
    this.#loops = tasks.map((task) => this.#repeat(task));
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await Promise.all(this.#loops);
  }

  async #repeat({ name, everyMs, run }: RecurringTask): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      try {
        await this.#clock.sleep(everyMs, signal);
        await run();
      } catch (error) {
        if (!signal.aborted) this.#logger.warn('a background task failed', { task: name, cause: causeOf(error) });
      }
    }
  }
}

function causeOf(error: unknown): string {
  return error instanceof Error ? ('code' in error ? String(error.code) : error.name) : 'unknown';
}
