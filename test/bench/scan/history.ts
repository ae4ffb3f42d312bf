import { spawnSync } from 'node:child_process';
import { closeSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { catalogue } from '../../../src/scanning/catalogue.ts';
import { Scanner } from '../../../src/scanning/engine/scanner.ts';
import * as readers from '../../../src/scanning/formats/index.ts';
import { newProgress, type Progress } from '../../../src/scanning/sighting.ts';
import { history } from '../../../src/scanning/sources/git/history.ts';
import { ruleSet } from '../../../src/scanning/sources/git/known-blobs.ts';
import { Unfolder } from '../../../src/scanning/unfolder.ts';
import type { Bench } from '../bench.ts';
import { median } from '../load/machine.ts';
import { historyCorpus } from './history-corpus.ts';
import { round } from './texts.ts';

const formats = Object.values(readers).flat();
const BYTES = 3.6e9;
const ROUNDS = 3;

/**
 * All of a history, found, verified and attributed, against `git cat-file --batch --buffer` printing the same blobs in the order of
 * the pack to nowhere. In turn.
 */
const bench: Bench = async () => {
  const repository = await historyCorpus(BYTES);
  const ids = join(tmpdir(), `watchword-blobs-${process.pid}`);
  try {
    writeFileSync(ids, blobIds(repository));
    const runs = { scan: [] as number[], git: [] as number[] };
    let progress = newProgress();
    for (let turn = 0; turn < ROUNDS; turn += 1) {
      runs.git.push(printed(repository, ids));
      const started = performance.now();
      progress = await scan(repository);
      runs.scan.push((performance.now() - started) / 1000);
    }
    const rules = ruleSet(catalogue, formats, `bench ${process.pid}`);
    await scan(repository, rules);
    const again = performance.now();
    await scan(repository, rules);
    const second = (performance.now() - again) / 1000;
    return {
      ratios: { 'history: scan ÷ git cat-file, one thread': median(runs.scan) / median(runs.git) },
      figures: {
        'history: blobs': { value: progress.files, unit: '' },
        'history: bytes': { value: Math.round(progress.bytes / 1e6), unit: 'MB' },
        'history: scan, one thread': { value: round(median(runs.scan), 2), unit: 's' },
        'history: git cat-file': { value: round(median(runs.git), 2), unit: 's' },
        'history: second scan': { value: round(second, 2), unit: 's' },
        'history: memory': { value: Math.round(process.resourceUsage().maxRSS / 1024), unit: 'MiB' },
      },
    };
  } finally {
    rmSync(ids, { force: true });
    rmSync(join(repository, 'watchword'), { recursive: true, force: true });
  }
};

export default bench;

async function scan(repository: string, rules?: string): Promise<Progress> {
  const scanner = new Scanner(catalogue);
  const progress = newProgress();
  const unfolder = new Unfolder(scanner, formats, progress);
  for await (const event of history(repository, rules === undefined ? {} : { rules })({ scanner, unfolder, progress }))
    if (event.kind === 'sighting') event.value.fill(0);
  return progress;
}

/** In the order of the pack, which is git's fastest. */
function blobIds(repository: string): string {
  const args = ['-C', repository, 'cat-file', '--batch-all-objects', '--unordered', '--batch-check=%(objecttype) %(objectname)'];
  const { stdout } = spawnSync('git', args, { encoding: 'latin1', maxBuffer: 2 ** 30 });
  const blobs = stdout.split('\n').filter((line) => line.startsWith('blob '));
  return blobs.map((line) => `${line.slice(5)}\n`).join('');
}

/** Seconds. @throws Error when git fails */
function printed(repository: string, ids: string): number {
  const input = openSync(ids, 'r');
  try {
    const started = performance.now();
    const { status } = spawnSync('git', ['-C', repository, 'cat-file', '--batch', '--buffer'], {
      stdio: [input, 'ignore', 'ignore'],
    });
    if (status !== 0) throw new Error('git cat-file failed');
    return (performance.now() - started) / 1000;
  } finally {
    closeSync(input);
  }
}
