import { BrokenPromise } from '../ledger.ts';
import type { Seeded } from '../seeded.ts';
import type { Desk, Load } from './load.ts';

const WORKERS = 6;

/** Several workers at once until the crash; what breaks because of it is no failure. Gives how many steps were answered. */
export async function workUntil(crashed: () => boolean, desk: Desk, mixture: readonly Load[], random: Seeded): Promise<number> {
  let answered = 0;
  const work = async (worker: number) => {
    while (!crashed()) {
      try {
        await random.pick(mixture).step(desk, worker, random);
        answered += 1;
      } catch (error) {
        if (!crashed() || error instanceof BrokenPromise) throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: WORKERS }, (_, worker) => work(worker)));
  return answered;
}
