import { sweepShares } from './sources/git/sweep-shares.ts';
import { scanShares } from './sources/scan-files.ts';
import type { Task } from './workers.ts';

/** What a worker can be asked to do, by the names that sources use. */
export const workerTasks: Readonly<Record<string, Task<never, unknown>['run']>> = {
  files: scanShares,
  history: sweepShares,
};
