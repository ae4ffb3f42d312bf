import { expect, test } from 'vitest';
import { offeredOperations } from '../../scripts/reference/operations.ts';
import { isTest, sourceFiles } from './sources.ts';
import { declaredOperations } from './syntax.ts';

test('what the server offers is what the rooms declare, each of it once', async () => {
  const product = sourceFiles('src/**/*.ts').filter(({ path }) => !isTest(path));
  const declared = product.flatMap(declaredOperations).sort();
  const offered = (await offeredOperations()).map(({ name }) => String(name)).sort();
  expect(new Set(declared).size).toBe(declared.length);
  expect(offered).toEqual(declared);
});
