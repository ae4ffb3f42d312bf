import { expect, test } from 'vitest';
import { catalogue } from '../src/scanning/catalogue.ts';
import { Maker } from '../src/scanning/detectors/maker.ts';
import { preparedFor } from '../src/scanning/engine/prepared-tables.ts';
import { Scanner } from '../src/scanning/engine/scanner.ts';
import { openPreparedCatalogue } from '../src/scanning/prepared-catalogue.ts';
import { prepareCatalogue } from './prepared-catalogue.ts';

const { prepared, loadModule } = await prepareCatalogue();
// As it comes out of the bundle.
const opened = openPreparedCatalogue(JSON.parse(JSON.stringify(prepared)), loadModule);

test('every detector of the published catalogue says what its module says', () => {
  expect(opened.map(({ id }) => id)).toEqual(catalogue.map(({ id }) => id));
  for (const [index, detector] of catalogue.entries()) {
    const { lead = 0, pattern, provider, title, family, kind, search, anchors, reach, confidence, source } = detector;
    const said = {
      lead,
      pattern: { source: pattern.source, flags: pattern.flags },
      provider,
      title,
      family,
      kind,
      search,
      anchors,
      reach,
      confidence,
      source,
    };
    expect(opened[index]).toMatchObject(said);
    expect(opened[index]?.guards ?? {}).toEqual(detector.guards ?? {});
    expect(opened[index]?.inside).toEqual(detector.inside);
  }
});

test('no module of a detector is run to find nothing', () => {
  const loaded: number[] = [];
  const watched = openPreparedCatalogue(prepared, (module) => {
    loaded.push(module);
    return loadModule(module);
  });
  expect(new Scanner(watched).scan(Buffer.from('nothing = "to be found"\n'), { path: 'a.txt' })).toEqual([]);
  expect(loaded).toEqual([]);
});

test('with the tables that were prepared the same is found as with those that are computed', () => {
  expect(preparedFor(opened)).toBeDefined();
  expect(preparedFor([...opened])).toBeUndefined();
  const [fast, computed] = [new Scanner(opened), new Scanner(catalogue)];
  const told = (scanner: Scanner, text: string) =>
    scanner
      .scan(Buffer.from(text, 'latin1'), { path: 'a.txt' })
      .map(({ detector, start, end, confidence, reasons }) => ({ id: detector.id, start, end, confidence, reasons }));
  for (const detector of catalogue) {
    const { positive, negative } = detector.examples(new Maker(`prepared/${detector.id}`));
    const text = [...positive.slice(0, 2).map((example) => example.text), ...negative.slice(0, 3)].join('\n');
    expect(told(fast, text)).toEqual(told(computed, text));
  }
});
