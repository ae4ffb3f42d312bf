import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { userKey } from './user-key.ts';

let state: string;
beforeEach(() => {
  state = mkdtempSync(join(tmpdir(), 'watchword-key-'));
});
afterEach(() => rmSync(state, { recursive: true, force: true }));

const own = () => userKey({ XDG_STATE_HOME: state });
const file = () => join(state, 'watchword/scanned-key');

test('a key is made once, for nobody else to read', () => {
  const key = own();
  expect(key).toHaveLength(32);
  expect(own()).toEqual(key);
  expect(statSync(file()).mode & 0o777).toBe(0o600);
  expect(readdirSync(join(state, 'watchword'))).toEqual(['scanned-key']);
});

test('two users have two keys', () => {
  const key = own();
  rmSync(file());
  expect(own()).not.toEqual(key);
});

test('a key that others can read, a link, or a file of another length is none', () => {
  own();
  chmodSync(file(), 0o644);
  expect(own()).toBeUndefined();
  writeFileSync(file(), 'short');
  chmodSync(file(), 0o600);
  expect(own()).toBeUndefined();
  rmSync(file());
  writeFileSync(join(state, 'target'), Buffer.alloc(32, 7), { mode: 0o600 });
  symlinkSync(join(state, 'target'), file());
  expect(own()).toBeUndefined();
});

test('where no key can be kept there is none', () => {
  writeFileSync(join(state, 'watchword'), '');
  expect(own()).toBeUndefined();
});
