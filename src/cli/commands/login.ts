import { Command } from 'commander';
import { type Envelope, WatchwordClient } from '../../client/client.ts';
import { checkedToken, environmentSettings } from '../../client/environment.ts';
import { tokenStore } from '../../client/token-store.ts';
import { isWatchwordError, WatchwordError } from '../../foundation/errors.ts';
import { isJsonObject } from '../../foundation/exact-json.ts';
import { dataSources } from '../data-arguments.ts';
import { type ConnectionOptions, connectionFor, withConnection } from '../options.ts';
import { type OutputOptions, withFormat } from '../output/options.ts';
import { printSection, printStructured } from '../output/print.ts';
import { unseenSecret } from '../secret-argument.ts';
import type { Terminal } from '../terminal.ts';

interface LoginOptions extends ConnectionOptions, OutputOptions {
  readonly store: boolean;
  readonly remove?: boolean;
}

export function loginCommand(terminal: Terminal): Command {
  const command = new Command('login')
    .description(
      'Checks a token against the server and keeps it for that server alone, in a file that only you can read. The token is asked for, or read from standard input.',
    )
    .argument('[token]', '- for standard input, or @file; without it, the token is asked for')
    .option('--no-store', 'check the token without keeping it')
    .option('--remove', 'forget the token kept for this server');
  withFormat(withConnection(command));
  return command.action(async (word: string | undefined, options: LoginOptions) => {
    const { connection } = await connectionFor(terminal, options);
    const kept = tokenStore(terminal.env, terminal.home);
    if (options.remove === true) {
      await kept.forget(connection.address);
      terminal.stdout.write(`No token is kept for ${connection.address.origin} any more.\n`);
      return;
    }
    const source = word ?? (options.tokenFile === undefined ? undefined : `@${options.tokenFile}`);
    const token = checkedToken(await unseenSecret(source, 'Token: ', terminal, dataSources(terminal)), 'What was entered');
    const answer = await ownToken(new WatchwordClient({ ...connection, token }));
    if (options.store) await kept.keep(connection.address, token);
    const data = isJsonObject(answer?.data) ? answer.data : {};
    const report = { policies: data.policies, ttl: data.ttl, renewable: data.renewable, display_name: data.display_name };
    if (await printStructured(terminal, options, report)) return;
    printSection(terminal, `Logged in at ${connection.address.origin}`, report);
    if (options.store) terminal.stdout.write(`\nThe token is kept in ${kept.path}.\n`);
    warnOfEnvironment(terminal);
  });
}

async function ownToken(client: WatchwordClient): Promise<Envelope | undefined> {
  try {
    return await client.read('auth/token/lookup-self');
  } catch (error) {
    if (!isWatchwordError(error, 'access.denied')) throw error;
    throw new WatchwordError(
      'access.token-invalid',
      'The token is unknown, expired, used up or revoked (or no policy lets it look itself up).',
    );
  }
}

function warnOfEnvironment({ env, stderr }: Terminal): void {
  const { family, token } = environmentSettings(env);
  if (token !== undefined) stderr.write(`Note: ${family}_TOKEN is set and goes before the kept token.\n`);
}
