import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { callsWithRawKeys, declaredOperations, snakeCaseNames } from './syntax.ts';

const file = (text: string) => ({ path: 'a.ts', text });

test('a key given as bytes is found, a key object is not', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'watchword-syntax-'));
  const text = [
    `import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';`,
    `export const slow = (key: Buffer) => createHmac('sha256', key);`,
    `export const fast = (key: KeyObject) => createHmac('sha256', key);`,
    `export const once = (key: Buffer) => createHmac('sha256', createSecretKey(key));`,
  ].join('\n');
  try {
    await writeFile(join(folder, 'a.ts'), text);
    expect(callsWithRawKeys([file(text)], folder)).toEqual(['a.ts:2 gives createHmac a Buffer<ArrayBufferLike>']);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('names with underscores are found in code, not in texts, comments or constants', () => {
  const names = snakeCaseNames(file(`const a = { lease_id: 1, 'b_c': 'd_e', F_G: f.g_h }; // i_j`));
  expect([...names].sort()).toEqual(['g_h', 'lease_id']);
});

test('operations are found where a room merges them into the list', () => {
  const merged = `declare module './types.ts' { interface OperationTypes { 'a.b': { input: string }; 'c.d': { input: number } } }`;
  expect(declaredOperations(file(merged))).toEqual(['a.b', 'c.d']);
});
