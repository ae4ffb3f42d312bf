import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import type { Bench } from '../bench.ts';
import { historyCorpus } from './history-corpus.ts';
import { round, withTree } from './texts.ts';

const ROUNDS = 3;
const HISTORY_BYTES = 3.1e9;
const repository = join(import.meta.dirname, '../../..');

/**
 * Other scanners, as their packages install them and without the network, on the same tree and the same history. Named by the
 * environment, since they are no dependency of ours: `KINGFISHER=/path BETTERLEAKS=/path npm run bench -- scan peers`.
 */
const bench: Bench = async () => {
  const peers = {
    kingfisher: process.env['KINGFISHER'],
    betterleaks: process.env['BETTERLEAKS'],
  };
  const build = spawnSync(process.execPath, [join(repository, 'scripts/build.ts')], { encoding: 'utf8' });
  if (build.status !== 0) throw new Error(`building failed: ${build.stderr}`);
  const history = await historyCorpus(HISTORY_BYTES);
  const directory = await withTree(async ({ folder }) => compared(directoryCommands(folder, peers)));
  const past = compared(historyCommands(history, peers));
  return {
    ratios: { ...ratiosOf('directory', directory), ...ratiosOf('history', past) },
    figures: { ...figuresOf('directory', directory), ...figuresOf('history', past) },
  };
};

export default bench;

interface Peers {
  readonly kingfisher: string | undefined;
  readonly betterleaks: string | undefined;
}

type Commands = Readonly<Record<string, readonly string[]>>;

const ours = (...target: readonly string[]): readonly string[] => [
  ...[process.execPath, join(repository, 'bin/watchword'), 'scan', ...target, '--no-baseline', '--fail-on', 'never'],
  ...['--allow-incomplete', '--quiet', '--format', 'jsonl'],
];

function withPeers(
  own: readonly string[],
  { kingfisher, betterleaks }: Peers,
  target: readonly string[],
  kingfisherArgs: readonly string[],
): Commands {
  return {
    watchword: own,
    ...(kingfisher === undefined
      ? {}
      : {
          kingfisher: [
            kingfisher,
            'scan',
            ...target,
            ...kingfisherArgs,
            '--no-validate',
            '--no-update-check',
            '--format',
            'jsonl',
          ],
        }),
    ...(betterleaks === undefined ? {} : { betterleaks: [betterleaks, ...target, '--log-level', 'error'] }),
  };
}

const directoryCommands = (folder: string, peers: Peers): Commands =>
  withPeers(ours(folder), peers, [folder], ['--git-history', 'none', '--no-limits']);

const historyCommands = (folder: string, peers: Peers): Commands =>
  withPeers(ours('--history', folder), peers, [folder], ['--git-history', 'full']);

/** Least seconds of each, in turn: the other scanners use every core as they like, so ours does too. */
function compared(commands: Commands): Readonly<Record<string, number>> {
  const best: Record<string, number> = {};
  for (let turn = 0; turn < ROUNDS; turn += 1) {
    for (const [name, [program = '', ...args]] of Object.entries(commands)) {
      const started = performance.now();
      const { error } = spawnSync(program, args, { stdio: 'ignore' });
      if (error !== undefined) throw new Error(`${name} cannot be run: ${error.message}`);
      best[name] = Math.min(best[name] ?? Number.POSITIVE_INFINITY, (performance.now() - started) / 1000);
    }
  }
  return best;
}

function ratiosOf(what: string, { watchword = Number.NaN, ...others }: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(others).map(([name, seconds]) => [`${what}: ${name} ÷ watchword`, seconds / watchword]),
  );
}

function figuresOf(what: string, seconds: Readonly<Record<string, number>>): Record<string, { value: number; unit: string }> {
  return Object.fromEntries(
    Object.entries(seconds).map(([name, value]) => [`${what}: ${name}`, { value: round(value, 2), unit: 's' }]),
  );
}
