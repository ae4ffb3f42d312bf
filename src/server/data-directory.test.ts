import { chmod, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { isOpenToOthers, locateDataDirectory, makeDataDirectory } from './data-directory.ts';

test('a file is open to others as soon as they have any right to it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'watchword-rights-'));
  const file = join(folder, 'seal.key');
  expect(await isOpenToOthers(file)).toBe(false);
  await writeFile(file, '', { mode: 0o600 });
  expect(await isOpenToOthers(file)).toBe(false);
  for (const mode of [0o640, 0o604, 0o620, 0o602]) {
    await chmod(file, mode);
    expect(await isOpenToOthers(file)).toBe(true);
  }
  await rm(folder, { recursive: true });
});

test('a folder that holds something else stays as it is', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'watchword-folder-'));
  await chmod(folder, 0o755);
  await writeFile(join(folder, 'thesis.tex'), '');
  await expect(makeDataDirectory(locateDataDirectory(folder, undefined))).rejects.toMatchObject({
    code: 'configuration.invalid',
    where: folder,
  });
  expect([(await stat(folder)).mode & 0o777, await readdir(folder)]).toEqual([0o755, ['thesis.tex']]);
  await writeFile(join(folder, 'watchword.db'), '');
  await makeDataDirectory(locateDataDirectory(folder, undefined));
  expect((await stat(folder)).mode & 0o777).toBe(0o700);
  await rm(folder, { recursive: true });
});

test('a folder may hold a seal key before anything else', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'watchword-folder-'));
  await writeFile(join(folder, 'seal.key'), '');
  await makeDataDirectory(locateDataDirectory(folder, undefined));
  expect(await readdir(folder)).toEqual(['.gitignore', 'seal.key']);
  await rm(folder, { recursive: true });
});
