import {
  chmodSync,
  closeSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MemoryDirectory, memoryPlaces } from './memory-directory.ts';

const MODE = 0o7777;
const inMemory = existsSync('/dev/shm');

describe.skipIf(!inMemory)('a folder in memory', () => {
  let place: string;
  let elsewhere: string;
  beforeEach(() => {
    place = mkdtempSync('/dev/shm/watchword-test-');
    elsewhere = mkdtempSync(join(tmpdir(), 'watchword-disk-'));
  });
  afterEach(() => {
    rmSync(place, { recursive: true });
    rmSync(elsewhere, { recursive: true });
  });

  it('is for us alone, and so is what lies in it', () => {
    const directory = new MemoryDirectory([place]);
    directory.write('a', 'secret');
    expect(lstatSync(directory.path).mode & MODE).toBe(0o700);
    expect(lstatSync(directory.file('a')).mode & MODE).toBe(0o600);
    expect(readdirSync(directory.path)).toEqual(['a']);
    directory.remove();
    directory.remove();
    expect(readdirSync(place)).toEqual([]);
  });

  it('never shows half of a new content', () => {
    const directory = new MemoryDirectory([place]);
    directory.write('a', 'old');
    const before = openSync(directory.file('a'), 'r');
    directory.write('a', 'new');
    const bytes = Buffer.alloc(3);
    readSync(before, bytes);
    closeSync(before);
    expect([bytes.toString(), readFileSync(directory.file('a'), 'utf8')]).toEqual(['old', 'new']);
    directory.remove();
  });

  it('overwrites what it deletes, for whoever has it open', () => {
    const directory = new MemoryDirectory([place]);
    directory.write('a', 'secret');
    const open = openSync(directory.file('a'), 'r');
    directory.remove();
    const bytes = Buffer.alloc(6, 'x');
    readSync(open, bytes, 0, 6, 0);
    closeSync(open);
    expect(bytes).toEqual(Buffer.alloc(6));
  });

  it('follows no link that was planted in it', () => {
    const directory = new MemoryDirectory([place]);
    const victim = join(elsewhere, 'victim');
    writeFileSync(victim, 'precious');
    symlinkSync(victim, directory.file('a'));
    directory.write('a', 'secret');
    expect(lstatSync(directory.file('a')).isFile()).toBe(true);
    symlinkSync(victim, directory.file('b'));
    directory.remove();
    expect([existsSync(directory.path), readFileSync(victim, 'utf8')]).toEqual([false, 'precious']);
  });

  it('deletes nothing of another folder that was put in its place', () => {
    const directory = new MemoryDirectory([place]);
    rmSync(directory.path, { recursive: true });
    writeFileSync(join(elsewhere, 'precious'), 'x');
    symlinkSync(elsewhere, directory.path);
    directory.remove();
    expect(readdirSync(elsewhere)).toEqual(['precious']);
  });

  it('is refused where a disk would keep it', () => {
    for (const bad of ['/proc', join(place, 'missing')]) {
      expect(() => new MemoryDirectory([bad])).toThrow(/no file system in memory.*XDG_RUNTIME_DIR/);
    }
  });

  it('lies rather where others cannot replace it, and says where they can', () => {
    const openToAll = join(place, 'open');
    mkdirSync(openToAll);
    chmodSync(openToAll, 0o777);
    const [better, only] = [new MemoryDirectory(['/proc', openToAll, place]), new MemoryDirectory([openToAll])];
    expect([better.path.startsWith(openToAll), better.replaceable, only.replaceable]).toEqual([false, false, true]);
    better.remove();
    only.remove();
  });

  it('that was replaced gets no credential', () => {
    const directory = new MemoryDirectory([place]);
    renameSync(directory.path, join(place, 'away'));
    mkdirSync(directory.path);
    expect(() => directory.write('a', 'secret')).toThrow('taken away');
    directory.remove();
    expect(readdirSync(directory.path)).toEqual([]);
  });

  it('lies where the session has its own, else in shared memory', () => {
    expect(memoryPlaces({ XDG_RUNTIME_DIR: '/run/user/7' })).toEqual(['/run/user/7', '/dev/shm']);
    expect(memoryPlaces({ XDG_RUNTIME_DIR: 'relative' })).toEqual(['/dev/shm']);
  });
});
