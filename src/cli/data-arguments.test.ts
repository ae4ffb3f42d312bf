import { describe, expect, it } from 'vitest';
import { dataSources, parseData } from './data-arguments.ts';

const files: Record<string, string | Buffer> = {
  'key.pem': '-----BEGIN\n',
  'all.json': '{"a":1.10,"b":{"c":null}}',
  'bytes.bin': Buffer.from([0xff, 0xfe, 0x00]),
};
const sources = (input: string | Buffer = 'from stdin\n') => ({
  input: dataSources({ readInput: async () => Buffer.from(input) } as never).input,
  file: async (path: string) => Buffer.from(files[path] ?? ''),
});
const parse = (words: string[], input?: string | Buffer) => parseData(words, sources(input));

describe('key=value words', () => {
  it('split at the first equal sign', async () => {
    expect(await parse(['a=b=c', 'd='])).toEqual({ a: 'b=c', d: '' });
  });

  it('take files and standard input to the last byte', async () => {
    expect(await parse(['a=@key.pem', 'b=-'])).toEqual({ a: '-----BEGIN\n', b: 'from stdin\n' });
  });

  it('take a literal @ or - behind a backslash', async () => {
    expect(await parse(['a=\\@x', 'b=\\-', 'c=\\x', 'd=x@y', 'e=--'])).toEqual({ a: '@x', b: '-', c: '\\x', d: 'x@y', e: '--' });
  });

  it('take whole JSON objects, with numbers as they are written', async () => {
    expect(JSON.stringify(await parse(['@all.json', 'z=1']))).toBe('{"a":1.10,"b":{"c":null},"z":"1"}');
    expect(await parse(['-'], '{"x":[1]}')).toEqual({ x: [1] });
  });

  it('given several times become a list', async () => {
    expect(await parse(['a=1', 'a=2', 'a=3'])).toEqual({ a: ['1', '2', '3'] });
  });

  it('may be named as JavaScript objects name theirs', async () => {
    expect(Object.entries(await parse(['__proto__=x']))).toEqual([['__proto__', 'x']]);
  });
});

describe('a word that fits nothing', () => {
  it.each(['secretword', '=secretword'])('is named by its position, not by what it holds: %s', async (word) => {
    await expect(parse(['a=1', word])).rejects.toThrow(/Value 2 is not/);
    await expect(parse(['a=1', word])).rejects.not.toThrow(/secretword/);
  });

  it('such as broken JSON is not quoted', async () => {
    await expect(parse(['-'], '{"a": secretword')).rejects.toThrow(/not JSON/);
    await expect(parse(['-'], '{"a": secretword')).rejects.not.toThrow(/secretword/);
    await expect(parse(['-'], '[1]')).rejects.toThrow(/one JSON object/);
  });

  it('such as bytes that are no text is refused, not stored as something else', async () => {
    await expect(parse(['a=@bytes.bin'])).rejects.toThrow(/base64/);
  });

  it('such as a second use of standard input is refused', async () => {
    await expect(parse(['a=-', 'b=-'])).rejects.toThrow(/only once/);
  });
});
