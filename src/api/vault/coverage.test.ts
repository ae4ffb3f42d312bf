import { expect, it } from 'vitest';
import { coverageTable } from './coverage.ts';
import { routeFamilies } from './routes/index.ts';

it('the coverage table has a row for every route, and none twice', () => {
  const rows = coverageTable()
    .split('\n')
    .filter((line) => line.includes(' | yes |'));
  expect(rows.length).toBe(routeFamilies.reduce((count, { routes }) => count + routes.length, 0));
  expect(new Set(rows).size).toBe(rows.length);
});

it('what is not there yet is not answered either', () => {
  const missing = coverageTable()
    .split('\n')
    .filter((line) => line.endsWith(' | not yet'));
  expect(missing.length).toBeGreaterThan(10);
  const answered = new Set(routeFamilies.flatMap(({ at, routes }) => routes.map(({ pattern }) => at + pattern)));
  for (const row of missing) for (const path of answered) expect(row).not.toContain(` ${path}\``);
});
