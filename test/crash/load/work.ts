import { setTimeout as sleep } from 'node:timers/promises';
import { BrokenPromise, Unavailable } from '../ledger.ts';
import type { Seeded } from '../seeded.ts';
import type { Desk, Load } from './load.ts';

const WORKERS = 6;

export interface Circumstances {
  /** True from the moment on from which nothing need be answered. */
  readonly crashed: () => boolean;
  /** Whether the disk has troubles, so that requests may be refused as unavailable. */
  readonly troubled: boolean;
}

/** Several workers at once until the crash; what breaks because of it is no failure. Gives how many steps were answered. */
export async function workUntil(
  { crashed, troubled }: Circumstances,
  desk: Desk,
  mixture: readonly Load[],
  random: Seeded,
): Promise<number> {
  let answered = 0;
  const work = async (worker: number) => {
    while (!crashed()) {
      try {
        await random.pick(mixture).step(desk, worker, random);
        answered += 1;
      } catch (error) {
        const excused = crashed() || (troubled && error instanceof Unavailable);
        if (!excused || error instanceof BrokenPromise) throw error;
        await sleep(1);
      }
    }
  };
  await Promise.all(Array.from({ length: WORKERS }, (_, worker) => work(worker)));
  return answered;
}
