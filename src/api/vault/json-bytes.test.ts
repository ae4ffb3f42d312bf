import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Secret } from '../../foundation/secret.ts';
import { JsonBytes } from './json-bytes.ts';
import { RawJson } from './route.ts';

function print(value: unknown): Buffer {
  const json = new JsonBytes();
  json.value(value);
  return json.finish();
}

const text = fc.string({ unit: 'binary' }).filter((candidate) => candidate.isWellFormed());

it('prints what JSON.stringify prints, with secrets in it shown', () => {
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof(
      { maxDepth: 4 },
      fc.jsonValue().map((value) => ({ real: value as unknown, shown: value as unknown })),
      text.map((value) => ({ real: Secret.fromText(value) as unknown, shown: value as unknown })),
      fc.jsonValue().map((value) => ({
        real: new RawJson(Secret.fromText(JSON.stringify(value))) as unknown,
        shown: value as unknown,
      })),
      fc.array(tie('tree') as fc.Arbitrary<{ real: unknown; shown: unknown }>, { maxLength: 4 }).map((list) => ({
        real: list.map(({ real }) => real) as unknown,
        shown: list.map(({ shown }) => shown) as unknown,
      })),
      fc.dictionary(text, tie('tree') as fc.Arbitrary<{ real: unknown; shown: unknown }>, { maxKeys: 4 }).map((map) => ({
        real: Object.fromEntries(Object.entries(map).map(([name, { real }]) => [name, real])) as unknown,
        shown: Object.fromEntries(Object.entries(map).map(([name, { shown }]) => [name, shown])) as unknown,
      })),
    ),
  }));
  fc.assert(
    fc.property(tree as fc.Arbitrary<{ real: unknown; shown: unknown }>, ({ real, shown }) => {
      expect(JSON.parse(print(real).toString('utf8'))).toEqual(JSON.parse(JSON.stringify(shown)));
    }),
  );
});

it('escapes every character that JSON must', () => {
  const all = Array.from({ length: 0x80 }, (_, code) => String.fromCharCode(code)).join('');
  expect(JSON.parse(print(Secret.fromText(all)).toString('utf8'))).toBe(all);
});

it('leaves out what is undefined, and prints raw numbers as they were', () => {
  const raw = (JSON as unknown as { rawJSON(source: string): object }).rawJSON('1.0');
  expect(print({ a: undefined, b: Secret.fromText('s'), c: raw }).toString()).toBe('{"b":"s","c":1.0}');
});

it('keeps the only copy of a secret in what it gives', () => {
  const secret = Secret.fromText('only');
  const json = new JsonBytes();
  json.value({ secret });
  expect(json.secret).toBe(true);
  expect(json.finish().toString()).toBe('{"secret":"only"}');
  expect(secret.bytes.toString()).toBe('\0\0\0\0');
});
