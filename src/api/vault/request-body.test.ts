import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isWatchwordError } from '../../foundation/errors.ts';
import { parseBody } from './request-body.ts';

const FORM = 'application/x-www-form-urlencoded';

function parse(text: string | Buffer, contentType = ''): unknown {
  try {
    return parseBody(Buffer.from(text as string), contentType);
  } catch (error) {
    if (!isWatchwordError(error, 'request.malformed')) throw error;
    return error;
  }
}

const nested = (depth: number) => `${'{"a":'.repeat(depth - 1)}{}${'}'.repeat(depth - 1)}`;

describe('a body', () => {
  it('is one JSON object, whose text survives', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue({ maxDepth: 4 })), (fields) => {
        const text = JSON.stringify(fields);
        expect(JSON.stringify(parse(text))).toBe(JSON.stringify(JSON.parse(text)));
      }),
    );
  });

  it.each(['', '  \r\n\t', 'null', ' {} '])('%j gives no fields', (text) => {
    expect(parse(text)).toEqual({});
  });

  it.each([
    '[]',
    '[{"a":1}]',
    '1',
    '"a"',
    'true',
    '{',
    '{"a":1}}',
    '{"a":1} x',
    'a=b',
    '{a:1}',
    "{'a':1}",
    '\ufeff{}',
    '{"a":NaN}',
  ])('%j is refused without a word of it', (text) => {
    expect(parse(text)).toSatisfy((error) => isWatchwordError(error) && /^failed to parse JSON input/.test(error.message));
  });

  it('that is not UTF-8 is refused', () => {
    expect(parse(Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]))).toSatisfy(isWatchwordError);
  });

  it('nests as deep as a value may, and no deeper', () => {
    expect(parse(nested(66))).not.toSatisfy(isWatchwordError);
    expect(parse(nested(67))).toSatisfy(isWatchwordError);
    expect(parse(`{"a":${'['.repeat(1_000_000)}`)).toSatisfy(isWatchwordError);
    expect(parse(`{"a":"${'[{'.repeat(1000)}\\"["}`)).not.toSatisfy(isWatchwordError);
  });

  it('with a name twice has the last one', () => {
    expect(parse('{"a":1,"a":2}')).toEqual({ a: 2 });
  });

  it('cannot reach what objects inherit', () => {
    const json = parse('{"__proto__":{"polluted":1},"constructor":1}') as Record<string, unknown>;
    expect(Object.keys(json)).toEqual(['__proto__', 'constructor']);
    expect(json['polluted']).toBeUndefined();
    const form = parse('__proto__=a&__proto__=b&toString=c', FORM) as Record<string, unknown>;
    expect(Object.entries(form)).toEqual([
      ['__proto__', ['a', 'b']],
      ['toString', 'c'],
    ]);
    expect(Object.getPrototypeOf({})).toBe(Object.prototype);
  });

  it('as a form keeps every text', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string({ unit: 'binary' }).filter((text) => text.isWellFormed())), (names) => {
        const pairs = names.map((name, index) => [name, `${name}=${index}&`] as const);
        const text = new URLSearchParams(pairs as never).toString();
        if (text !== '')
          expect(Object.entries(parse(text, FORM) as object).sort()).toEqual([...pairs].map((pair) => [...pair]).sort());
      }),
    );
  });
});

describe('a body that would keep the parser busy', () => {
  it('is refused for its number of values, in whatever form', () => {
    for (const text of [`{"a":[${'1,'.repeat(300_000)}1]}`, `{"a":[${'{},'.repeat(200_000)}{}]}`]) {
      expect(parse(text)).toMatchObject({ code: 'request.malformed' });
    }
    expect(parse('a&'.repeat(5000), FORM)).toMatchObject({ code: 'request.malformed' });
  });

  it('is taken when it is one long text, whatever stands in it', () => {
    const text = `{"a":"${'1,{[&'.repeat(300_000)}"}`;
    expect(parse(text)).toEqual({ a: '1,{[&'.repeat(300_000) });
  });
});
