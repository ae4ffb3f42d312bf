import { Command } from 'commander';
import { WatchwordError } from '../../foundation/errors.ts';
import { type ConnectionOptions, clientFor, withConnection, withWrapping } from '../options.ts';
import { type OutputOptions, withField } from '../output/options.ts';
import { printAnswer } from '../output/print.ts';
import { queryOf } from '../query.ts';
import type { Terminal } from '../terminal.ts';

export function readCommand(terminal: Terminal): Command {
  const command = new Command('read')
    .description('Reads what is at a path of the API: a secret, a policy, a mount, the settings of an engine.')
    .argument('<path>', 'path below /v1/, such as cubbyhole/note or sys/mounts')
    .argument('[parameters...]', 'key=value pairs for the query');
  withField(withConnection(withWrapping(command)));
  return command.action(async (path: string, parameters: readonly string[], options: ConnectionOptions & OutputOptions) => {
    const client = await clientFor(terminal, options);
    const answer = await client.read(path, { query: queryOf(parameters), wrapTtl: options.wrapTtl });
    if (answer === undefined) throw new WatchwordError('store.missing', undefined, { where: path });
    await printAnswer(terminal, options, answer);
  });
}
