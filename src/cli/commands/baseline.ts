import { Command } from 'commander';
import type { ClaimOptions, PlaceOptions } from '../scan/baseline-actions.ts';
import type { Terminal } from '../terminal.ts';

/** `watchword baseline`: what was found and may stay, with reason, owner and end. */
export function baselineCommand(terminal: Terminal): Command {
  return new Command('baseline')
    .description(
      'The file watchword-baseline.jsonl at the root of a repository: fingerprints of what was found and may stay, with a reason, an owner and an end. It holds no secret and belongs into the repository.',
    )
    .addCommand(createCommand(terminal))
    .addCommand(addCommand(terminal))
    .addCommand(listCommand(terminal))
    .addCommand(pruneCommand(terminal))
    .addCommand(importCommand(terminal));
}

const actions = () => import('../scan/baseline-actions.ts');

function withPlace(command: Command): Command {
  return command
    .option('--history', 'look through the history of the repository instead of its files')
    .option('--key-file <file>', "the team's fingerprint key")
    .option('--key-secret <path>', 'the same from the store')
    .option('--baseline <file>', 'another file (default: watchword-baseline.jsonl at the root of the repository)');
}

function withClaim(command: Command): Command {
  return withPlace(command)
    .requiredOption('--reason <text>', 'why it may stay')
    .requiredOption('--owner <name>', 'who answers for that')
    .option('--expires <day>', 'last day on which it is silenced, such as 2027-01-31 (default: no end)');
}

function createCommand(terminal: Terminal): Command {
  const command = new Command('create')
    .description(
      'Makes a baseline of everything that a scan finds now, so that only new findings count. Refuses where there is one.',
    )
    .argument('[path]', 'folder or repository to scan', '.');
  return withClaim(command).action(async (path: string, options: ClaimOptions) =>
    (await actions()).create(path, options, terminal),
  );
}

function addCommand(terminal: Terminal): Command {
  const command = new Command('add')
    .description('Adds findings to the baseline. Scans to find them, so that nothing is silenced that is not there.')
    .argument('<ids...>', 'ids as a report shows them, or whole fingerprints');
  return withClaim(command).action(async (ids: readonly string[], options: ClaimOptions) =>
    (await actions()).add(ids, options, terminal),
  );
}

function listCommand(terminal: Terminal): Command {
  return new Command('list')
    .description('Prints the entries, those that end first at the top.')
    .option('--baseline <file>', 'another file (default: watchword-baseline.jsonl at the root of the repository)')
    .action(async (options: PlaceOptions) => (await actions()).list(options, terminal));
}

function pruneCommand(terminal: Terminal): Command {
  const command = new Command('prune').description(
    'Scans, and removes entries that have expired, or that are not found any more. Changes nothing when something could not be scanned.',
  );
  return withPlace(command).action(async (options: PlaceOptions) => (await actions()).prune(options, terminal));
}

function importCommand(terminal: Terminal): Command {
  const command = new Command('import')
    .description(
      "Takes over the exceptions of another scanner: .gitleaksignore, .secrets.baseline, or kingfisher's baseline. Scans to find what they mean; lists what is not found again.",
    )
    .argument('<file>', "the other scanner's file");
  return withClaim(command).action(async (file: string, options: ClaimOptions) =>
    (await actions()).importFile(file, options, terminal),
  );
}
