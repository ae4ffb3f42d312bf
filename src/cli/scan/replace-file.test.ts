import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { replaceFile } from './replace-file.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'watchword-replace-'));
});
afterEach(() => rm(folder, { recursive: true }));

test('keeps the mode and leaves nothing beside the file', async () => {
  const file = join(folder, 'a');
  await writeFile(file, 'old');
  await chmod(file, 0o640);
  await replaceFile(file, 'new');
  expect(await readFile(file, 'utf8')).toBe('new');
  expect((await stat(file)).mode & 0o777).toBe(0o640);
  expect(await readdir(folder)).toEqual(['a']);
});

test('writes through no link that was planted beside the file', async () => {
  const [file, other] = [join(folder, 'watchword-baseline.jsonl'), join(folder, 'other')];
  await writeFile(file, 'old');
  await writeFile(other, 'untouched');
  for (const name of ['.new', '.watchword-new']) await symlink(other, file + name);
  await replaceFile(file, 'new');
  expect(await readFile(other, 'utf8')).toBe('untouched');
  expect(await readFile(file, 'utf8')).toBe('new');
});

test('makes a file that is not there', async () => {
  await replaceFile(join(folder, 'a'), 'new');
  expect(await readFile(join(folder, 'a'), 'utf8')).toBe('new');
});

test('that fails leaves nothing behind', async () => {
  await mkdir(join(folder, 'a'));
  await expect(replaceFile(join(folder, 'a'), 'new')).rejects.toThrow();
  expect(await readdir(folder)).toEqual(['a']);
});
