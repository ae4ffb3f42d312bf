import { setTimeout as sleep } from 'node:timers/promises';

export interface Loop {
  readonly clients: number;
  readonly seconds: number;
  readonly pauseMs?: number;
}

/** So many at once, each beginning anew when it is done, or after a pause. Milliseconds of each. @throws Error when one fails */
export async function loop({ clients, seconds, pauseMs = 0 }: Loop, work: (client: number) => Promise<void>) {
  const took: number[] = [];
  const began = performance.now();
  const end = began + seconds * 1000;
  const one = async (client: number) => {
    while (performance.now() < end) {
      const start = performance.now();
      await work(client);
      took.push(performance.now() - start);
      if (pauseMs > 0) await sleep(pauseMs * (0.5 + Math.random()));
    }
  };
  await Promise.all(Array.from({ length: clients }, (_, client) => one(client)));
  const rate = took.length / ((performance.now() - began) / 1000);
  return { rate, p50: percentile(took, 0.5), p99: percentile(took, 0.99) };
}

/** Of values in any order. */
export function percentile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
}
