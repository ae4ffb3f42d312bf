import { execFile, spawnSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { hookPlace } from './hook-folder.ts';
import { hookFiles, installHook, uninstallHook } from './install.ts';

const run = promisify(execFile);
let folder: string;
let launcher: string;

const git = (...args: string[]) => run('git', ['-C', folder, '-c', 'user.name=Ada', '-c', 'user.email=ada@example.com', ...args]);
const textOf = (path: string) => readFile(join(folder, path), 'utf8');
const script = async (path: string, text: string): Promise<void> => {
  await writeFile(path, text);
  await chmod(path, 0o755);
};
/** Commits, and gives what git and its hooks said. */
async function commit(): Promise<{ ok: boolean; said: string }> {
  await writeFile(join(folder, 'file'), String(Math.random()));
  await git('add', '.');
  return git('commit', '-m', 'change').then(
    ({ stdout, stderr }) => ({ ok: true, said: stdout + stderr }),
    ({ stdout, stderr }) => ({ ok: false, said: stdout + stderr }),
  );
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "watchword hook's "));
  launcher = join(folder, "watchword it's");
  await run('git', ['init', '-q', folder]);
  await script(launcher, '#!/bin/sh\necho "called: $*"\n[ ! -e "$(dirname "$0")/bad" ]\n');
});
afterEach(() => rm(folder, { recursive: true }));

describe('with plain git', () => {
  test('the hook is called, and what it says counts', async () => {
    const place = await hookPlace(folder);
    expect(await installHook(place, { stage: 'pre-commit', launcher })).toMatchObject({ change: 'installed' });
    expect(await commit()).toEqual({ ok: true, said: expect.stringContaining('called: hook run pre-commit') });
    await writeFile(join(folder, 'bad'), '');
    expect((await commit()).ok).toBe(false);
  });

  test('installing twice changes nothing, uninstalling leaves nothing', async () => {
    const place = await hookPlace(folder);
    await installHook(place, { stage: 'pre-push', launcher });
    expect(await installHook(place, { stage: 'pre-push', launcher })).toMatchObject({ change: 'unchanged' });
    expect(await hookFiles(place, 'pre-push')).toHaveLength(1);
    expect(await uninstallHook(place, 'pre-push')).toMatchObject([{ change: 'removed' }]);
    expect(await uninstallHook(place, 'pre-push')).toEqual([]);
    await expect(stat(join(place.hooks, 'pre-push'))).rejects.toThrow(/ENOENT/);
  });

  test('a hook that was there runs first, can stop the commit, and comes back', async () => {
    const place = await hookPlace(folder);
    const theirs = join(place.hooks, 'pre-commit');
    await mkdir(place.hooks, { recursive: true });
    await script(theirs, '#!/bin/sh\necho theirs\n[ ! -e no ]\n');
    const before = await readFile(theirs, 'utf8');
    expect(await installHook(place, { stage: 'pre-commit', launcher })).toMatchObject({
      kept: expect.stringContaining('pre-commit'),
    });
    expect((await commit()).said).toMatch(/theirs\n[\s\S]*called/);
    await writeFile(join(folder, 'no'), '');
    expect(await commit()).toEqual({ ok: false, said: expect.not.stringContaining('called') });
    await uninstallHook(place, 'pre-commit');
    expect(await readFile(theirs, 'utf8')).toBe(before);
  });

  test('both hooks of a push get all that git writes', async () => {
    const place = await hookPlace(folder);
    await mkdir(place.hooks, { recursive: true });
    await script(join(place.hooks, 'pre-push'), '#!/bin/sh\necho "theirs: $(cat)"\n');
    await script(launcher, '#!/bin/sh\necho "ours: $(cat)"\n');
    await installHook(place, { stage: 'pre-push', launcher });
    const { stdout } = spawnSync(join(place.hooks, 'pre-push'), ['origin'], { input: 'a b c d\n', encoding: 'utf8' });
    expect(stdout).toBe('theirs: a b c d\nours: a b c d\n');
  });

  test('without a watchword the commit is stopped, and the reason said', async () => {
    await installHook(await hookPlace(folder), { stage: 'pre-commit', launcher });
    await rm(launcher);
    const { ok, said } = await commit();
    // Where one is installed on this machine, that one is called.
    expect(ok ? said : 'watchword is not installed here').toContain('watchword');
    expect(ok).toBe(spawnSync('sh', ['-c', 'command -v watchword']).status === 0);
  });

  test('core.hooksPath counts', async () => {
    await git('config', 'core.hooksPath', 'my-hooks');
    await installHook(await hookPlace(folder), { stage: 'pre-commit', launcher });
    expect(await textOf('my-hooks/pre-commit')).toContain('hook run pre-commit');
    expect((await commit()).said).toContain('called: hook run pre-commit');
  });
});

test('with husky a line is added to its script', async () => {
  await git('config', 'core.hooksPath', '.husky/_');
  await mkdir(join(folder, '.husky'));
  await writeFile(join(folder, '.husky/pre-commit'), 'npm test');
  const place = await hookPlace(folder);
  await installHook(place, { stage: 'pre-commit', launcher });
  expect(await installHook(place, { stage: 'pre-commit', launcher })).toMatchObject({ change: 'unchanged' });
  expect(await textOf('.husky/pre-commit')).toMatch(/^npm test\nwatchword hook run pre-commit "\$@" # .*\n$/);
  await uninstallHook(place, 'pre-commit');
  expect(await textOf('.husky/pre-commit')).toBe('npm test\n');
});

test('with the pre-commit framework a hook is added to its configuration, whose remarks stay', async () => {
  const config = '# ours\nrepos:\n  - repo: local # here\n    hooks:\n      - id: other\n  - repo: local\n    hooks: []\n';
  await writeFile(join(folder, '.pre-commit-config.yaml'), config);
  const place = await hookPlace(folder);
  expect(await installHook(place, { stage: 'pre-commit', launcher })).toMatchObject({
    next: expect.stringContaining('pre-commit install'),
  });
  expect(await installHook(place, { stage: 'pre-commit', launcher })).toMatchObject({ change: 'unchanged' });
  const text = await textOf('.pre-commit-config.yaml');
  expect(text).toContain('# ours');
  expect(text).toContain('entry: watchword hook run pre-commit');
  await uninstallHook(place, 'pre-commit');
  expect(await textOf('.pre-commit-config.yaml')).toBe(config);
});

test('outside of a repository it says so', async () => {
  await rm(join(folder, '.git'), { recursive: true });
  await expect(hookPlace(folder)).rejects.toMatchObject({ code: 'client.usage' });
});
