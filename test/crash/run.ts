import { parseArgs } from 'node:util';
import { runLeases, runOutages } from './leases.ts';
import { Seeded } from './seeded.ts';
import { Trial } from './trial.ts';

/** A store's log is verified as a whole in each life, so it is followed by a new one after so many. */
const LIVES_PER_STORE = 25;

/**
 * `npm run crash -- --rounds N --seed N`: so many crashes, and the same choices for the same seed. With `leases --engine KIND`, of a
 * server that issues credentials; `outages --engine KIND --seconds N --weather down` has its target out of reach instead.
 */
async function run(rounds: number, seed: number): Promise<void> {
  console.log(`${rounds} crashes, --seed ${seed}`);
  const began = performance.now();
  const random = new Seeded(seed);
  let trial: Trial | undefined;
  const totals = { requests: 0, events: 0 };
  const finish = async (ending: Trial) => {
    await ending.end();
    totals.requests += ending.answered;
    totals.events += ending.events;
  };
  for (let round = 1; round <= rounds; round++) {
    const first = trial === undefined;
    trial ??= await Trial.begin(random);
    try {
      if (first || random.next() < 0.3) await trial.killedStart();
      else await trial.life();
      if (round % LIVES_PER_STORE === 0 || round === rounds) {
        await finish(trial);
        trial = undefined;
        console.log(`${round} crashes, ${totals.requests} requests, ${totals.events} events: every promise was kept`);
      }
    } catch (error) {
      console.error(`round ${round} of --seed ${seed}, data kept in ${trial?.dataDirectory}`);
      throw error;
    }
  }
  console.log(`done in ${Math.round((performance.now() - began) / 1000)} s`);
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '500' },
    seed: { type: 'string' },
    engine: { type: 'string', default: 'postgresql' },
    seconds: { type: 'string', default: '90' },
    weather: { type: 'string' },
  },
});
const rounds = Number(values.rounds);
const seed = values.seed === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(values.seed);
if (positionals[0] === 'leases') await runLeases({ engine: values.engine, rounds, seed });
else if (positionals[0] === 'outages') {
  await runOutages({ engine: values.engine, seconds: Number(values.seconds), weather: values.weather });
} else await run(rounds, seed);
