import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Maker } from '../../detectors/maker.ts';
import { KnownBlobs } from './known-blobs.ts';

let commonDir = '';
beforeEach(() => {
  commonDir = mkdtempSync(join(tmpdir(), 'watchword-known-'));
});
afterEach(() => rmSync(commonDir, { recursive: true, force: true }));

const make = new Maker('known blobs');
const key = make.bytes(32);
const ids = (count: number, idBytes: number): Buffer[] => Array.from({ length: count }, () => make.bytes(idBytes));

test.each([20, 32])('ids of %i bytes are known again, added to, and hits told apart', (idBytes) => {
  const repository = { commonDir, idBytes };
  const all = ids(3000, idBytes);
  const first = new KnownBlobs(repository, { rules: 'rules', key });
  for (const [index, id] of all.slice(0, 2000).entries()) first.add(id, index % 100 === 0);
  first.save();
  const second = new KnownBlobs(repository, { rules: 'rules', key });
  for (const id of all.slice(2000)) second.add(id, false);
  second.save();
  const third = new KnownBlobs(repository, { rules: 'rules', key });
  expect(third.size).toBe(3000);
  expect(all.map((id) => third.find(id))).toEqual(all.map((_, index) => index < 2000 && index % 100 === 0));
  expect(ids(1000, idBytes).filter((id) => third.find(id) !== undefined)).toEqual([]);
  expect([...third.hits()]).toHaveLength(20);
  expect(readdirSync(join(commonDir, 'watchword'))).toEqual(['scanned']);
});

test('nothing is known under other rules, or from a damaged file', () => {
  const repository = { commonDir, idBytes: 20 };
  const known = new KnownBlobs(repository, { rules: 'rules', key });
  for (const id of ids(50, 20)) known.add(id, false);
  known.save();
  expect(new KnownBlobs(repository, { rules: 'other rules', key }).size).toBe(0);
  const path = join(commonDir, 'watchword', 'scanned');
  const bytes = readFileSync(path);
  bytes[200] = (bytes[200] as number) ^ 1;
  writeFileSync(path, bytes);
  expect(new KnownBlobs(repository, { rules: 'rules', key }).size).toBe(0);
  writeFileSync(path, bytes.subarray(0, 70));
  expect(new KnownBlobs(repository, { rules: 'rules', key }).size).toBe(0);
});

test('a file that came with the repository, or was made for another one, is not believed', () => {
  const repository = { commonDir, idBytes: 20 };
  const forged = new KnownBlobs(repository, { rules: 'rules', key: make.bytes(32) });
  for (const id of ids(50, 20)) forged.add(id, false);
  forged.save();
  expect(new KnownBlobs(repository, { rules: 'rules', key }).size).toBe(0);
  const other = join(commonDir, 'other');
  mkdirSync(other);
  const elsewhere = new KnownBlobs({ commonDir: other, idBytes: 20 }, { rules: 'rules', key });
  for (const id of ids(50, 20)) elsewhere.add(id, false);
  elsewhere.save();
  copyFileSync(join(other, 'watchword/scanned'), join(commonDir, 'watchword/scanned'));
  expect(new KnownBlobs(repository, { rules: 'rules', key }).size).toBe(0);
});

test('nothing is written through a link', () => {
  const target = join(commonDir, 'target');
  mkdirSync(target);
  symlinkSync(target, join(commonDir, 'watchword'));
  const known = new KnownBlobs({ commonDir, idBytes: 20 }, { rules: 'rules', key });
  for (const id of ids(1, 20)) known.add(id, false);
  known.save();
  expect(readdirSync(target)).toEqual([]);
});

test('a git directory that cannot be written to is no error', () => {
  writeFileSync(join(commonDir, 'watchword'), '');
  const known = new KnownBlobs({ commonDir, idBytes: 20 }, { rules: 'rules', key });
  for (const id of ids(1, 20)) known.add(id, false);
  expect(() => known.save()).not.toThrow();
});
