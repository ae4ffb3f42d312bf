import { Command } from 'commander';
import type { Envelope } from '../../client/client.ts';
import { checkedToken } from '../../client/environment.ts';
import { WatchwordError } from '../../foundation/errors.ts';
import { dataSources } from '../data-arguments.ts';
import { type ConnectionOptions, clientFor, withConnection } from '../options.ts';
import { type OutputOptions, withField } from '../output/options.ts';
import { answerData, printAnswer, printField } from '../output/print.ts';
import { field } from '../output/values.ts';
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
    await printUnwrapped(terminal, options, answer);
  });
}

/** What was wrapped is gone from the server: a field that is not there must not lose it. */
async function printUnwrapped(terminal: Terminal, options: OutputOptions, answer: Envelope): Promise<void> {
  const { field: name, ...whole } = options;
  const data = answerData(answer);
  if (name === undefined || field(data, name) !== undefined) return printAnswer(terminal, options, answer);
  // A versioned secret has its own members one level deeper.
  if (field(data.data, name) !== undefined) return printField(terminal, data.data, name);
  await printAnswer(terminal, whole, answer);
  throw new WatchwordError(
    'client.usage',
    `There is no field ${name} in it; it is printed whole, since it cannot be unwrapped again.`,
  );
}
