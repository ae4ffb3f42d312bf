import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Bench } from '../bench.ts';
import { historyCorpus } from './history-corpus.ts';
import { published } from './published.ts';
import { round, withTree } from './texts.ts';

const ROUNDS = 3;
const HISTORY_BYTES = 3.1e9;

type Commands = Readonly<Record<string, readonly string[]>>;
type Seconds = Readonly<Record<string, number>>;

/**
 * Other scanners, as their packages install them and without the network, on the same tree and the same history; each uses every core.
 * Named by the environment, since they are no dependency of ours: `KINGFISHER=/path BETTERLEAKS=/path npm run bench -- scan peers`.
 */
const bench: Bench = async () => {
  const history = await historyCorpus(HISTORY_BYTES);
  const own = published();
  const key = join(own, 'key');
  writeFileSync(key, randomBytes(32), { mode: 0o600 });
  const watchword = [process.execPath, join(own, 'bin/watchword'), 'scan', '--no-baseline', '--fail-on', 'never'];
  const quietly = ['--allow-incomplete', '--quiet', '--key-file', key, '--format', 'jsonl'];
  const commands = (ours: readonly string[], kingfisher: readonly string[], betterleaks: readonly string[]): Commands => ({
    watchword: [...watchword, ...quietly, ...ours],
    ...named('kingfisher', process.env['KINGFISHER'], [...kingfisher, '--no-validate', '--no-update-check', '--format', 'jsonl']),
    ...named('betterleaks', process.env['BETTERLEAKS'], [...betterleaks, '--log-level', 'error']),
  });
  try {
    const directory = await withTree(async ({ folder }) =>
      compared(commands([folder], ['scan', folder, '--git-history', 'none'], [folder])),
    );
    // What an earlier scan remembers would be unfair.
    const forget = (): void => rmSync(join(history, 'watchword'), { recursive: true, force: true });
    const past = compared(commands(['--history', history], ['scan', history, '--git-history', 'full'], ['git', history]), forget);
    return {
      ratios: { ...ratiosOf('directory', directory), ...ratiosOf('history', past) },
      figures: { ...figuresOf('directory', directory), ...figuresOf('history', past) },
    };
  } finally {
    rmSync(own, { recursive: true });
  }
};

export default bench;

const named = (name: string, program: string | undefined, args: readonly string[]): Commands =>
  program === undefined ? {} : { [name]: [program, ...args] };

/** Least seconds of each, in turn. */
function compared(commands: Commands, before: () => void = () => undefined): Seconds {
  const best: Record<string, number> = {};
  for (let turn = 0; turn < ROUNDS; turn += 1) {
    for (const [name, [program = '', ...args]] of Object.entries(commands)) {
      before();
      const started = performance.now();
      const { error } = spawnSync(program, args, { stdio: 'ignore' });
      if (error !== undefined) throw new Error(`${name} cannot be run: ${error.message}`);
      best[name] = Math.min(best[name] ?? Number.POSITIVE_INFINITY, (performance.now() - started) / 1000);
    }
  }
  return best;
}

const ratiosOf = (what: string, { watchword = Number.NaN, ...others }: Seconds): Record<string, number> =>
  Object.fromEntries(Object.entries(others).map(([name, seconds]) => [`${what}: ${name} ÷ watchword`, seconds / watchword]));

const figuresOf = (what: string, seconds: Seconds): Record<string, { value: number; unit: string }> =>
  Object.fromEntries(Object.entries(seconds).map(([name, value]) => [`${what}: ${name}`, { value: round(value), unit: 's' }]));
