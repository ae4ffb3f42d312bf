import { rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { staged } from './staged.ts';
import { scanned, scratchRepositories, secret } from './testing/scratch-repository.ts';

const { repository, removeAll } = scratchRepositories();
afterEach(removeAll);

test.each(['sha1', 'sha256'])('scans the first commit of a %s repository before there is a HEAD', async (format) => {
  const scratch = repository(`--object-format=${format}`);
  const value = secret();
  scratch.write('a.py', `k = '${value}'\n`);
  scratch.git('add', '-A');
  const { places, progress } = await scanned(staged(scratch.path));
  expect(places).toEqual([`a.py ${value}`]);
  expect(progress).toMatchObject({ files: 1, expectedFiles: 1, bytes: value.length + 7 });
});

test('reports what the index holds, not what the work tree or HEAD holds', async () => {
  const scratch = repository();
  const [old, fresh, unstaged] = [secret(), secret(), secret()];
  scratch.commit({ 'a.py': `k = '${old}'\n` });
  scratch.write('a.py', `k = '${old}'\nj = '${fresh}'\n`);
  scratch.git('add', 'a.py');
  scratch.write('a.py', `j = '${unstaged}'\n`);
  expect((await scanned(staged(scratch.path))).places).toEqual([`a.py ${fresh}`]);
});

test('a renamed or moved secret is not new', async () => {
  const scratch = repository();
  const value = secret();
  scratch.commit({ 'a.py': `k = '${value}'\n` });
  scratch.git('mv', 'a.py', 'b.py');
  const { places, progress } = await scanned(staged(scratch.path));
  expect(places).toEqual([]);
  expect(progress.files).toBe(1);
});

test('removed files, submodules and files that are only meant to be added are passed by; link targets are text', async () => {
  const scratch = repository();
  const other = repository();
  other.commit({ 'x.py': '1\n' });
  const value = secret();
  scratch.commit({ 'gone.py': '1\n' });
  scratch.git('rm', '-q', 'gone.py');
  scratch.git('-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', other.path, 'sub');
  scratch.write('later.py', secret());
  scratch.git('add', '-N', 'later.py');
  symlinkSync(value, join(scratch.path, 'link'));
  scratch.git('add', 'link');
  const { places, progress, problems } = await scanned(staged(scratch.path));
  expect(places).toEqual([`link ${value}`]);
  expect(problems).toEqual([]);
  expect(progress.expectedFiles).toBe(2);
});

test('a conflict is said to be not scanned', async () => {
  const scratch = repository();
  scratch.commit({ 'a.py': '1\n' });
  scratch.git('checkout', '-qb', 'other');
  scratch.commit({ 'a.py': '2\n' });
  scratch.git('checkout', '-q', 'main');
  scratch.commit({ 'a.py': '3\n' });
  expect(() => scratch.git('merge', '-q', 'other')).toThrow();
  expect((await scanned(staged(scratch.path))).problems).toMatchObject([{ path: 'a.py', reason: 'it is in conflict' }]);
});

test('the index that git names to a hook is the one that is read', async () => {
  const scratch = repository();
  const value = secret();
  scratch.commit({ 'a.py': '1\n' });
  scratch.write('a.py', `k = '${value}'\n`);
  const index = join(scratch.path, '.git', 'index');
  const { GIT_INDEX_FILE } = { GIT_INDEX_FILE: `${index}.other` };
  scratch.git('add', 'a.py');
  scratch.git('read-tree', `--index-output=${GIT_INDEX_FILE}`, 'HEAD');
  expect((await scanned(staged(scratch.path, { GIT_INDEX_FILE }))).places).toEqual([]);
  scratch.git('add', 'a.py');
  expect((await scanned(staged(scratch.path, { GIT_INDEX_FILE: index }))).places).toEqual([`a.py ${value}`]);
});

test('a folder outside any repository is refused in clear words', async () => {
  const scratch = repository();
  rmSync(join(scratch.path, '.git'), { recursive: true });
  await expect(scanned(staged(scratch.path))).rejects.toThrow('is not in a git repository');
});
