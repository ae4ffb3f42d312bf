import { closeSync, mkdtempSync, openSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { checkDescriptor, writeToDescriptor } from './descriptor.ts';

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'watchword-fd-'));
});
afterAll(() => rmSync(directory, { recursive: true }));

it('writes everything to a file that is open', () => {
  const fd = openSync(join(directory, 'out'), 'w');
  checkDescriptor(fd);
  writeToDescriptor(fd, "A='1'\n");
  closeSync(fd);
  expect(readFileSync(join(directory, 'out'), 'utf8')).toBe("A='1'\n");
});

it('refuses one that is not open', () => {
  expect(() => checkDescriptor(987)).toThrow('File descriptor 987 is not open');
});

it('refuses one that is open for reading alone', () => {
  const fd = openSync(join(directory, 'out'), 'r');
  expect(() => checkDescriptor(fd)).toThrow('reading alone');
  closeSync(fd);
});

it.each(['/dev/null', '/dev/zero'])('refuses %s, which nobody reads', (device) => {
  const fd = openSync(device, 'w');
  expect(() => checkDescriptor(fd)).toThrow('is not a file, a pipe or a socket');
  closeSync(fd);
});

it('refuses a pipe of which this process has both ends, such as those of Node.js', () => {
  expect(pipesOfOurs().length).toBeGreaterThan(0);
  for (const fd of pipesOfOurs()) expect(() => checkDescriptor(fd)).toThrow(/is not a file|reading alone/);
});

/** Descriptors of pipes whose other end is in this process as well. */
function pipesOfOurs(): number[] {
  const links = readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      return [[Number(fd), readlinkSync(`/proc/self/fd/${fd}`)] as const];
    } catch {
      return [];
    }
  });
  return links
    .filter(([fd, link]) => link.startsWith('pipe:') && links.some(([other, its]) => other !== fd && its === link))
    .map(([fd]) => fd)
    .filter((fd) => fd > 2);
}
