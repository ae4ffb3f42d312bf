import { Command } from 'commander';
import type { WatchwordClient } from '../../../client/client.ts';
import { WatchwordError } from '../../../foundation/errors.ts';
import { isJsonObject, type JsonObject } from '../../../foundation/exact-json.ts';
import { dataSources } from '../../data-arguments.ts';
import { type ConnectionOptions, clientFor, withConnection } from '../../options.ts';
import { type OutputOptions, withFormat } from '../../output/options.ts';
import { printKeys } from '../../output/print.ts';
import { plainText } from '../../output/values.ts';
import { secretArgument } from '../../secret-argument.ts';
import type { Terminal } from '../../terminal.ts';

type Options = ConnectionOptions & OutputOptions & { readonly accessor?: boolean };

export function capabilitiesCommand(terminal: Terminal): Command {
  const command = new Command('capabilities')
    .description('Shows what a token may do at a path of the API.')
    .argument('<words...>', 'PATH for your own token, or TOKEN PATH (the token as -, @file or itself)')
    .option('--accessor', 'the first argument is an accessor, not a token');
  withFormat(withConnection(command));
  return command.action(async (words: readonly string[], options: Options) => {
    if (words.length > 2) throw new WatchwordError('client.usage', 'Give a path, or a token and a path.');
    const path = words.at(-1) ?? '';
    const word = words.length === 2 ? words[0] : undefined;
    if (options.accessor === true && word === undefined) {
      throw new WatchwordError('client.usage', 'Give an accessor and a path.');
    }
    const client = await clientFor(terminal, options);
    const data = await ask(client, path, await subject(terminal, word, options));
    const granted = data[path] ?? data.capabilities;
    await printKeys(terminal, options, Array.isArray(granted) ? granted.map(plainText) : []);
  });
}

async function subject(terminal: Terminal, word: string | undefined, { accessor }: Options): Promise<JsonObject> {
  if (word === undefined) return {};
  if (accessor === true) return { accessor: word };
  return { token: await secretArgument(word, '', terminal, dataSources(terminal)) };
}

async function ask(client: WatchwordClient, path: string, who: JsonObject): Promise<JsonObject> {
  const suffix = 'accessor' in who ? '-accessor' : 'token' in who ? '' : '-self';
  const answer = await client.write(`sys/capabilities${suffix}`, { ...who, paths: [path] });
  return isJsonObject(answer?.data) ? answer.data : {};
}
