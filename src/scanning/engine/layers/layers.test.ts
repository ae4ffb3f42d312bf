import fc from 'fast-check';
import { expect, test } from 'vitest';
import { github } from '../../detectors/github.ts';
import { Maker } from '../../detectors/maker.ts';
import { slowPath } from '../slow-path.ts';
import { base64 } from './base64.ts';
import { hex } from './hex.ts';
import { jsonString } from './json-string.ts';
import { percent } from './percent.ts';
import { longRuns } from './runs.ts';

const detectors = github.slice(0, 1);
const secret = (): string => {
  const example = detectors[0]?.examples(new Maker('layers')).positive[0];
  if (example === undefined) throw new Error('the detector has no example');
  return example.value;
};
const found = (text: string) =>
  slowPath(detectors, Buffer.from(text, 'latin1'), { path: 'a' }).map(({ start, end, layers, value }) => ({
    said: text.slice(start, end),
    layers,
    value: value.toString('latin1'),
  }));
const settings = (value: string): string => `[service]\nname = the first of them\ntoken = "${value}"\n`;
const base64Of = (text: string): string => Buffer.from(text, 'latin1').toString('base64');

test('a secret inside base64 is reported with the encoded text that holds it', () => {
  const value = secret();
  const encoded = base64Of(settings(value));
  const [hit, ...others] = found(`data:\n  settings: ${encoded}\n`);
  expect(others).toEqual([]);
  expect(hit).toMatchObject({ layers: ['base64'], value });
  expect(encoded).toContain(hit?.said);
  expect(hit?.said.length).toBeLessThan(value.length * 1.4 + 4);
});

test('several secrets in one stretch are several hits', () => {
  const value = secret();
  expect(found(base64Of(`a: ${value}\n${settings(value)}`))).toHaveLength(2);
});

test.for([64, 76])('base64 in lines of %i is one stretch, with indents and either line end', (width) => {
  const value = secret();
  const lines = base64Of(settings(value).repeat(3)).match(new RegExp(`.{1,${width}}`, 'g')) ?? [];
  for (const separator of ['\n', '\r\n', '\n    '])
    expect(found(lines.join(separator)).map((hit) => [hit.layers, hit.value])).toEqual(Array(3).fill([['base64'], value]));
});

test('the URL-safe alphabet is base64 too', () => {
  const value = secret();
  const text = Buffer.from(`??>>~~${settings(value)}`, 'latin1').toString('base64url');
  expect(text).toMatch(/[_-]/);
  expect(found(text)).toMatchObject([{ layers: ['base64'], value }]);
});

test('hexadecimal, percent and JSON escapes are undone', () => {
  const value = secret();
  const asHex = Buffer.from(settings(value)).toString('hex');
  expect(found(`0x${asHex};`)).toMatchObject([{ layers: ['hex'], value, said: Buffer.from(value).toString('hex') }]);
  const hidden = value.replace('_', '%5F').replace('g', '%67');
  expect(found(`https://example.com/?token=${hidden}&a=1`)).toMatchObject([{ layers: ['percent'], value, said: hidden }]);
  const escaped = value.replace('_', '\\u005f').replace('g', '\\u0067');
  expect(found(`{"a": "b", "token": "${escaped}"}`)).toMatchObject([{ layers: ['json'], value, said: escaped }]);
});

test('layers inside layers are undone down to the third', () => {
  const value = secret();
  let text = settings(value);
  const expected: string[] = [];
  for (let depth = 1; depth <= 4; depth += 1) {
    text = base64Of(text);
    expected.push('base64');
    const hits = found(text);
    expect(hits.map(({ layers }) => layers)).toEqual(depth <= 3 ? [expected] : []);
  }
});

test('what is visible in the text itself is reported once and without layers', () => {
  const value = secret();
  expect(found(JSON.stringify({ source: settings(value) }))).toEqual([{ said: value, layers: [], value }]);
});

test('two stretches do not make a secret together', () => {
  const value = secret();
  const halves = [value.slice(0, 20), value.slice(20)].map((half) => base64Of(`some text before ${half}`));
  expect(found(halves.join('\n\n'))).toEqual([]);
});

test('keys, digests and pictures stay undecoded', () => {
  const make = new Maker('random');
  for (let round = 0; round < 200; round += 1) {
    const bytes = Buffer.from(`${make.bytes(300).toString('base64')} ${make.chars('hex', 64)} ${make.chars('base64url', 200)}`);
    const runs = longRuns(bytes);
    expect(base64.find(bytes, runs)).toEqual([]);
    expect(hex.find(bytes, runs)).toEqual([]);
  }
});

test('decoding never runs past its region and locating stays inside it', () => {
  const pieces = fc.constantFrom(
    '%41',
    '%',
    '%4',
    '\\u0041',
    '\\u20ac',
    '\\ud83d',
    '\\n',
    '\\"',
    '\\/',
    '\\',
    '"',
    'QUJD',
    '414243',
    ' ',
    '\n',
    'x',
  );
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 120 }), (parts) => {
      const bytes = Buffer.from(parts.join(''));
      const runs = longRuns(bytes);
      for (const layer of [base64, hex, percent, jsonString]) {
        let done = 0;
        for (const region of layer.find(bytes, runs)) {
          expect(region.start).toBeGreaterThanOrEqual(done);
          expect(region.end).toBeLessThanOrEqual(bytes.length);
          done = region.end;
          const target = new Uint8Array(region.end - region.start + 8).fill(7);
          const length = layer.decode(bytes, region, target, 4);
          expect(length).toBeLessThanOrEqual(region.end - region.start);
          expect([...target.subarray(4 + length)]).toEqual(Array(target.length - 4 - length).fill(7));
          for (let at = 0; at < length; at += 1) {
            const place = layer.locate(bytes, region, at, at + 1, length);
            expect(place.start).toBeGreaterThanOrEqual(region.start);
            expect(place.end).toBeGreaterThan(place.start);
            expect(place.end).toBeLessThanOrEqual(region.end);
          }
        }
      }
    }),
    { numRuns: 300 },
  );
});

test('long runs are those that a look at every byte finds', () => {
  const parts = fc.constantFrom('a', '1', 'Zz9', ' ', '=', '\n', 'abcdefghijklmnopqrstuvwxyz', '0123456789abcdef0123456789');
  fc.assert(
    fc.property(fc.array(parts, { maxLength: 60 }), (all) => {
      const text = all.join('');
      const expected = [...text.matchAll(/[A-Za-z0-9+/_-]{24,}/g)]
        .filter(([run]) => /[0-9]/.test(run) && /[A-Za-z]/.test(run))
        .flatMap(({ 0: run, index }) => [index, index + run.length]);
      expect(longRuns(Buffer.from(text))).toEqual(expected);
    }),
  );
});
