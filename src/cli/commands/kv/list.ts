import { Command } from 'commander';
import { kvPath } from '../../../client/kv.ts';
import { WatchwordError } from '../../../foundation/errors.ts';
import { withFormat } from '../../output/options.ts';
import { listKeys, printKeys, printWarnings } from '../../output/print.ts';
import type { Terminal } from '../../terminal.ts';
import { type KvOptions, kvTarget, withMount } from './location.ts';

export function listCommand(terminal: Terminal): Command {
  const command = new Command('list')
    .description('Lists the secrets directly below a path; names that end in / hold more.')
    .argument('[path]', 'path to list, such as secret/team; may be left out with --mount');
  withFormat(withMount(command));
  return command.action(async (path: string | undefined, options: KvOptions) => {
    if (path === undefined && options.mount === undefined) {
      throw new WatchwordError('client.usage', 'Which path? Add one, or --mount.');
    }
    const { client, location, name } = await kvTarget(terminal, path ?? '', options);
    const answer = await client.list(kvPath(location, 'metadata'));
    if (answer === undefined) throw new WatchwordError('store.missing', 'There is nothing below this path.', { where: name });
    printWarnings(terminal, answer);
    await printKeys(terminal, options, listKeys(answer));
  });
}
