import { parentPort, workerData } from 'node:worker_threads';
import { catalogue } from './catalogue.ts';
import { Scanner } from './engine/scanner.ts';
import * as formats from './formats/index.ts';
import { newProgress, type ScanEvent } from './sighting.ts';
import { Unfolder } from './unfolder.ts';
import { workerTasks } from './worker-tasks.ts';
import { nextShareOf, type WorkerMessage, type WorkerStart } from './workers.ts';

/** Milliseconds between two messages. */
const OFTEN = 50;

/** The module that a scanning thread starts with. It does its task and ends. */
async function work({ task, input, detectors, shares, cell }: WorkerStart): Promise<void> {
  const run = workerTasks[task];
  if (run === undefined) throw new Error(`no such task: ${task}`);
  const wanted = new Set(detectors);
  const progress = newProgress();
  // For the very list the scanner's tables are at hand.
  const scanner = new Scanner(wanted.size === catalogue.length ? catalogue : catalogue.filter(({ id }) => wanted.has(id)));
  const unfolder = new Unfolder(scanner, Object.values(formats), progress);
  const cells = new Int32Array(shares);
  Atomics.store(cells, cell, 1);
  let events: unknown[] = [];
  let last = performance.now();
  const post = (done: boolean): void => {
    const { files, bytes, known } = progress;
    Object.assign(progress, newProgress());
    parentPort?.postMessage({ events, counted: { files, bytes, known }, done } satisfies WorkerMessage);
    // A copy has gone out; ours is not to lie about.
    for (const event of events as ScanEvent[]) if (event.kind === 'sighting') event.value.fill(0);
    events = [];
    last = performance.now();
  };
  const nextShare = nextShareOf(cells);
  const sharesWithNews = (): number => {
    if (performance.now() - last > OFTEN) post(false);
    return nextShare();
  };
  for await (const event of run(input as never, { scanner, unfolder, progress }, sharesWithNews)) events.push(event);
  post(true);
}

await work(workerData as WorkerStart);
