import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isJsonObject, parseExactJson } from './exact-json.ts';

describe('exact JSON', () => {
  it('prints numbers as they were sent', () => {
    const text = '{"big":12345678901234567890,"one":1.0,"huge":1e400,"small":-0,"list":[0.10,9007199254740993],"text":"1.0"}';
    expect(JSON.stringify(parseExactJson(text))).toBe(text);
  });

  it('gives ordinary numbers as numbers', () => {
    expect(parseExactJson('{"a":1.5,"b":-2,"c":[3]}')).toEqual({ a: 1.5, b: -2, c: [3] });
  });

  it('refuses what JSON.parse refuses', () => {
    for (const text of ['{"a":1.}', '{"a":01.5}', '{a:1.5}', '1.5.5', ''])
      expect(() => parseExactJson(text)).toThrow(SyntaxError);
  });

  it('tells objects from raw numbers, lists and null', () => {
    expect(isJsonObject(parseExactJson('{}'))).toBe(true);
    for (const text of ['1.0', '[]', 'null', '"x"', '12345678901234567890'])
      expect(isJsonObject(parseExactJson(text))).toBe(false);
  });

  it('agrees with JSON.parse on whatever JavaScript itself printed', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        const printed = JSON.stringify(JSON.parse(text));
        expect(JSON.stringify(parseExactJson(printed))).toBe(printed);
      }),
    );
  });
});
