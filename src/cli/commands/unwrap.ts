import { Command } from 'commander';
import { checkedToken } from '../../client/environment.ts';
import { WatchwordError } from '../../foundation/errors.ts';
import { dataSources } from '../data-arguments.ts';
import { type ConnectionOptions, clientFor, withConnection } from '../options.ts';
import { type OutputOptions, withField } from '../output/options.ts';
import { printAnswer } from '../output/print.ts';
import { secretArgument } from '../secret-argument.ts';
import type { Terminal } from '../terminal.ts';

export function unwrapCommand(terminal: Terminal): Command {
  const command = new Command('unwrap')
    .description(
      'Opens a wrapping token and prints what was wrapped. It works once: if it fails as already used, treat the content as read by somebody else.',
    )
    .argument('[token]', '- for standard input, @file, or the wrapping token; without it, it is asked for');
  withField(withConnection(command));
  return command.action(async (word: string | undefined, options: ConnectionOptions & OutputOptions) => {
    const entered = await secretArgument(word, 'Wrapping token: ', terminal, dataSources(terminal));
    const token = checkedToken(entered, 'The wrapping token');
    const answer = await (await clientFor(terminal, options)).write('sys/wrapping/unwrap', {}, { token });
    if (answer === undefined) throw new WatchwordError('wrapping.invalid');
    await printAnswer(terminal, options, answer);
  });
}
