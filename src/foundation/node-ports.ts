import { randomBytes, randomFillSync } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Clock, Random } from './ports.ts';

export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: async (ms, signal) => {
    await delay(ms, undefined, signal === undefined ? { ref: false } : { ref: false, signal });
  },
};

const POOL_BYTES = 4096;
/** Keys are longer: they come from the generator alone. */
const LONGEST_POOLED = 16;

/** Asks the generator for many bytes at once, since each call costs more than the bytes; given out once, then zeroed here. */
class PooledRandom implements Random {
  readonly #pool = Buffer.alloc(POOL_BYTES);
  #next = POOL_BYTES;

  bytes(count: number): Buffer {
    if (count > LONGEST_POOLED) return randomBytes(count);
    if (this.#next + count > POOL_BYTES) {
      randomFillSync(this.#pool);
      this.#next = 0;
    }
    const slice = this.#pool.subarray(this.#next, this.#next + count);
    this.#next += count;
    const bytes = Buffer.from(slice);
    slice.fill(0);
    return bytes;
  }
}

export const systemRandom: Random = new PooledRandom();
