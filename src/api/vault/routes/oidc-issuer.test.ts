import { expect, test } from 'vitest';
import { routeFamilies } from './index.ts';

test('only the server itself maintains signing keys: no request can ask for it', () => {
  const operations: readonly string[] = routeFamilies.flatMap(({ routes }) => routes.map(({ operation }) => operation));
  expect(operations).toContain('issuer.keys.rotate');
  expect(operations).not.toContain('issuer.keys.maintain');
});
