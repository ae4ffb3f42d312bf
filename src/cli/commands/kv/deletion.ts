import { Command } from 'commander';
import { kvPath } from '../../../client/kv.ts';
import { versionList } from '../../options.ts';
import { withFormat } from '../../output/options.ts';
import { printDone } from '../../output/print.ts';
import type { Terminal } from '../../terminal.ts';
import { type KvOptions, kvTarget, versionedTarget, withMount } from './location.ts';

interface DeletionOptions extends KvOptions {
  readonly versions?: readonly number[];
}

const VERSIONS = '--versions <list>';

export function deleteCommand(terminal: Terminal): Command {
  const command = new Command('delete')
    .description(
      'Deletes the current version of a secret, or the named ones; `kv undelete` brings them back. KV version 1 deletes for good.',
    )
    .argument('<path>', 'path of the secret')
    .option(VERSIONS, 'versions to delete, such as 1,3', versionList);
  withFormat(withMount(command));
  return command.action(async (path: string, options: DeletionOptions) => {
    const { versions } = options;
    const target = versions === undefined ? kvTarget : versionedTarget;
    const { client, location, name } = await target(terminal, path, options);
    if (versions === undefined) await client.delete(kvPath(location, 'data'));
    else await client.write(kvPath(location, 'delete'), { versions });
    printDone(terminal, options, `Deleted: ${name}`);
  });
}

export function undeleteCommand(terminal: Terminal): Command {
  return versionsCommand(terminal, 'undelete', 'Brings deleted versions of a secret back.', 'Restored');
}

export function destroyCommand(terminal: Terminal): Command {
  return versionsCommand(terminal, 'destroy', 'Removes the data of versions for good.', 'Destroyed');
}

function versionsCommand(terminal: Terminal, verb: 'undelete' | 'destroy', description: string, done: string): Command {
  const command = new Command(verb)
    .description(description)
    .argument('<path>', 'path of the secret')
    .requiredOption(VERSIONS, 'the versions, such as 1,3', versionList);
  withFormat(withMount(command));
  return command.action(async (path: string, options: DeletionOptions) => {
    const { client, location, name } = await versionedTarget(terminal, path, options);
    await client.write(kvPath(location, verb), { versions: options.versions });
    printDone(terminal, options, `${done}: ${name}, versions ${options.versions?.join(', ')}`);
  });
}
