import { expect, test } from 'vitest';
import { catalogue } from '../catalogue.ts';
import type { Detector } from '../detector.ts';
import { Maker } from '../detectors/maker.ts';
import { Scanner } from './scanner.ts';
import { slowPath } from './slow-path.ts';

const setting = { path: 'settings.txt' };
const make = new Maker('generic-matches');
const some = catalogue.filter(({ kind }, index) => kind === 'generic' || index % 24 === 0);
const scanner = new Scanner(some);

test('a scan finds what the slow path does, with generic detectors beside others', () => {
  for (const detector of some) {
    const text = Buffer.from(
      detector
        .examples(make)
        .positive.map((example) => example.text)
        .join('\n'),
      'latin1',
    );
    expect(scanner.scan(text, setting)).toEqual(slowPath(some, text, setting));
  }
});

const acme = { provider: 'Acme', title: 'Key', family: 'generic', search: 'anywhere', reach: 60, confidence: 'medium' } as const;
const rest = { source: 'this test', examples: () => ({ positive: [], negative: [] }) };

/** A scanner of two detectors that find the same, and the values that the generic one of them was asked about. */
function pair() {
  const judged: string[] = [];
  const generic: Detector = {
    ...acme,
    ...rest,
    id: 'any-key',
    kind: 'generic',
    anchors: ['_key'],
    pattern: /_key = "(?<value>\w{20,40})"/,
    check(value) {
      judged.push(value);
      return undefined;
    },
  };
  const own: Detector = {
    ...acme,
    ...rest,
    id: 'acme-key',
    kind: 'contextual',
    anchors: ['acme'],
    pattern: /acme_key = "(?<value>\w{20,40})"/,
  };
  return { judged, scanner: new Scanner([generic, own]) };
}

test('where somebody’s credential stands, a generic match is not judged', () => {
  const { judged, scanner: both } = pair();
  const [first, second] = [make.chars('base62', 32), make.chars('base62', 32)];
  const hits = both.scan(Buffer.from(`acme_key = "${first}"\napi_key = "${second}"\n`), setting);
  expect(hits.map(({ detector, value }) => [detector.id, value.toString()])).toEqual([
    ['acme-key', first],
    ['any-key', second],
  ]);
  expect(judged).toEqual([second]);
});

test('a credential that is none leaves its place to the generic match', () => {
  const { judged, scanner: both } = pair();
  const value = make.chars('base62', 32);
  // The name of another owner: only the generic pattern matches.
  expect(both.scan(Buffer.from(`acme_x_key = "${value}"`), setting).map(({ detector }) => detector.id)).toEqual(['any-key']);
  expect(judged).toEqual([value]);
});
