import { Argument, Command, Option } from 'commander';
import { type Framework, frameworks } from '../../scanning/hook/hook-folder.ts';
import { type Stage, stages } from '../../scanning/hook/hook-script.ts';
import type { ScanningOptions } from '../scan/settings.ts';
import type { Terminal } from '../terminal.ts';

interface StageOptions {
  readonly preCommit?: boolean;
  readonly prePush?: boolean;
  readonly preReceive?: boolean;
  readonly framework?: Framework;
}

/** `watchword hook`: the check that git makes before a commit or a push. */
export function hookCommand(terminal: Terminal): Command {
  return new Command('hook')
    .description('Stops commits and pushes that hold credentials.')
    .addCommand(installCommand(terminal))
    .addCommand(uninstallCommand(terminal))
    .addCommand(statusCommand(terminal))
    .addCommand(runCommand(terminal));
}

function withStages(command: Command): Command {
  return command
    .option('--pre-commit', 'before each commit (the default)')
    .option('--pre-push', 'before each push')
    .option('--pre-receive', 'on a server, before a push is taken');
}

function stagesOf({ preCommit, prePush, preReceive }: StageOptions): readonly Stage[] {
  const wanted: Stage[] = [];
  if (preCommit === true) wanted.push('pre-commit');
  if (prePush === true) wanted.push('pre-push');
  if (preReceive === true) wanted.push('pre-receive');
  return wanted;
}

const actions = () => import('../scan/hook-actions.ts');

function installCommand(terminal: Terminal): Command {
  const command = new Command('install').description(
    'Installs the hook in this repository. A hook that is there already is kept and runs first. Doing it twice changes nothing.',
  );
  return withStages(command)
    .addOption(new Option('--framework <name>', 'who runs the hooks (default: what the repository uses)').choices(frameworks))
    .action(async (options: StageOptions) => {
      const wanted = stagesOf(options);
      await (await actions()).install(wanted.length === 0 ? ['pre-commit'] : wanted, options.framework, terminal);
    });
}

function uninstallCommand(terminal: Terminal): Command {
  const command = new Command('uninstall').description('Takes the hooks away again, and puts back what was there before.');
  return withStages(command).action(async (options: StageOptions) => {
    const wanted = stagesOf(options);
    await (await actions()).uninstall(wanted.length === 0 ? stages : wanted, terminal);
  });
}

function statusCommand(terminal: Terminal): Command {
  return new Command('status')
    .description('Says which hooks are installed in this repository. Exit code 1 when there is none.')
    .action(async () => (await actions()).status(terminal));
}

function runCommand(terminal: Terminal): Command {
  return new Command('run')
    .description(
      'What the hooks call. Exit code 0: nothing found; 3: credentials of high or medium confidence; 4: not everything could be scanned, or nothing of a change that is not empty.',
    )
    .addArgument(new Argument('<stage>', 'which hook is running').choices(stages))
    .argument('[details...]', 'what git says of it')
    .option('--key-file <file>', "the team's fingerprint key")
    .option('--key-secret <path>', 'the same from the store')
    .option('--baseline <file>', 'what may stay (default: watchword-baseline.jsonl at the root of the repository)')
    .option('--no-baseline', 'stop for what the baseline silences as well')
    .action(async (stage: Stage, details: readonly string[], options: ScanningOptions) => {
      const { runHook } = await import('../scan/run-hook.ts');
      await runHook(stage, details, options, terminal);
    });
}
