import { findServices } from '../testing/services.ts';
import { LeaseTrial } from './leases/lease-trial.ts';
import { OutageTrial } from './leases/outage.ts';
import { crashTargets } from './leases/targets.ts';
import { Seeded } from './seeded.ts';

const REPORT_EVERY = 25;

export interface LeaseRun {
  readonly engine: string;
  readonly rounds: number;
  readonly seed: number;
}

const weathers = ['down', 'half-open', 'slow', 'cut'] as const;

export interface OutageRun {
  readonly engine: string;
  readonly seconds: number;
  /** In each manner where none is named. */
  readonly weather: string | undefined;
}

/** The way to a target is bad for so long. @throws what was broken */
export async function runOutages({ engine, seconds, weather: only }: OutageRun): Promise<void> {
  if (only !== undefined && !weathers.some((weather) => weather === only)) throw new Error(`--weather is one of ${weathers}`);
  const start = crashTargets(await findServices())[engine];
  if (start === undefined) throw new Error(`there is no ${engine} on this machine`);
  const targets = [await start(), await start()] as const;
  const trial = await OutageTrial.begin(...targets);
  for (const weather of weathers) {
    if (only === undefined || only === weather) console.log(`${engine}:`, await trial.pass(weather, seconds * 1000));
  }
  await trial.end();
  for (const target of targets) await target.stop();
}

/** So many crashes of a server that issues credentials at a real target. @throws what was broken, with the place of the data */
export async function runLeases({ engine, rounds, seed }: LeaseRun): Promise<void> {
  const start = crashTargets(await findServices())[engine];
  if (start === undefined) throw new Error(`there is no ${engine} on this machine`);
  console.log(`leases of ${engine}: ${rounds} crashes, --seed ${seed}`);
  const began = performance.now();
  const target = await start();
  let trial: LeaseTrial | undefined;
  try {
    trial = await LeaseTrial.begin(target, new Seeded(seed));
    for (let round = 1; round <= rounds; round++) {
      await trial.round().catch((error: unknown) => {
        throw new Error(`round ${round}: ${error}`, { cause: error });
      });
      if (round % REPORT_EVERY === 0 || round === rounds)
        console.log(`${new Date().toISOString()} ${round} crashes: ${told(trial)}`);
    }
    const cleared = await trial.end({ patient: true });
    report(trial, cleared);
    console.log(`done in ${Math.round((performance.now() - began) / 1000)} s`);
  } catch (error) {
    console.error(`--seed ${seed}, data kept in ${trial?.dataDirectory}`);
    throw error;
  } finally {
    await target.stop();
  }
}

function told({ book, watch, truth }: LeaseTrial): string {
  const { issued, renewed, revoked, passwords } = book;
  const slowest = `slowest clean-up ${(watch.slowest / 1000).toFixed(1)} s, slowest answer after a start ${(truth.slowestPassword / 1000).toFixed(1)} s`;
  return `${issued} issued, ${renewed} renewed, ${revoked} revoked, ${passwords} passwords changed; ${slowest}`;
}

/** Whatever is not 0 has thrown before. */
function report(trial: LeaseTrial, cleared: number): void {
  console.log(told(trial));
  for (const [point, kills] of [...trial.kills].sort()) console.log(`  ${String(kills).padStart(4)} kills: ${point}`);
  for (const [said, times] of [...trial.book.refusals].sort()) console.log(`  ${String(times).padStart(4)} refusals: ${said}`);
  console.log(`orphans 0, leases lost 0, credentials that outlived their lease 0, static passwords lost 0`);
  console.log(`everything that was left was taken back within ${(cleared / 1000).toFixed(1)} s`);
}
