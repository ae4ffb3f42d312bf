import { Command } from 'commander';
import { type ConnectionOptions, clientFor, withConnection } from '../options.ts';
import { type OutputOptions, withField } from '../output/options.ts';
import { printAnswer, printDone } from '../output/print.ts';
import { queryOf } from '../query.ts';
import type { Terminal } from '../terminal.ts';

export function deleteCommand(terminal: Terminal): Command {
  const command = new Command('delete')
    .description('Deletes what is at a path of the API; deleting what is not there succeeds.')
    .argument('<path>', 'path below /v1/')
    .argument('[parameters...]', 'key=value pairs for the query');
  withField(withConnection(command));
  return command.action(async (path: string, parameters: readonly string[], options: ConnectionOptions & OutputOptions) => {
    const answer = await (await clientFor(terminal, options)).delete(path, { query: queryOf(parameters) });
    if (answer === undefined) printDone(terminal, options, `Deleted: ${path}`);
    else await printAnswer(terminal, options, answer);
  });
}
