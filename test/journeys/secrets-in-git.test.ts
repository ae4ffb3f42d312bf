import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { catalogue } from '../../src/scanning/catalogue.ts';
import { Maker } from '../../src/scanning/detectors/maker.ts';
import { PersonWithGit } from './person-with-git.ts';

const examples = catalogue.find(({ id }) => id === 'github-personal-access-token')?.examples(new Maker('secrets-in-git'));
const token = examples?.positive[0]?.value ?? '';

let person: PersonWithGit;
let home: string;
let clone: string;
let server: string;
const shell = (folder: string, program: string, ...args: readonly string[]) => person.shell(folder, program, ...args);
const git = (...args: readonly string[]) => person.git(...args);
const watchword = (...args: readonly string[]) => person.watchword(...args);
const commit = (file: string, text: string, ...options: readonly string[]) => person.commit(file, text, ...options);

beforeEach(async () => {
  person = await PersonWithGit.arrives();
  ({ home, clone, server } = person);
});
afterEach(() => person.leaves());

describe('a commit', () => {
  test('with a credential is stopped, with the place and the cure; without one it passes', async () => {
    expect((await watchword('hook', 'install')).code).toBe(0);
    const stopped = await commit('train.py', `github_token = "${token}"\n`);
    expect(stopped.code).not.toBe(0);
    expect(stopped.said).toContain('train.py:1:');
    expect(stopped.said).toContain('watchword kv put secret/');
    expect(stopped.said).not.toContain(token);
    const passed = await commit('train.py', 'print("clean")\n');
    expect(passed).toEqual({ code: 0, said: expect.stringMatching(/1 file, \d+ bytes scanned/) });
  });

  test('with a credential in a notebook is stopped with the command that takes it out', async () => {
    await watchword('hook', 'install');
    const cell = { cell_type: 'code', execution_count: 1, metadata: {}, outputs: [], source: [`token = "${token}"`] };
    const notebook = JSON.stringify({ cells: [cell], metadata: {}, nbformat: 4, nbformat_minor: 5 });
    expect((await commit('a.ipynb', notebook)).said).toContain('watchword scan --fix a.ipynb');
    expect((await watchword('scan', '--fix', 'a.ipynb')).code).toBe(0);
    await git('add', '.');
    expect((await git('commit', '-m', 'cured')).code).toBe(0);
  });

  test('that only deletes, or is empty, passes', async () => {
    await commit('a.py', 'x = 1\n');
    await watchword('hook', 'install');
    await git('rm', '-q', 'a.py');
    expect((await git('commit', '-m', 'gone')).code).toBe(0);
    expect((await git('commit', '--allow-empty', '-m', 'nothing')).code).toBe(0);
  });
});

test('a push with a credential is stopped before it leaves', async () => {
  await watchword('hook', 'install', '--pre-push');
  await commit('a.py', 'x = 1\n');
  expect((await git('push', 'origin', 'main')).code).toBe(0);
  await commit('b.py', `token = "${token}"\n`);
  await commit('b.py', 'token = read()\n');
  const stopped = await git('push', 'origin', 'main');
  expect(stopped.code).not.toBe(0);
  expect(stopped.said).toContain('b.py:1:');
  await git('reset', '-q', '--hard', 'HEAD~2');
  await git('commit', '--allow-empty', '-m', 'nothing');
  expect((await git('push', 'origin', 'main')).code).toBe(0);
  expect((await git('push', 'origin', ':main')).said).not.toContain('watchword: stopped');
});

test('a push to an address is stopped although another remote has the commits', async () => {
  await git('remote', 'rename', 'origin', 'private');
  await commit('a.py', `token = "${token}"\n`);
  await git('push', 'private', 'main');
  await watchword('hook', 'install', '--pre-push');
  await shell(home, 'git', 'init', '-q', '--bare', 'public.git');
  const stopped = await git('push', '../public.git', 'main');
  expect(stopped.code).not.toBe(0);
  expect(stopped.said).toContain('a.py:1:');
  expect((await git('push', 'private', 'main:other')).code).toBe(0);
});

test('a commit with another git directory and work tree is looked at where they are', async () => {
  await watchword('hook', 'install');
  const tree = join(home, 'tree');
  await shell(home, 'git', 'init', '-q', tree);
  await writeFile(join(tree, 'a.py'), `token = "${token}"\n`);
  const elsewhere = (...args: string[]) => shell(tree, 'git', `--git-dir=${join(clone, '.git')}`, '--work-tree=.', ...args);
  await elsewhere('add', 'a.py');
  const stopped = await elsewhere('commit', '-m', 'x');
  expect(stopped.code).not.toBe(0);
  expect(stopped.said).toContain('a.py:1:');
});

test('the pre-commit framework run by hand looks at everything that is tracked', async () => {
  await commit('a.py', `token = "${token}"\n`);
  await commit('empty', '');
  const called = (variables: Readonly<Record<string, string>>, ...words: string[]) =>
    person.shellWith({ PRE_COMMIT: '1', ...variables }, clone, 'watchword', 'hook', 'run', ...words);
  expect((await called({}, 'pre-commit')).code).toBe(3);
  expect((await called({}, 'pre-commit', 'a.py')).code).toBe(3);
  expect((await called({}, 'pre-commit', 'empty')).code).toBe(0);
  expect((await called({ GIT_INDEX_FILE: '.git/index' }, 'pre-commit')).code).toBe(0);
  expect((await called({ PRE_COMMIT_FROM_REF: 'HEAD~1', PRE_COMMIT_TO_REF: 'HEAD' }, 'pre-commit')).code).toBe(0);
  expect((await called({}, 'pre-push')).code).toBe(3);
  expect((await called({ PRE_COMMIT_LOCAL_BRANCH: 'main', PRE_COMMIT_REMOTE_NAME: 'origin' }, 'pre-push')).code).toBe(3);
});

test('a server refuses a push with a credential, whatever the client does', async () => {
  expect((await shell(server, 'watchword', 'hook', 'install', '--pre-receive')).code).toBe(0);
  await commit('a.py', 'x = 1\n');
  expect((await git('push', 'origin', 'main')).code).toBe(0);
  await commit('b.py', `token = "${token}"\n`);
  const refused = await git('push', 'origin', 'main');
  expect(refused.code).not.toBe(0);
  expect(refused.said).toContain('b.py:1:');
  expect(refused.said).not.toContain(token);
});

test('a history is scanned with commit, author and day, and its baseline works in a fresh clone', async () => {
  await commit('old.py', `token = "${token}"\n`);
  await commit('old.py', 'token = read()\n');
  const found = await watchword('scan', '--history', '--format', 'jsonl');
  expect(found.code).toBe(3);
  expect(JSON.parse(found.said)).toMatchObject({ path: 'old.py', author: expect.stringContaining('Ada'), start: { line: 1 } });
  const hint = /baseline add ([0-9a-f]+) --history/.exec((await watchword('scan', '--history')).said)?.[1] ?? '';
  expect((await watchword('baseline', 'add', hint, '--reason', 'revoked', '--owner', 'ada')).said).toContain('--history');
  await watchword('baseline', 'add', hint, '--history', '--reason', 'revoked', '--owner', 'ada');
  await git('add', '.');
  await git('commit', '-m', 'baseline');
  await shell(home, 'git', 'clone', '-q', clone, 'fresh');
  expect(await shell(join(home, 'fresh'), 'watchword', 'scan', '--history')).toEqual({
    code: 0,
    said: expect.stringContaining('by the baseline'),
  });
});

test('many repositories are scanned in one run, with their paths', async () => {
  await commit('a.py', `token = "${token}"\n`);
  const { code, said } = await shell(home, 'watchword', 'scan', '--all', '.', '--format', 'json', '--allow-incomplete');
  expect(code).toBe(3);
  const [finding] = JSON.parse(said).findings;
  expect(finding.places.map(({ path }: { path: string }) => path)).toEqual(['clone/a.py', 'clone/a.py']);
});

test('a baseline speaks for its repository, wherever one stands', async () => {
  await mkdir(join(clone, 'sub'));
  await writeFile(join(clone, 'a.py'), `token = "${token}"\n`);
  await writeFile(join(clone, 'sub/b.py'), 'x = 1\n');
  const sub = (...args: string[]) => shell(join(clone, 'sub'), 'watchword', ...args);
  const claim = ['--reason', 'sandbox', '--owner', 'ada'];
  expect((await watchword('baseline', 'create', ...claim)).code).toBe(0);
  expect((await shell(home, 'watchword', 'scan', 'clone')).said).toContain('Silenced: 1 place by the baseline');
  expect((await shell(home, 'watchword', 'scan', 'clone/a.py')).code).toBe(0);
  expect((await sub('scan')).said).not.toContain('Stale');
  expect((await sub('baseline', 'prune')).said).toContain('1 of 1 entries stay.');
  await writeFile(join(clone, 'a.py'), 'token = read()\n');
  expect((await shell(home, 'watchword', 'scan', 'clone')).said).toContain('Stale');
  expect((await sub('baseline', 'prune')).said).toContain('0 of 1 entries stay.');
});
