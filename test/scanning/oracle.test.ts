import { expect, test } from 'vitest';
import { catalogue } from '../../src/scanning/catalogue.ts';
import { holdExamples, holdTrees } from './oracle.ts';

test('the fast path loses and invents nothing among the examples of every detector', { timeout: 180_000 }, () => {
  const { hits, lost, invented } = holdExamples(['oracle']);
  expect({ lost, invented }).toEqual({ lost: [], invented: [] });
  expect(hits).toBeGreaterThan(5 * catalogue.length);
});

test('the fast path loses and invents nothing in real source trees', { timeout: 180_000 }, () => {
  const { bytes, lost, invented } = holdTrees(1.5e6);
  expect({ lost, invented }).toEqual({ lost: [], invented: [] });
  expect(bytes).toBeGreaterThan(1e6);
});
