import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { github } from './detectors/github.ts';
import { Scanner } from './engine/scanner.ts';
import * as formats from './formats/index.ts';
import { newProgress } from './sighting.ts';
import type { ScanContext } from './source.ts';
import { directory } from './sources/directory.ts';
import { scanShares } from './sources/scan-files.ts';
import { runSource, tokenFor } from './sources/testing/scan-source.ts';
import { Unfolder } from './unfolder.ts';
import { inThreads, type Task } from './workers.ts';

const token = tokenFor('workers');
const COUNT = 4200;
let root: string;

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'watchword-workers-'));
  for (let at = 0; at < COUNT; at += 1) {
    const folder = join(root, String(at % 50));
    if (at < 50) mkdirSync(folder);
    writeFileSync(join(folder, `${at}.txt`), at % 10 === 0 ? `a\n${token}\n` : 'nothing\n');
  }
});
afterAll(() => rmSync(root, { recursive: true }));

function context(): ScanContext {
  const scanner = new Scanner(github);
  const progress = newProgress();
  return { scanner, progress, unfolder: new Unfolder(scanner, Object.values(formats), progress) };
}

test('two threads find what one finds, and count the same', async () => {
  const one = await runSource(directory(root, { threads: 1 }));
  const two = await runSource(directory(root, { threads: 2 }));
  expect(two.addresses).toEqual(one.addresses);
  expect(two.addresses).toHaveLength(COUNT / 10);
  expect(two.progress).toEqual(one.progress);
  expect(two.sightings.every(({ value }) => Buffer.from(value).toString() === token)).toBe(true);
});

test('what the other thread finds arrives, even when this one does nothing', async () => {
  const files = Array.from({ length: 100 }, (_, at) => ({ open: join(root, `${at % 50}/${at}.txt`), path: `${at}.txt` }));
  const idle: Task<typeof files> = {
    name: 'files',
    input: files,
    async *run() {
      await new Promise((resolve) => setTimeout(resolve, 3000));
    },
  };
  const found: string[] = [];
  for await (const event of inThreads(idle, context(), 2)) found.push(event.path);
  expect(found.sort()).toEqual(Array.from({ length: 10 }, (_, at) => `${at * 10}.txt`).sort());
});

test('a task that a worker does not know is an error, not a scan of nothing', async () => {
  const task: Task<string[]> = {
    name: 'unheard of',
    input: [],
    async *run() {
      await new Promise((resolve) => setTimeout(resolve, 3000));
      yield { kind: 'not-scanned', path: 'a', reason: 'b' };
    },
  };
  const run = async (): Promise<void> => {
    for await (const _ of inThreads(task, context(), 2));
  };
  await expect(run()).rejects.toThrow('no such task: unheard of');
});

test('a reader who stops early leaves no thread behind', async () => {
  const files = [{ open: join(root, '0/0.txt'), path: '0.txt' }];
  const events = inThreads({ name: 'files', input: files, run: scanShares }, context(), 2);
  await events.next();
  expect(await events.return(undefined)).toEqual({ done: true, value: undefined });
});
