import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { kernelSource } from './kernel.ts';

test('the compiled kernel is what its source says', async () => {
  const kept = await readFile(join(import.meta.dirname, '../src/scanning/engine/kernel-binary.ts'), 'utf8');
  expect(await kernelSource()).toBe(kept);
});
