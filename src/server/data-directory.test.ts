import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { isOpenToOthers } from './data-directory.ts';

test.skipIf(process.platform === 'win32')('a file is open to others as soon as they have any right to it', async () => {
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
