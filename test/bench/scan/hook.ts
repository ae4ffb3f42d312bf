import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Bench } from '../bench.ts';
import { median } from '../load/machine.ts';
import { round } from './texts.ts';

const ROUNDS = 21;
const FILES = 30;
const repository = join(import.meta.dirname, '../../..');

/** What a commit of 30 files waits for: the published command on what is staged, against Node.js running nothing. In turn. */
const bench: Bench = async () => {
  execFileSync(process.execPath, [join(repository, 'scripts/build.ts')], { stdio: 'ignore' });
  const folder = staged();
  const installed = published();
  const program = join(installed, 'bin/watchword');
  const empty = join(installed, 'empty.cjs');
  writeFileSync(empty, '');
  const commands = {
    hook: [program, 'hook', 'run', 'pre-commit'],
    scan: [program, 'scan', '--staged', '--quiet'],
    nothing: [empty],
  };
  const names = Object.keys(commands) as (keyof typeof commands)[];
  const runs: Record<keyof typeof commands, number[]> = { hook: [], scan: [], nothing: [] };
  try {
    for (const name of names) run(commands[name], folder);
    for (let turn = 0; turn < ROUNDS; turn += 1) for (const name of names) runs[name].push(run(commands[name], folder));
  } finally {
    for (const made of [folder, installed]) rmSync(made, { recursive: true, force: true });
  }
  const figure = (milliseconds: number) => ({ value: round(milliseconds, 1), unit: 'ms' });
  return {
    ratios: { 'hook: hook ÷ node running nothing': median(runs.hook) / median(runs.nothing) },
    figures: {
      'hook: 30 staged files': figure(median(runs.hook)),
      'hook: scan --staged of the same': figure(median(runs.scan)),
      'hook: node running nothing': figure(median(runs.nothing)),
      'hook: beyond node running nothing': figure(median(runs.hook) - median(runs.nothing)),
    },
  };
};

export default bench;

/** What the package holds: in a clone the sources are run instead. */
function published(): string {
  const folder = mkdtempSync(join(tmpdir(), 'watchword-package-'));
  for (const part of ['bin', 'dist', 'package.json']) cpSync(join(repository, part), join(folder, part), { recursive: true });
  return folder;
}

/** A repository with one commit, and 30 of this repository's source files staged after it. */
function staged(): string {
  const folder = mkdtempSync(join(tmpdir(), 'watchword-hook-'));
  const git = (...args: readonly string[]): string => execFileSync('git', ['-C', folder, ...args], { encoding: 'utf8' });
  git('init', '--quiet');
  const identity = ['-c', 'user.name=bench', '-c', 'user.email=bench@example.com', '-c', 'core.hooksPath=/dev/null'];
  git(...identity, 'commit', '--quiet', '--allow-empty', '-m', 'first');
  const sources = execFileSync('git', ['-C', repository, 'ls-files', 'src/**/*.ts'], { encoding: 'utf8' }).split('\n');
  const chosen = sources
    .filter((path) => path !== '' && !path.endsWith('.test.ts') && !path.includes('/scanning/'))
    .slice(0, FILES);
  for (const path of chosen) {
    mkdirSync(join(folder, path, '..'), { recursive: true });
    writeFileSync(join(folder, path), execFileSync('git', ['-C', repository, 'show', `HEAD:${path}`]));
  }
  git('add', '--all');
  return folder;
}

/** Milliseconds. @throws Error when it fails */
function run(args: readonly string[], cwd: string): number {
  const started = performance.now();
  const { status, stderr } = spawnSync(process.execPath, args, { cwd, stdio: ['ignore', 'ignore', 'pipe'], encoding: 'utf8' });
  if (status !== 0) throw new Error(`${args.join(' ')} failed (${status}): ${stderr}`);
  return performance.now() - started;
}
