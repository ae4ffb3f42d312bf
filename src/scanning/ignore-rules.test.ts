import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { IgnoreRules } from './ignore-rules.ts';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'watchword-ignore-'));
  git(['init', '-q', '.']);
});
afterAll(() => rmSync(folder, { recursive: true }));

function git(args: readonly string[], input = ''): string {
  const env = { PATH: process.env['PATH'], GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' };
  return execFileSync('git', args, { cwd: folder, input, env, encoding: 'utf8', stdio: ['pipe', 'pipe', 'pipe'] });
}

/** Which of the paths git ignores under these lines. `core.excludesFile` leaves the work tree empty: nothing has to exist. */
function ignoredByGit(lines: readonly string[], paths: readonly string[]): readonly string[] {
  const patterns = `${lines.join('\n')}\n`;
  execFileSync('tee', [join(folder, '.gitignore')], { input: patterns, stdio: ['pipe', 'ignore', 'inherit'] });
  try {
    return git(['check-ignore', '--no-index', '--stdin', '-z'], `${paths.join('\0')}\0`)
      .split('\0')
      .filter((path) => path !== '');
  } catch (error) {
    // Exit code 1: none of them.
    if ((error as { status?: number }).status === 1) return [];
    throw error;
  }
}

/** As a walk asks: folders first, and nothing below an ignored one. */
function ignoredByUs(lines: readonly string[], paths: readonly string[]): readonly string[] {
  const rules = new IgnoreRules().with(lines.join('\n'));
  return paths.filter((path) => {
    const parts = path.split('/');
    const folders = parts.slice(1).map((_, at) => parts.slice(0, at + 1).join('/'));
    return folders.some((one) => rules.ignores(one, true)) || rules.ignores(path, false);
  });
}

const part = fc.constantFrom('a', 'b', 'ab', 'abc', 'x.log', '.env', 'build', 'a b', 'b-]');
const path = fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'));
const piece = fc.constantFrom(
  ...[
    'a',
    'b',
    'c',
    '*',
    '**',
    '?',
    '/',
    '/',
    '.',
    '!',
    '\\a',
    '\\*',
    '[ab]',
    '[!a]',
    '[a-c]',
    '[]-]',
    '[[:alpha:]]',
    '[',
    ' ',
    '#',
  ],
  ...['build', '*.log', '**/', '/**', '.env', '***', '\\ ', '\\'],
);
const line = fc.array(piece, { minLength: 1, maxLength: 5 }).map((pieces) => pieces.join(''));

describe('rules for ignoring', () => {
  test('say what git says', () => {
    fc.assert(
      fc.property(
        fc.array(line, { minLength: 1, maxLength: 4 }),
        fc.uniqueArray(path, { minLength: 12, maxLength: 40 }),
        (lines, paths) => {
          expect(ignoredByUs(lines, paths)).toEqual(ignoredByGit(lines, paths));
        },
      ),
      { numRuns: 150 },
    );
  });

  test.for([
    { lines: ['*.log', '!keep.log'], ignored: ['a.log', 'b/c.log'], kept: ['keep.log', 'b/keep.log'] },
    { lines: ['/build'], ignored: ['build'], kept: ['a/build'] },
    { lines: ['a/**/b'], ignored: ['a/b', 'a/x/b', 'a/x/y/b'], kept: ['b', 'x/a/b'] },
    { lines: ['\\#file', '\\!file'], ignored: ['#file', '!file'], kept: ['file'] },
    { lines: ['name\\ ', 'other   '], ignored: ['name ', 'other'], kept: ['name'] },
  ])('$lines', ({ lines, ignored, kept }) => {
    expect(ignoredByUs(lines, [...ignored, ...kept])).toEqual(ignored);
  });

  test('of a folder below speak of that folder only, and count more', () => {
    const rules = new IgnoreRules().with('*.txt').with('!a.txt\n/only', 'below/');
    expect(['a.txt', 'below/a.txt', 'below/only', 'only'].map((one) => rules.ignores(one, false))).toEqual([
      true,
      false,
      true,
      false,
    ]);
  });

  test('with many stars stay cheap', () => {
    const rules = new IgnoreRules().with(`${'*a'.repeat(40)}b`);
    expect(rules.ignores('a'.repeat(255), false)).toBe(false);
  });
});
