import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { catalogue } from '../../../src/scanning/catalogue.ts';
import { Maker } from '../../../src/scanning/detectors/maker.ts';
import type { Bench } from '../bench.ts';
import { median } from '../load/machine.ts';
import { published } from './published.ts';
import { round, withTree } from './texts.ts';

const ROUNDS = 5;
const LITERALS = 300;

/**
 * The published command on a tree, as a team runs it (with a key, so that fingerprints are no slow hashes), against ripgrep looking
 * for 300 literals: whole processes, one after the other in turn. Both pass over binary files.
 */
const bench: Bench = () =>
  withTree(async ({ folder, textFiles, textBytes }) => {
    const installed = published();
    const literals = join(installed, 'literals');
    writeFileSync(literals, literalList().join('\n'));
    const key = join(installed, 'key');
    writeFileSync(key, randomBytes(32), { mode: 0o600 });
    const scan = (threads: number): string[] => [
      ...[process.execPath, join(installed, 'bin/watchword'), 'scan', folder, '--threads', String(threads), '--no-baseline'],
      ...['--fail-on', 'never', '--allow-incomplete', '--quiet', '--key-file', key, '--output', `jsonl:${literals}.jsonl`],
    ];
    const search = (threads: number): string[] => ['rg', '-uu', `-j${threads}`, '-F', '-i', '-c', '-f', literals, folder];
    const commands = { one: scan(1), two: scan(2), search1: search(1), search2: search(2) };
    const names = Object.keys(commands) as (keyof typeof commands)[];
    const runs: Record<keyof typeof commands, number[]> = { one: [], two: [], search1: [], search2: [] };
    let memory: readonly number[] = [];
    try {
      // Brings the files into memory, too.
      memory = [commands.one, commands.two].map(memoryOf);
      for (let turn = 0; turn < ROUNDS; turn += 1) for (const name of names) runs[name].push(run(commands[name]));
    } finally {
      rmSync(installed, { recursive: true, force: true });
    }
    const seconds = (name: keyof typeof commands): number => median(runs[name]);
    const figure = (name: keyof typeof commands) => ({ value: round(seconds(name), 3), unit: 's' });
    return {
      ratios: {
        'directory: ripgrep ÷ scan, one thread': seconds('search1') / seconds('one'),
        'directory: ripgrep ÷ scan, two threads': seconds('search2') / seconds('two'),
      },
      figures: {
        'directory: text files': { value: textFiles, unit: '' },
        'directory: text': { value: Math.round(textBytes / 1e6), unit: 'MB' },
        'directory: scan, one thread': figure('one'),
        'directory: scan, two threads': figure('two'),
        'directory: ripgrep, one thread': figure('search1'),
        'directory: ripgrep, two threads': figure('search2'),
        'directory: memory, one thread': { value: Math.round(memory[0] ?? Number.NaN), unit: 'MiB' },
        'directory: memory, two threads': { value: Math.round(memory[1] ?? Number.NaN), unit: 'MiB' },
      },
    };
  });

export default bench;

/** As many words as the detectors look for, or the first 300 of them in an order by chance. */
function literalList(): string[] {
  const anchors = [...new Set(catalogue.flatMap((detector) => detector.anchors))];
  return anchors.sort((a, b) => new Maker(a).below(65_536) - new Maker(b).below(65_536)).slice(0, LITERALS);
}

/** Seconds that a command takes. @throws Error when the program is not there or fails */
function run([program = '', ...args]: readonly string[]): number {
  const started = performance.now();
  const { status, error, stderr } = spawnSync(program, args, { stdio: ['ignore', 'ignore', 'pipe'], encoding: 'utf8' });
  const seconds = (performance.now() - started) / 1000;
  if (error !== undefined)
    throw new Error(`${program} cannot be run (ripgrep on Debian: apt-get install ripgrep): ${error.message}`);
  // ripgrep says 1 when it found nothing.
  if (status !== 0 && !(program === 'rg' && status === 1)) throw new Error(`${program} failed (${status}): ${stderr}`);
  return seconds;
}

/** Largest resident memory of a Node process in MiB, as it says itself when it ends. */
function memoryOf([program = '', ...args]: readonly string[]): number {
  const told = `process.on('exit',()=>process.stderr.write('\\nmaxRSS '+process.resourceUsage().maxRSS))`;
  const { stderr } = spawnSync(program, [`--import=data:text/javascript,${encodeURIComponent(told)}`, ...args], {
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
  });
  return Number(/maxRSS (\d+)/.exec(stderr)?.[1]) / 1024;
}
