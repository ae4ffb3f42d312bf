import { Command } from 'commander';
import { WatchwordError } from '../../foundation/errors.ts';
import { isJsonObject, type JsonObject } from '../../foundation/exact-json.ts';
import { dataSources } from '../data-arguments.ts';
import { exitCodes } from '../exit-codes.ts';
import { type ConnectionOptions, clientFor, wholeNumber, withConnection } from '../options.ts';
import { type OutputOptions, withFormat } from '../output/options.ts';
import { printDone, printSection, printStructured } from '../output/print.ts';
import { plainText } from '../output/values.ts';
import { unseenSecret } from '../secret-argument.ts';
import type { Terminal } from '../terminal.ts';

type Options = ConnectionOptions & OutputOptions;

export function operatorCommand(terminal: Terminal): Command {
  return new Command('operator')
    .description('Initialises, unseals and seals the store.')
    .addCommand(initCommand(terminal))
    .addCommand(unsealCommand(terminal))
    .addCommand(sealCommand(terminal));
}

interface InitOptions extends Options {
  readonly keyShares: number;
  readonly keyThreshold: number;
  readonly status?: boolean;
}

function initCommand(terminal: Terminal): Command {
  const command = new Command('init')
    .description(
      'Makes the keys of a new store and prints the unseal keys and the root token, once. (A server with a key file does this itself at its first start.)',
    )
    .option('-n, --key-shares <number>', 'into how many unseal keys to split', wholeNumber(1), 5)
    .option('-t, --key-threshold <number>', 'how many of them unseal', wholeNumber(1), 3)
    .option('--status', 'only ask whether it is initialised: exit code 0 yes, 2 no');
  withFormat(withConnection(command));
  return command.action(async (options: InitOptions) => {
    const client = await clientFor(terminal, options);
    if (options.status === true) {
      const { initialized } = (await client.read('sys/init')) ?? {};
      if (initialized !== true) terminal.setExitCode(exitCodes.usage);
      if (!(await printStructured(terminal, options, { initialized }))) {
        terminal.stdout.write(initialized === true ? 'The store is initialised.\n' : 'The store is not initialised.\n');
      }
      return;
    }
    const body = { secret_shares: options.keyShares, secret_threshold: options.keyThreshold };
    const answer = (await client.write('sys/init', body)) ?? {};
    if (!(await printStructured(terminal, options, initReport(answer, options)))) printKeysOnce(terminal, answer, options);
  });
}

/** The names that `vault operator init -format=json` uses. */
function initReport(answer: JsonObject, { keyShares, keyThreshold }: InitOptions): JsonObject {
  return {
    unseal_keys_b64: answer.keys_base64,
    unseal_keys_hex: answer.keys,
    unseal_shares: keyShares,
    unseal_threshold: keyThreshold,
    root_token: answer.root_token,
  };
}

function printKeysOnce({ stdout, program }: Terminal, answer: JsonObject, { keyThreshold }: InitOptions): void {
  const keys = Array.isArray(answer.keys_base64) ? answer.keys_base64.map(plainText) : [];
  for (const [index, key] of keys.entries()) stdout.write(`Unseal Key ${index + 1}: ${key}\n`);
  stdout.write(`${keys.length > 0 ? '\n' : ''}Initial Root Token: ${plainText(answer.root_token)}\n\n`);
  stdout.write(
    keys.length === 0
      ? 'The store is initialised, and its seal opens it by itself.\n'
      : `These are shown once and stored nowhere. Give each key to another person: any ${keyThreshold} of them unseal the store,\n` +
          `with fewer nobody can. Next: \`${program} operator unseal\`, once for each key.\n`,
  );
}

function unsealCommand(terminal: Terminal): Command {
  const command = new Command('unseal')
    .description('Gives one unseal key. The key is asked for, or read from standard input or a file.')
    .argument('[key]', '- for standard input, or @file; without it, the key is asked for')
    .option('--reset', 'forget the keys given so far');
  withFormat(withConnection(command));
  return command.action(async (word: string | undefined, options: Options & { readonly reset?: boolean }) => {
    const client = await clientFor(terminal, options);
    const body =
      options.reset === true
        ? { reset: true }
        : { key: await unseenSecret(word, 'Unseal key: ', terminal, dataSources(terminal)) };
    const answer = await client.write('sys/unseal', body);
    if (!isJsonObject(answer)) throw new WatchwordError('client.unreachable', 'The server did not say what became of the key.');
    if (await printStructured(terminal, options, answer)) return;
    const { sealed, t, n, progress } = answer;
    const rows = sealed === true ? { sealed, unseal_keys: `${t} of ${n}`, unseal_progress: `${progress} of ${t}` } : { sealed };
    printSection(terminal, sealed === true ? 'Still sealed' : 'Unsealed', rows);
  });
}

function sealCommand(terminal: Terminal): Command {
  const command = new Command('seal').description('Makes the server forget every key: nothing is served until it is unsealed.');
  withFormat(withConnection(command));
  return command.action(async (options: Options) => {
    await (await clientFor(terminal, options)).write('sys/seal', {});
    printDone(terminal, options, 'Sealed.');
  });
}
