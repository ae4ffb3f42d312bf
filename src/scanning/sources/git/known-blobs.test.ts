import { createHash, createHmac } from 'node:crypto';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Maker } from '../../detectors/maker.ts';
import type { Sighting } from '../../sighting.ts';
import { KnownBlobs } from './known-blobs.ts';

let commonDir = '';
beforeEach(() => {
  commonDir = mkdtempSync(join(tmpdir(), 'watchword-known-'));
});
afterEach(() => rmSync(commonDir, { recursive: true, force: true }));

const make = new Maker('known blobs');
const key = make.bytes(32);
const ids = (count: number, idBytes: number): Buffer[] => Array.from({ length: count }, () => make.bytes(idBytes));

const none = new Map();

test.each([20, 32])('ids of %i bytes are known again, added to, and trees and absent ones told apart', (idBytes) => {
  const repository = { commonDir, idBytes };
  const all = ids(3000, idBytes);
  const gone = ids(20, idBytes).map((id) => id.toString('hex'));
  const first = new KnownBlobs(repository, { rules: 'rules', key });
  for (const [index, id] of all.slice(0, 2000).entries()) first.add(id, index % 100 === 0 ? 'tree' : 'scanned');
  first.setAbsent(gone);
  first.save(none);
  const second = new KnownBlobs(repository, { rules: 'rules', key });
  for (const id of all.slice(1900)) second.add(id, 'scanned');
  second.save(none);
  const third = new KnownBlobs(repository, { rules: 'rules', key });
  expect(third.size).toBe(3020);
  expect(all.every((id) => third.has(id))).toBe(true);
  expect(all.map((id) => third.isTree(id))).toEqual(all.map((_, index) => index < 2000 && index % 100 === 0));
  expect([...third.absent()].map((id) => id.toString('hex')).sort()).toEqual([...gone].sort());
  expect(gone.some((hex) => third.has(Buffer.from(hex, 'hex')))).toBe(false);
  expect(ids(1000, idBytes).filter((id) => third.has(id))).toEqual([]);
  third.add(Buffer.from(gone[0] ?? '', 'hex'), 'scanned');
  third.setAbsent(gone.slice(1));
  third.save(none);
  const fourth = new KnownBlobs(repository, { rules: 'rules', key });
  expect(fourth.size).toBe(3020);
  expect(fourth.has(Buffer.from(gone[0] ?? '', 'hex'))).toBe(true);
  expect(readdirSync(join(commonDir, 'watchword'))).toEqual(['scanned']);
  expect(statSync(join(commonDir, 'watchword/scanned')).mode & 0o777).toBe(0o600);
});

test('findings are known again, and no byte of them is legible', () => {
  const repository = { commonDir, idBytes: 20 };
  const blob = make.bytes(20).toString('hex');
  const [value, name] = [make.bytes(20), make.bytes(32).toString('base64')];
  const sighting: Sighting = {
    kind: 'sighting',
    detector: 'some-detector',
    confidence: 'high',
    reasons: ['some reason'],
    value,
    layers: [],
    path: 'some/path',
    address: 'some/path:1',
    start: { line: 1, column: 1, byte: 0 },
    end: { line: 1, column: 21, byte: 20 },
  };
  const hits = new Map([[blob, [name]]]);
  const attribution = { introduced: [{ blob, path: 'some/path', commit: 'some-commit' }], reached: new Set(['some-tag']) };
  const first = new KnownBlobs(repository, { rules: 'rules', key });
  const record = first.findings.record(blob, 'some/path');
  record.add(name, sighting);
  record.end();
  first.findings.record(blob, 'not/to/the/end').add(name, sighting);
  first.findings.keepAttribution('state', attribution);
  first.save(hits);
  const { findings } = new KnownBlobs(repository, { rules: 'rules', key });
  const { value: _value, ...rest } = sighting;
  expect(findings.hits).toEqual(hits);
  expect(findings.sightings(blob, 'some/path')).toEqual([{ ...rest, secret: name }]);
  expect(findings.sightings(blob, 'other/path')).toBeUndefined();
  expect(findings.sightings(blob, 'not/to/the/end')).toBeUndefined();
  expect(findings.attribution('state')).toEqual(attribution);
  expect(findings.attribution('other state')).toBeUndefined();
  const file = readFileSync(join(commonDir, 'watchword/scanned'));
  for (const text of [value, name, blob, Buffer.from(blob, 'hex'), 'some'])
    expect(file.includes(text as string), String(text)).toBe(false);
});

test('what was not used any more is forgotten', () => {
  const repository = { commonDir, idBytes: 20 };
  const first = new KnownBlobs(repository, { rules: 'rules', key });
  for (const path of ['kept', 'unused']) first.findings.record('blob', path).end();
  first.save(none);
  const second = new KnownBlobs(repository, { rules: 'rules', key });
  second.findings.keep('blob', 'kept');
  second.save(none);
  const { findings } = new KnownBlobs(repository, { rules: 'rules', key });
  expect([findings.sightings('blob', 'kept'), findings.sightings('blob', 'unused')]).toEqual([[], undefined]);
});

test('nothing is known under other rules, or from a damaged file', () => {
  const repository = { commonDir, idBytes: 20 };
  const known = new KnownBlobs(repository, { rules: 'rules', key });
  for (const id of ids(50, 20)) known.add(id, 'scanned');
  known.save(none);
  expect(new KnownBlobs(repository, { rules: 'other rules', key }).size).toBe(0);
  const path = join(commonDir, 'watchword', 'scanned');
  const sound = readFileSync(path);
  for (let at = 0; at < sound.length; at += 7) {
    const bytes = Buffer.from(sound);
    bytes[at] = (bytes[at] as number) ^ 1;
    writeFileSync(path, bytes);
    expect(new KnownBlobs(repository, { rules: 'rules', key }).size, `byte ${at}`).toBe(0);
  }
  for (const length of [0, 70, 140, sound.length - 1]) {
    writeFileSync(path, sound.subarray(0, length));
    expect(new KnownBlobs(repository, { rules: 'rules', key }).size, `${length} bytes`).toBe(0);
  }
  writeFileSync(path, sound);
  expect(new KnownBlobs(repository, { rules: 'rules', key }).size).toBe(50);
});

test('a file of the earlier format is not believed', () => {
  mkdirSync(join(commonDir, 'watchword'));
  const record = Buffer.concat([make.bytes(20), Buffer.alloc(1)]);
  const rules = createHash('sha256').update('rules').digest();
  const start = Buffer.concat([Buffer.from('watchword scanned objects 2\n', 'latin1'), rules, record]);
  const seal = createHmac('sha256', key).update(realpathSync(commonDir)).update('\0').update(start).digest();
  writeFileSync(join(commonDir, 'watchword/scanned'), Buffer.concat([start, seal]));
  expect(new KnownBlobs({ commonDir, idBytes: 20 }, { rules: 'rules', key }).size).toBe(0);
});

test('a file that came with the repository, or was made for another one, is not believed', () => {
  const repository = { commonDir, idBytes: 20 };
  const forged = new KnownBlobs(repository, { rules: 'rules', key: make.bytes(32) });
  for (const id of ids(50, 20)) forged.add(id, 'scanned');
  forged.save(none);
  expect(new KnownBlobs(repository, { rules: 'rules', key }).size).toBe(0);
  const other = join(commonDir, 'other');
  mkdirSync(other);
  const elsewhere = new KnownBlobs({ commonDir: other, idBytes: 20 }, { rules: 'rules', key });
  for (const id of ids(50, 20)) elsewhere.add(id, 'scanned');
  elsewhere.save(none);
  copyFileSync(join(other, 'watchword/scanned'), join(commonDir, 'watchword/scanned'));
  expect(new KnownBlobs(repository, { rules: 'rules', key }).size).toBe(0);
});

test('nothing is written through a link', () => {
  const target = join(commonDir, 'target');
  mkdirSync(target);
  symlinkSync(target, join(commonDir, 'watchword'));
  const known = new KnownBlobs({ commonDir, idBytes: 20 }, { rules: 'rules', key });
  for (const id of ids(1, 20)) known.add(id, 'scanned');
  known.save(none);
  expect(readdirSync(target)).toEqual([]);
});

test('a git directory that cannot be written to is no error', () => {
  writeFileSync(join(commonDir, 'watchword'), '');
  const known = new KnownBlobs({ commonDir, idBytes: 20 }, { rules: 'rules', key });
  for (const id of ids(1, 20)) known.add(id, 'scanned');
  expect(() => known.save(none)).not.toThrow();
});
