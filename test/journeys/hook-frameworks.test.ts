import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, inject, test } from 'vitest';
import { catalogue } from '../../src/scanning/catalogue.ts';
import { Maker } from '../../src/scanning/detectors/maker.ts';
import { PersonWithGit } from './person-with-git.ts';

const root = join(import.meta.dirname, '../..');
const examples = catalogue.find(({ id }) => id === 'github-personal-access-token')?.examples(new Maker('framework'));
const token = examples?.positive[0]?.value ?? '';
const { preCommit } = inject('services');
const husky = join(import.meta.dirname, '../../node_modules/husky/bin.js');

/** Our hooks as the framework finds them, but run from the PATH: it would fetch what was published last. */
async function configuration(): Promise<string> {
  const hooks = await readFile(join(root, '.pre-commit-hooks.yaml'), 'utf8');
  const local = hooks.replaceAll('scripts/pre-commit-hook.cjs', 'watchword').replaceAll('language: script', 'language: system');
  const indented = local.trimEnd().replaceAll('\n', '\n      ');
  return `repos:\n  - repo: local\n    hooks:\n      ${indented}\n`;
}

let person: PersonWithGit;
const called = (program: string, ...args: readonly string[]) => person.shell(person.clone, program, ...args);
const git = (...args: readonly string[]) => person.git(...args);
const commit = (file: string, text: string, ...options: readonly string[]) => person.commit(file, text, ...options);

beforeEach(async () => {
  person = await PersonWithGit.arrives();
  await commit('a.py', 'x = 1\n');
});
afterEach(() => person.leaves());

describe.skipIf(preCommit === undefined)('the pre-commit framework', () => {
  const framework = (...args: readonly string[]) => called(preCommit ?? '', ...args);
  beforeEach(async () => writeFile(join(person.clone, '.pre-commit-config.yaml'), await configuration()));

  test('stops a commit with a credential, says where and how to cure it, and lets the cured one pass', async () => {
    expect(await framework('install')).toMatchObject({ code: 0 });
    const stopped = await commit('train.py', `github_token = "${token}"\n`);
    expect(stopped.code).not.toBe(0);
    expect(stopped.said).toContain('watchword: no credentials in commits');
    expect(stopped.said).toContain('train.py:1:');
    expect(stopped.said).toContain('watchword kv put secret/');
    expect(stopped.said).not.toContain(token);
    expect(await commit('train.py', 'print("clean")\n')).toMatchObject({ code: 0 });
  });

  test('stops a push of a commit that was made past it', async () => {
    expect(await framework('install', '--hook-type', 'pre-push')).toMatchObject({ code: 0 });
    expect(await git('push', 'origin', 'main')).toMatchObject({ code: 0 });
    await commit('b.py', `token = "${token}"\n`, '--no-verify');
    const stopped = await git('push', 'origin', 'main');
    expect(stopped.code).not.toBe(0);
    expect(stopped.said).toContain('b.py:1:');
    expect(stopped.said).not.toContain(token);
  });

  test('looks at everything that is tracked when it is run by hand', async () => {
    await commit('b.py', `token = "${token}"\n`);
    const said = await framework('run', '--all-files');
    expect(said.code).not.toBe(0);
    expect(said.said).toContain('b.py:1:');
  });
});

describe('husky', () => {
  test('stops a commit with a credential once our hook is installed, and calls it no more when that is taken away', async () => {
    expect(await called(process.execPath, husky)).toMatchObject({ code: 0 });
    expect(await called('watchword', 'hook', 'install')).toMatchObject({ code: 0 });
    const stopped = await commit('train.py', `github_token = "${token}"\n`);
    expect(stopped.code).not.toBe(0);
    expect(stopped.said).toContain('train.py:1:');
    expect(stopped.said).not.toContain(token);
    expect(await commit('train.py', 'print("clean")\n')).toMatchObject({ code: 0 });
    expect(await called('watchword', 'hook', 'uninstall')).toMatchObject({ code: 0 });
    expect(await commit('b.py', `token = "${token}"\n`)).toMatchObject({ code: 0 });
  });
});
