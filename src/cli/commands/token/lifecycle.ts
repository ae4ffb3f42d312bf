import { Command, Option } from 'commander';
import type { Envelope, WatchwordClient } from '../../../client/client.ts';
import { WatchwordError } from '../../../foundation/errors.ts';
import type { JsonObject } from '../../../foundation/exact-json.ts';
import { dataSources } from '../../data-arguments.ts';
import { type ConnectionOptions, clientFor, withConnection } from '../../options.ts';
import { type OutputOptions, withField, withFormat } from '../../output/options.ts';
import { printAnswer, printDone } from '../../output/print.ts';
import { secretArgument } from '../../secret-argument.ts';
import type { Terminal } from '../../terminal.ts';

interface NamedTokenOptions extends ConnectionOptions, OutputOptions {
  readonly accessor?: boolean;
}

interface RevokeOptions extends NamedTokenOptions {
  readonly self?: boolean;
  readonly mode?: 'orphan';
}

interface RenewOptions extends NamedTokenOptions {
  readonly increment?: string;
}

const TOKEN = '- for standard input, @file, or the token; with --accessor, its accessor';

function withAccessor(command: Command): Command {
  return command.argument('[token]', TOKEN).option('--accessor', 'the argument is an accessor, not a token');
}

/** Calls the one of Vault's three paths that fits: for a token, for an accessor, or for our own token. */
async function call(
  terminal: Terminal,
  client: WatchwordClient,
  verb: 'lookup' | 'renew',
  { word, accessor, body = {} }: { word: string | undefined; accessor: boolean; body?: JsonObject },
): Promise<Envelope> {
  const base = `auth/token/${verb}`;
  if (word === undefined && accessor) throw new WatchwordError('client.usage', 'Which accessor?');
  if (word === undefined) {
    return (verb === 'lookup' ? await client.read(`${base}-self`) : await client.write(`${base}-self`, body)) ?? {};
  }
  if (accessor) return (await client.write(`${base}-accessor`, { ...body, accessor: word })) ?? {};
  const token = await secretArgument(word, '', terminal, dataSources(terminal));
  return (await client.write(base, { ...body, token })) ?? {};
}

export function lookupCommand(terminal: Terminal): Command {
  const command = withAccessor(
    new Command('lookup').description('Shows what a token may do and how long it lives. The table leaves the token itself out.'),
  );
  withField(withConnection(command));
  return command.action(async (word: string | undefined, options: NamedTokenOptions) => {
    const client = await clientFor(terminal, options);
    const answer = await call(terminal, client, 'lookup', { word, accessor: options.accessor === true });
    await printAnswer(terminal, options, answer, ['id']);
  });
}

export function renewCommand(terminal: Terminal): Command {
  const command = withAccessor(
    new Command('renew').description('Makes a token live longer. The table leaves the token itself out.'),
  );
  command.option('-i, --increment <duration>', 'by how much; the server may grant less');
  withField(withConnection(command));
  return command.action(async (word: string | undefined, options: RenewOptions) => {
    const client = await clientFor(terminal, options);
    const body = options.increment === undefined ? {} : { increment: options.increment };
    const answer = await call(terminal, client, 'renew', { word, accessor: options.accessor === true, body });
    await printAnswer(terminal, options, answer, ['token']);
  });
}

export function revokeCommand(terminal: Terminal): Command {
  const command = withAccessor(new Command('revoke').description('Ends a token, and with it its children and all it was given.'))
    .option('--self', 'your own token')
    .addOption(new Option('--mode <name>', 'orphan: leave its children alive').choices(['orphan']));
  withFormat(withConnection(command));
  return command.action(async (word: string | undefined, options: RevokeOptions) => {
    if ((word === undefined) !== (options.self === true)) {
      throw new WatchwordError('client.usage', 'Say which token: one argument, or --self for your own.');
    }
    const client = await clientFor(terminal, options);
    if (word === undefined) await client.write('auth/token/revoke-self', {});
    else if (options.accessor === true) await client.write('auth/token/revoke-accessor', { accessor: word });
    else {
      const token = await secretArgument(word, '', terminal, dataSources(terminal));
      await client.write(`auth/token/revoke${options.mode === 'orphan' ? '-orphan' : ''}`, { token });
    }
    printDone(terminal, options, 'Revoked.');
  });
}
