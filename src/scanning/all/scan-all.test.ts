import { appendFile, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { catalogue } from '../catalogue.ts';
import { Maker } from '../detectors/maker.ts';
import type { ScanResult } from '../findings.ts';
import { newProgress } from '../sighting.ts';
import { scanAll } from './scan-all.ts';

const detectors = catalogue.filter(({ id }) => id === 'github-personal-access-token');
const token = detectors[0]?.examples(new Maker('scan-all')).positive[0]?.value ?? '';

let root: string;
let stateFile: string;
beforeEach(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'watchword-all-'));
  root = join(folder, 'root');
  stateFile = join(folder, 'state.jsonl');
  for (const name of ['a', 'b', 'c']) {
    await mkdir(join(root, name), { recursive: true });
    await writeFile(join(root, name, 'x.py'), `token = "${token}"\n`);
  }
});
afterEach(() => rm(join(root, '..'), { recursive: true }));

/** Scans until `enough` results are there. */
async function scanned(enough = Number.POSITIVE_INFINITY) {
  const progress = newProgress();
  const results: ScanResult[] = [];
  for await (const result of scanAll(
    { root, stateFile, keyId: 'salt-00000000', detectors, threads: 1 },
    { detectors, progress },
  )) {
    results.push(result);
    if (results.length >= enough) break;
  }
  return { files: progress.files, paths: results.map(({ path }) => path.slice(root.length + 1)) };
}

test('a run that was stopped goes on where it was, and reports what it had found', async () => {
  expect((await scanned(2)).paths).toEqual(['a/x.py', 'b/x.py']);
  expect(await readFile(stateFile, 'utf8')).not.toContain(token);
  await appendFile(stateFile, '{"kind":"found","torn');
  expect(await scanned()).toEqual({ files: 2, paths: ['a/x.py', 'b/x.py', 'c/x.py'] });
});

test('a run that is through leaves no state, and the next begins anew', async () => {
  expect((await scanned()).files).toBe(3);
  await expect(stat(stateFile)).rejects.toThrow(/ENOENT/);
  expect((await scanned()).files).toBe(3);
});
