import { Worker } from 'node:worker_threads';
import { catalogue } from './catalogue.ts';
import type { Progress, ScanEvent } from './sighting.ts';
import type { ScanContext } from './source.ts';

/**
 * Work that any number of threads do together: each of them takes shares by number until there are none left. The function runs
 * in this thread as well as in workers, where it is known by its name (`worker-tasks.ts`); `input` and what comes out are plain data.
 */
export interface Task<Input, Output = ScanEvent> {
  readonly name: string;
  readonly input: Input;
  run(input: Input, context: ScanContext, nextShare: () => number): AsyncIterable<Output>;
}

/** What a worker is started with. */
export interface WorkerStart {
  readonly task: string;
  readonly input: unknown;
  /** Ids. */
  readonly detectors: readonly string[];
  readonly shares: SharedArrayBuffer;
  /** Where in `shares` it says that it has begun. */
  readonly cell: number;
}

/** What a worker posts; nothing after `done`. */
export interface WorkerMessage {
  readonly events: readonly unknown[];
  /** What has been counted since the message before. */
  readonly counted: Pick<Progress, 'files' | 'bytes' | 'known'>;
  readonly done: boolean;
}

const NEXT = 0;
const STOPPED = 1;
const WORKERS = 2;

/** Numbers from 0 on, each of them given to one thread only; past all shares once everything is to stop. */
export function nextShareOf(shares: Int32Array): () => number {
  return () => (Atomics.load(shares, STOPPED) === 1 ? Number.MAX_SAFE_INTEGER : Atomics.add(shares, NEXT, 1));
}

/**
 * Runs a task in this thread and in `threads - 1` others. Events come in no particular order. Detectors that are not in the
 * catalogue cannot be sent to another thread: then this one works alone. @throws what went wrong in a worker
 */
export async function* inThreads<Input, Output = ScanEvent>(
  task: Task<Input, Output>,
  context: ScanContext,
  threads: number,
): AsyncGenerator<Output> {
  const { detectors } = context.scanner;
  const others = detectors.every((detector) => catalogue.includes(detector)) ? threads - 1 : 0;
  const buffer = new SharedArrayBuffer((WORKERS + Math.max(0, others)) * Int32Array.BYTES_PER_ELEMENT);
  const shares = new Int32Array(buffer);
  const ids = detectors.map(({ id }) => id);
  const workers: RunningWorker<Output>[] = [];
  const stop = (): void => void Atomics.store(shares, STOPPED, 1);
  context.signal?.addEventListener('abort', stop, { once: true });
  try {
    for (let cell = WORKERS; cell < shares.length; cell += 1)
      workers.push(
        new RunningWorker({ task: task.name, input: task.input, detectors: ids, shares: buffer, cell }, context.progress),
      );
    for await (const event of task.run(task.input, context, nextShareOf(shares))) {
      yield event;
      for (const worker of workers) yield* worker.take();
    }
    stop();
    for (const [at, worker] of workers.entries()) {
      // One that is still starting has nothing to tell.
      while (Atomics.load(shares, WORKERS + at) === 1 && (await worker.more())) yield* worker.take();
      yield* worker.take();
    }
  } finally {
    stop();
    context.signal?.removeEventListener('abort', stop);
    await Promise.all(workers.map((worker) => worker.end()));
  }
}

class RunningWorker<Output> {
  readonly #worker: Worker;
  #events: Output[] = [];
  #done = false;
  #fault: unknown;
  #wake: () => void = () => {};

  constructor(start: WorkerStart, progress: Progress) {
    this.#worker = new Worker(entry(), { workerData: start });
    this.#worker.on('message', ({ events, counted, done }: WorkerMessage) => {
      this.#events.push(...(events as readonly Output[]));
      progress.files += counted.files;
      progress.bytes += counted.bytes;
      progress.known += counted.known;
      this.#done ||= done;
      this.#wake();
    });
    const over = (fault?: unknown): void => {
      this.#fault ??= fault;
      this.#done = true;
      this.#wake();
    };
    this.#worker.on('error', over);
    this.#worker.on('exit', () => over(this.#done ? undefined : new Error('a scanning thread ended before its work was done')));
  }

  /** What has arrived. */
  take(): Output[] {
    if (this.#fault !== undefined) throw this.#fault;
    const events = this.#events;
    this.#events = [];
    return events;
  }

  /** Waits for the next message; false when there will be none. */
  async more(): Promise<boolean> {
    if (this.#events.length > 0) return true;
    if (this.#done) return false;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    return true;
  }

  end(): Promise<unknown> {
    this.#done = true;
    return this.#worker.terminate();
  }
}

/** The worker's own module: among the sources, or in the bundle, where we are an entry or a chunk in a folder below. */
function entry(): URL {
  const { url } = import.meta;
  if (url.endsWith('.ts')) return new URL('./worker.ts', url);
  return new URL(url.includes('/chunks/') ? '../scan-worker.js' : './scan-worker.js', url);
}
