import { expect, test } from 'vitest';
import { Seeded } from './seeded.ts';
import { Trial } from './trial.ts';

const ROUNDS = 20;
const FIRST_STARTS = 4;

test('what was acknowledged before a kill is there after it, in the store and in the log', { timeout: 300_000 }, async () => {
  const trial = await Trial.begin(new Seeded(20_260_101));
  for (let round = 0; round < ROUNDS; round++) {
    if (round % 4 === 3) await trial.killedStart();
    else await trial.life();
  }
  await trial.end();
  expect(trial.answered).toBeGreaterThan(ROUNDS);
});

test('a first start that was killed is followed by one that makes a whole store', { timeout: 120_000 }, async () => {
  const random = new Seeded(1);
  for (let i = 0; i < FIRST_STARTS; i++) {
    const trial = await Trial.begin(random);
    await trial.killedStart();
    await trial.end();
  }
});
