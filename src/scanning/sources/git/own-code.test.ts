import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ownCode } from './own-code.ts';

test('code has another name when a part of it changes, and the same when a test does', () => {
  const folder = mkdtempSync(join(tmpdir(), 'watchword-code-'));
  mkdirSync(join(folder, 'precision'));
  const name = (file: string, text: string): string => {
    writeFileSync(join(folder, file), text);
    return ownCode(folder);
  };
  const first = name('precision/judge.ts', 'stricter');
  expect(name('precision/judge.test.ts', 'a claim')).toBe(first);
  expect(name('precision/judge.ts', 'kinder')).not.toBe(first);
  expect(name('precision/judge.ts', 'stricter')).toBe(first);
  rmSync(folder, { recursive: true });
});
