import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseDotenv } from '../../import/dotenv.ts';
import { dotenvText, usualPrefix } from './dotenv-text.ts';

const awkward = [
  'plain',
  '',
  'two words # no comment',
  "it's",
  'say "so"',
  'back\\slash',
  'two\\\\slashes',
  'first\nsecond\n',
  '$HOME and `id`',
  `it's "both"`,
  `'\\n'`,
  'ümläut ✓',
  '=a=b',
  "'; touch /tmp/x; '",
];
const hopeless = ['ends in \\', 'carriage\r', 'nul\0', `it's $HOME`, "it's `id`", 'filled $' + '{HOME}', '\ud800'];
const python = spawnSync('python3', ['-c', 'import dotenv; dotenv.dotenv_values']).status === 0;

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'watchword-dotenv-'));
});
afterAll(() => rmSync(directory, { recursive: true }));

const fileOf = (values: readonly string[]): string => {
  const { text, unwritten } = dotenvText(Object.fromEntries(values.map((value, index) => [`v${index}`, value])), '');
  expect(unwritten).toEqual([]);
  const file = join(directory, 'env');
  writeFileSync(file, text);
  return file;
};

function readByShell(file: string, count: number): string[] {
  const names = Array.from({ length: count }, (_, index) => `"$V${index}"`);
  const out = execFileSync('sh', ['-c', `. "$1"; printf '%s\\0' ${names.join(' ')}`, 'sh', file], { encoding: 'utf8' });
  return out.split('\0').slice(0, -1);
}

const anyText = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.string({ unit: fc.constantFrom('a', "'", '"', '\\', '$', '{', '}', '`', '\n', ' ', '#', '\r') }),
);

describe('a credential as .env', () => {
  it('is read back exactly by a shell', () => {
    expect(readByShell(fileOf(awkward), awkward.length)).toEqual(awkward);
  });

  it.skipIf(!python)('is read back exactly by python-dotenv', () => {
    const program = 'import sys, json, dotenv; print(json.dumps(list(dotenv.dotenv_values(sys.argv[1]).values())))';
    const samples = fc.sample(anyText, { numRuns: 2000, seed: 7 }).filter((text) => isWritable(text));
    const values = [...awkward, ...samples];
    const out = execFileSync('python3', ['-c', program, fileOf(values)], { encoding: 'utf8', maxBuffer: 1 << 26 });
    expect(JSON.parse(out)).toEqual(values);
    expect(samples.length).toBeGreaterThan(500);
  });

  it('is read back exactly by a shell whatever is in it', () => {
    const values = fc.sample(anyText, { numRuns: 1000, seed: 11 }).filter((text) => isWritable(text));
    expect(readByShell(fileOf(values), values.length)).toEqual(values);
  });

  it('is read back exactly by our own import', () => {
    fc.assert(
      fc.property(anyText, (value) => {
        const { text, unwritten } = dotenvText({ v: value }, '');
        if (unwritten.length === 0) expect(parseDotenv(text).data).toEqual({ V: value });
      }),
    );
  });

  it.each(hopeless)('leaves out what not everybody reads alike, and says so: %j', (value) => {
    expect(dotenvText({ a: 'b', v: value }, 'DB_')).toEqual({ text: "DB_A='b'\n", unwritten: ['DB_V'] });
  });

  it('names its variables as shells allow, and never two alike', () => {
    expect(dotenvText({ 'user-name': 'a', '2nd': 1, gone: null, list: ['x'] }, '').text).toBe(
      `USER_NAME='a'\n_2ND='1'\nLIST='["x"]'\n`,
    );
    expect(() => dotenvText({ 'a-b': '1', a_b: '2' }, 'P_')).toThrow('P_A_B');
    expect(["x\n'; id #", 'database', 'team-aws', '9mount'].map(usualPrefix)).toEqual(['X_ID__', 'DB_', 'TEAM_AWS_', '_9MOUNT_']);
  });
});

const isWritable = (text: string): boolean => dotenvText({ v: text }, '').unwritten.length === 0;
