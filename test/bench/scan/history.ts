import { spawnSync } from 'node:child_process';
import { closeSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { catalogue } from '../../../src/scanning/catalogue.ts';
import { Scanner } from '../../../src/scanning/engine/scanner.ts';
import * as readers from '../../../src/scanning/formats/index.ts';
import { newProgress, type Progress } from '../../../src/scanning/sighting.ts';
import { type HistoryOptions, history } from '../../../src/scanning/sources/git/history.ts';
import { ruleSet } from '../../../src/scanning/sources/git/known-blobs.ts';
import { Unfolder } from '../../../src/scanning/unfolder.ts';
import type { Bench } from '../bench.ts';
import { median } from '../load/machine.ts';
import { historyCorpus } from './history-corpus.ts';
import { round } from './texts.ts';

const formats = Object.values(readers).flat();
const BYTES = 3.1e9;
const ROUNDS = 5;

/**
 * All of a history, found, verified and attributed, against `git cat-file --batch --buffer` printing the same blobs in the order of
 * the pack to nowhere. In turn. A second scan is held against git listing the objects.
 */
const bench: Bench = async () => {
  const repository = await historyCorpus(BYTES);
  const ids = join(tmpdir(), `watchword-blobs-${process.pid}`);
  try {
    writeFileSync(ids, blobIds(repository));
    const runs = {
      one: [] as number[],
      two: [] as number[],
      git: [] as number[],
      again: [] as number[],
      listing: [] as number[],
    };
    let progress = newProgress();
    const timed = async (into: number[], options: HistoryOptions): Promise<void> => {
      const started = performance.now();
      progress = await scan(repository, options);
      into.push((performance.now() - started) / 1000);
    };
    for (let turn = 0; turn < ROUNDS; turn += 1) {
      runs.git.push(printed(repository, ids));
      await timed(runs.one, { threads: 1 });
      await timed(runs.two, { threads: 2 });
    }
    const whole = progress;
    const memory = { rules: ruleSet(catalogue, formats, `bench ${process.pid}`), key: Buffer.alloc(32, 1) };
    await scan(repository, { memory });
    for (let turn = 0; turn < ROUNDS; turn += 1) {
      runs.listing.push(listed(repository));
      await timed(runs.again, { memory });
    }
    const git = median(runs.git);
    return {
      ratios: {
        'history: scan ÷ git cat-file, one thread': median(runs.one) / git,
        'history: scan ÷ git cat-file, two threads': median(runs.two) / git,
        'history: second scan ÷ git listing the objects': median(runs.again) / median(runs.listing),
      },
      figures: {
        'history: blobs': { value: whole.files, unit: '' },
        'history: bytes': { value: Math.round(whole.bytes / 1e6), unit: 'MB' },
        'history: scan, one thread': { value: round(median(runs.one), 2), unit: 's' },
        'history: scan, two threads': { value: round(median(runs.two), 2), unit: 's' },
        'history: git cat-file': { value: round(git, 2), unit: 's' },
        'history: git cat-file reads': { value: round(whole.bytes / 1e9 / git, 2), unit: 'GB/s' },
        'history: second scan': { value: round(median(runs.again), 2), unit: 's' },
        'history: memory': { value: Math.round(process.resourceUsage().maxRSS / 1024), unit: 'MiB' },
      },
    };
  } finally {
    rmSync(ids, { force: true });
    rmSync(join(repository, 'watchword'), { recursive: true, force: true });
  }
};

export default bench;

async function scan(repository: string, options: HistoryOptions): Promise<Progress> {
  const scanner = new Scanner(catalogue);
  const progress = newProgress();
  const unfolder = new Unfolder(scanner, formats, progress);
  for await (const event of history(repository, options)({ scanner, unfolder, progress }))
    if (event.kind === 'sighting') event.value.fill(0);
  return progress;
}

const everyObject = ['cat-file', '--batch-all-objects', '--unordered'];

/** In the order of the pack, which is git's fastest. */
function blobIds(repository: string): string {
  const args = ['-C', repository, ...everyObject, '--batch-check=%(objecttype) %(objectname)'];
  const { stdout } = spawnSync('git', args, { encoding: 'latin1', maxBuffer: 2 ** 30 });
  const blobs = stdout.split('\n').filter((line) => line.startsWith('blob '));
  return blobs.map((line) => `${line.slice(5)}\n`).join('');
}

/** Seconds. @throws Error when git fails */
function listed(repository: string): number {
  const started = performance.now();
  const { status } = spawnSync('git', ['-C', repository, ...everyObject, '--batch-check'], { stdio: 'ignore' });
  if (status !== 0) throw new Error('git cat-file failed');
  return (performance.now() - started) / 1000;
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
