import { expect, it } from 'vitest';
import { coverageTable } from './coverage.ts';
import { drivenBy } from './driven-by.ts';
import { routeFamilies } from './routes/index.ts';

it('claims no endpoint that no client was driven through', () => {
  const operations = routeFamilies.flatMap(({ routes }) => routes.map(({ operation }) => operation as string));
  expect(operations.filter((operation) => !Object.hasOwn(drivenBy, operation))).toEqual([]);
});

it('names the clients of each row', () => {
  expect(coverageTable()).toContain('GET | `:mount/data/*path` | `kv.read` | yes | curl, hashi-vault-js, hvac, node-vault, go |');
});
