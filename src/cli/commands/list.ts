import { Command } from 'commander';
import { WatchwordError } from '../../foundation/errors.ts';
import { type ConnectionOptions, clientFor, withConnection } from '../options.ts';
import { type OutputOptions, withFormat } from '../output/options.ts';
import { listKeys, printKeys, printWarnings } from '../output/print.ts';
import { queryOf } from '../query.ts';
import type { Terminal } from '../terminal.ts';

export function listCommand(terminal: Terminal): Command {
  const command = new Command('list')
    .description('Lists what is directly below a path; names that end in / hold more.')
    .argument('<path>', 'path below /v1/, such as secret/metadata/team or auth/token/accessors')
    .argument('[parameters...]', 'key=value pairs for the query, such as limit=100');
  withFormat(withConnection(command));
  return command.action(async (path: string, parameters: readonly string[], options: ConnectionOptions & OutputOptions) => {
    const answer = await (await clientFor(terminal, options)).list(path, { query: queryOf(parameters) });
    if (answer === undefined) throw new WatchwordError('store.missing', 'There is nothing below this path.', { where: path });
    printWarnings(terminal, answer);
    await printKeys(terminal, options, listKeys(answer));
  });
}
