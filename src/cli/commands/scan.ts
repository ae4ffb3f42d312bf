import { Command, Option } from 'commander';
import { WatchwordError } from '../../foundation/errors.ts';
import { isBaselineRoot } from '../../scanning/baseline/find-baseline.ts';
import { repeated, wholeNumber } from '../options.ts';
import type { Errand, ScanCommandOptions } from '../scan/run-scan.ts';
import type { Terminal } from '../terminal.ts';

const CONFIDENCES = ['high', 'medium', 'low'];

/** Options that `scan` shares with `baseline` and `hook`. */
function withScanning(command: Command): Command {
  return command
    .optionsGroup('Fingerprints and baseline:')
    .option('--key-file <file>', "the team's fingerprint key: at least 32 random bytes, readable by you alone")
    .addOption(
      new Option('--key-secret <path>', 'the same from the field `key` of a secret in the store, such as secret/scan').conflicts(
        'keyFile',
      ),
    )
    .option('--baseline <file>', 'what may stay (default: watchword-baseline.jsonl at the root of the repository)')
    .option('--no-baseline', 'report what the baseline silences as well')
    .optionsGroup('Options:');
}

interface Options extends ScanCommandOptions {
  readonly all?: string;
  readonly state?: string;
  readonly listDetectors?: boolean;
  readonly fix?: boolean;
  readonly fixMode: 'replace' | 'clear-outputs' | 'clear-all-outputs';
  readonly dryRun?: boolean;
}

/** `watchword scan`: leaked credentials in files, histories and archives, without a server. */
export function scanCommand(terminal: Terminal): Command {
  const command = new Command('scan')
    .description(
      'Finds leaked credentials in files, notebooks, archives, images and git histories. Runs alone: no server, no network, nothing that is scanned is executed. No report holds a secret. Exit codes: 0 nothing found, 3 found something, 4 nothing found but not everything could be scanned, 1 failed, 2 wrong usage.',
    )
    .argument('[paths...]', 'files and folders; - for standard input (default: the working directory)')
    .addOption(new Option('--staged', 'what the next commit would change').conflicts(['history', 'range', 'all']))
    .addOption(
      new Option('--history', 'every object of the repository, also those no branch leads to').conflicts(['range', 'all']),
    )
    .addOption(new Option('--range <a..b>', 'what these commits brought in').conflicts('all'))
    .option(
      '--all <folder>',
      'every repository (files and history) and every other file below this folder; resumes where it was stopped',
    )
    .option('--state <file>', 'how far --all came (default: one for the folder, below ~/.local/state/watchword)')
    .option('--stdin-name <path>', 'what standard input is called in the report, and its file type', 'stdin')
    .option('--exclude <glob>', 'leave out these paths; may be given several times', repeated)
    .option('--respect-gitignore', 'leave out what git ignores (secrets often lie there)')
    .option('--threads <number>', 'at most this many (default: 2, where there is enough to do)', wholeNumber(1))
    .option('--detector <id>', 'only this detector or family; may be given several times', repeated)
    .option('--skip-detector <id>', 'without this detector or family; may be given several times', repeated)
    .addOption(new Option('--min-confidence <level>', 'leave out what is less sure').choices(CONFIDENCES))
    .addOption(
      new Option('--fail-on <level>', 'exit code 3 from this confidence on').choices([...CONFIDENCES, 'never']).default('medium'),
    )
    .option('--allow-incomplete', 'exit code 0 instead of 4 when something could not be scanned')
    .option(
      '--verify <provider>',
      'ask this provider whether what was found is alive, by one read-only request each; `all` for all; the secret is sent to it',
      repeated,
    )
    .addOption(
      new Option(
        '--fix',
        'in notebooks: show the change and make it: read the environment in place of a secret, clear outputs that hold one',
      ).conflicts(['staged', 'history', 'range', 'all']),
    )
    .addOption(
      new Option('--fix-mode <how>', 'what --fix does')
        .choices(['replace', 'clear-outputs', 'clear-all-outputs'])
        .default('replace'),
    )
    .option('--dry-run', 'with --fix: show the change and do not make it')
    .option('--list-detectors', 'print what is looked for, and scan nothing');
  withScanning(command);
  withReports(command);
  return command.action(async (paths: readonly string[], options: Options) => {
    if (options.listDetectors === true) {
      const { listDetectors } = await import('../scan/list-detectors.ts');
      return listDetectors(options, terminal);
    }
    if (options.fix === true) {
      const { runFix } = await import('../scan/run-fix.ts');
      return runFix(paths.length === 0 ? ['.'] : paths, options, terminal);
    }
    if (options.all !== undefined) {
      const { runScanOfAll } = await import('../scan/run-scan-of-all.ts');
      return runScanOfAll(options.all, options, terminal);
    }
    const { runScan } = await import('../scan/run-scan.ts');
    await runScan(errandOf(paths, options), options, terminal);
  });
}

function withReports(command: Command): Command {
  return command
    .optionsGroup('Reports:')
    .option('--format <name>', 'of standard output: terminal, json, jsonl, sarif, csv, markdown (default: terminal)')
    .option('--output <format:file>', 'write this report to a file; may be given several times', repeated)
    .option('--show-secrets', 'print what was found in full; on a terminal only')
    .option('--quiet', 'no progress, and with --output nothing on standard output')
    .option('--no-progress', 'no progress bar')
    .optionsGroup('Options:');
}

function errandOf(paths: readonly string[], options: Options): Errand {
  const { staged, history, range, threads, exclude, respectGitignore, stdinName = 'stdin' } = options;
  const [first = '.'] = paths;
  if (staged === true || history === true || range !== undefined) {
    if (paths.length > 1) throw new WatchwordError('client.usage', 'Name one repository.');
    const repository = first;
    const folder = first;
    if (staged === true) return { target: { kind: 'staged', repository }, what: 'the staged changes', folder };
    if (range !== undefined) return { target: { kind: 'range', repository, range }, what: `the commits ${range}`, folder };
    const target = { kind: 'history', repository, ...(threads === undefined ? {} : { threads }) } as const;
    return { target, what: `the history of ${repository}`, folder, full: 'history' };
  }
  if (paths.includes('-')) {
    if (paths.length > 1) throw new WatchwordError('client.usage', 'Standard input is scanned alone.');
    return { target: { kind: 'stream', stream: process.stdin, name: stdinName }, what: 'standard input', folder: '.' };
  }
  const target = {
    kind: 'paths',
    paths: paths.length === 0 ? ['.'] : paths,
    ...(exclude === undefined ? {} : { exclude }),
    ...(respectGitignore === undefined ? {} : { respectGitignore }),
    ...(threads === undefined ? {} : { threads }),
  } as const;
  // Of several the one that we stand in decides.
  const folder = paths.length > 1 ? '.' : first;
  const isWhole = paths.length <= 1 && isBaselineRoot(first);
  return { target, what: target.paths.join(', '), folder, ...(isWhole ? { full: 'files' as const } : {}) };
}
