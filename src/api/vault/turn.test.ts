import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { Turn } from './turn.ts';

it('lets whoever asks in one turn go on step by step, in the order of asking', async () => {
  const turn = new Turn();
  const steps: string[] = [];
  const walk = async (name: string) => {
    await turn.next();
    steps.push(`${name}1`);
    await undefined;
    steps.push(`${name}2`);
  };
  await Promise.all([walk('a'), walk('b'), nextTurn().then(() => walk('c'))]);
  expect(steps).toEqual(['a1', 'b1', 'a2', 'b2', 'c1', 'c2']);
});
