import { describe, expect, it } from 'vitest';
import { parseJsonSource, parseYamlSource } from './documents.ts';

const yaml = (text: string) => parseYamlSource(text, 'config.yaml');
const json = (text: string) => parseJsonSource(text, 'config.json');

describe('a JSON file', () => {
  it('keeps nesting and numbers as they are written', async () => {
    const { data } = await json('{"a":{"b":[1,true,null]},"n":1.10,"big":12345678901234567890}');
    expect(JSON.stringify(data)).toBe('{"a":{"b":[1,true,null]},"n":1.10,"big":12345678901234567890}');
  });

  it('with a key twice is refused: one of the values would be lost', async () => {
    await expect(json('{"a":1,\n"a":2}')).rejects.toThrow('config.json:2: a key occurs twice');
  });

  it.each(['{"a": secretword}', '{"a": "secretword', 'secretword'])(
    'that is none is refused without being quoted: %j',
    async (text) => {
      await expect(json(text)).rejects.toThrow(/config\.json(:\d+)?: this is not JSON/);
      await expect(json(text)).rejects.not.toThrow(/secretword/);
    },
  );

  it.each(['[1]', '"text"', '1.10', 'null'])('that holds no map of names is refused: %s', async (text) => {
    await expect(json(text)).rejects.toThrow(/not a map/);
  });
});

describe('a YAML file', () => {
  it('keeps what a number looked like', async () => {
    const { data, notes } = await yaml('pin: 007\nversion: 1.10\nbig: 12345678901234567890\nhex: 0x1F\nport: 5432\n');
    expect(JSON.stringify(data)).toBe('{"pin":"007","version":1.10,"big":12345678901234567890,"hex":"0x1F","port":5432}');
    expect(notes.map(({ line }) => line)).toEqual([1, 4]);
  });

  it('knows anchors and merge keys', async () => {
    const { data } = await yaml('base: &b {user: u}\nprod: {<<: *b, host: h}\n');
    expect(data).toEqual({ base: { user: 'u' }, prod: { user: 'u', host: 'h' } });
  });

  it('does not take yes and no for booleans', async () => {
    expect((await yaml('country: no\n')).data).toEqual({ country: 'no' });
  });

  it.each([
    ['a: 1\na: 2\n', 'config.yaml:2: a key occurs twice'],
    ['a: 1\n---\nb: 2\n', 'several documents'],
    ['a: [secretword', 'this is not YAML'],
    ['- a\n', 'not a map'],
    ['', 'not a map'],
  ])('is refused where something would be lost: %j', async (text, message) => {
    await expect(yaml(text)).rejects.toThrow(message);
    await expect(yaml(text)).rejects.not.toThrow(/secretword/);
  });

  it('cannot grow without bound by references', async () => {
    const levels = Array.from({ length: 12 }, (_, level) => `l${level + 1}: &l${level + 1} [${`*l${level}, `.repeat(10)}]`);
    await expect(yaml(`l0: &l0 x\n${levels.join('\n')}\n`)).rejects.toThrow(/cannot be resolved/);
    await expect(yaml('a: *missing')).rejects.toThrow(/config.yaml/);
  });
});
