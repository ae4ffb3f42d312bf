import { expect, test } from 'vitest';
import { Seeded } from './seeded.ts';
import { Trial } from './trial.ts';

const ROUNDS = 20;

test('what was acknowledged before a kill is there after it, in the store and in the log', { timeout: 300_000 }, async () => {
  const trial = await Trial.begin(new Seeded(20_260_101));
  for (let round = 0; round < ROUNDS; round++) {
    if (round % 5 === 0) await trial.killedStart();
    else await trial.life();
  }
  await trial.end();
  expect(trial.answered).toBeGreaterThan(ROUNDS);
});
