import { expect, test } from 'vitest';
import type { Sighting } from '../../sighting.ts';
import { KeptFindings } from './kept-findings.ts';

const long = 'x'.repeat(33 * 1024 * 1024);
const position = { line: 1, column: 1, byte: 0 };
const sighting = (path: string): Sighting => ({
  kind: 'sighting',
  detector: 'detector',
  confidence: 'low',
  reasons: [],
  value: new Uint8Array(8),
  layers: [],
  path,
  address: `${path}:1`,
  start: position,
  end: position,
});

function recorded(kept: KeptFindings, paths: readonly string[]): void {
  for (const path of paths) {
    const record = kept.record('blob', path);
    record.add('name', sighting(path));
    record.end();
  }
}

test('of what is too much the rest is left out, and which blobs held something is not', () => {
  const hits = new Map([
    ['few', ['one', 'two']],
    ['many', new Array<string>(4_000_000).fill('one')],
    ['unknown', undefined],
  ]);
  const kept = new KeptFindings();
  recorded(kept, ['a', long, 'b']);
  kept.keepAttribution('state', { introduced: [{ blob: 'few', path: long, commit: 'commit' }], reached: new Set() });
  const again = new KeptFindings(kept.written(hits));
  expect(again.hits).toEqual(
    new Map([
      ['few', ['one', 'two']],
      ['many', undefined],
      ['unknown', undefined],
    ]),
  );
  expect([...'ab'].map((path) => again.sightings('blob', path)?.length)).toEqual([1, 1]);
  expect(again.sightings('blob', long)).toBeUndefined();
  expect(again.attribution('state')).toBeUndefined();
});

test('a line end or half a character in a path changes nothing', () => {
  const path = 'a\nb\u2028\ud800 "c"';
  const kept = new KeptFindings();
  recorded(kept, [path, 'next']);
  const again = new KeptFindings(kept.written(new Map()));
  expect(again.sightings('blob', path)?.[0]?.path).toBe(path);
  expect(again.sightings('blob', 'next')?.[0]?.path).toBe('next');
});

test('there is nothing to write when all stayed as it was', () => {
  const hits = new Map([['blob', ['name']]]);
  const kept = new KeptFindings();
  recorded(kept, ['a', 'b']);
  expect(kept.isChanged(hits)).toBe(true);
  const written = kept.written(hits);
  const same = new KeptFindings(written);
  same.keep('blob', 'a');
  recorded(same, ['b']);
  expect(same.isChanged(hits)).toBe(false);
  const fewer = new KeptFindings(written);
  fewer.keep('blob', 'a');
  expect(fewer.isChanged(hits)).toBe(true);
});

test('what was begun and may be otherwise the next time is not kept', () => {
  const kept = new KeptFindings();
  const record = kept.record('blob', 'a');
  record.add('name', sighting('a'));
  record.spoil();
  record.add('name', sighting('a'));
  record.end();
  expect(new KeptFindings(kept.written(new Map())).sightings('blob', 'a')).toBeUndefined();
});
