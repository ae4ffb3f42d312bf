import { expect, test } from 'vitest';
import { catalogue } from '../../src/scanning/catalogue.ts';
import { Maker } from '../../src/scanning/detectors/maker.ts';
import { isInvented, isPlaceholder } from '../../src/scanning/precision/placeholder.ts';
import { measure } from './quality/measure.ts';
import { bars, EXACT_BAR, SILENT_BAR, silentTotal } from './quality/page.ts';

const quality = measure('held in the test', 4, 6);

test.for(Object.entries(bars))('of class %s at least %s is found, and exactly', ([group, bar]) => {
  const { samples, found, exact } = quality.positives.get(group) ?? { samples: 0, found: 0, exact: 0 };
  expect(samples).toBeGreaterThan(30);
  expect(
    found / samples,
    JSON.stringify(quality.missed.filter((sample) => sample.group === group).slice(0, 5)),
  ).toBeGreaterThanOrEqual(bar);
  expect(
    exact / found,
    JSON.stringify(quality.inexact.filter((sample) => sample.group === group).slice(0, 5)),
  ).toBeGreaterThanOrEqual(EXACT_BAR);
});

test('hardly any text without a secret is flagged', () => {
  const { samples, flagged } = silentTotal(quality);
  expect(samples).toBeGreaterThan(1000);
  expect(flagged / samples, JSON.stringify(quality.flagged.slice(0, 10))).toBeLessThanOrEqual(SILENT_BAR);
});

test('a value made by chance is hardly ever taken for an invented one, whatever its shape', () => {
  const make = new Maker('chance');
  let samples = 0;
  const silenced: string[] = [];
  for (const { id, kind, family, examples } of catalogue) {
    if (kind === 'generic' || family === 'connection-strings' || family === 'configuration-files') continue;
    for (let round = 0; round < 20; round += 1) {
      for (const { value } of examples(make).positive) {
        samples += 1;
        if (kind === 'structured' ? isInvented(value) : isPlaceholder(value)) silenced.push(id);
      }
    }
  }
  expect(samples).toBeGreaterThan(10_000);
  expect(silenced.length / samples, silenced.join(' ')).toBeLessThan(0.0005);
});
