import { Command, InvalidArgumentError, Option, type ParseOptionsResult } from 'commander';
import { WatchwordError } from '../../foundation/errors.ts';
import { systemClock, systemRandom } from '../../foundation/node-ports.ts';
import { dataSources, parseData } from '../data-arguments.ts';
import { type ConnectionOptions, clientFor, wholeNumber, withConnection, withWrapping } from '../options.ts';
import { type OutputOptions, withField } from '../output/options.ts';
import { printAnswer, printWarnings } from '../output/print.ts';
import { visible } from '../output/visible.ts';
import type { Terminal } from '../terminal.ts';
import { checkDescriptor, writeToDescriptor } from './creds/descriptor.ts';
import { dotenvText, usualPrefix } from './creds/dotenv-text.ts';
import { runWithCredential } from './creds/execution.ts';
import { memoryPlaces } from './creds/memory-directory.ts';
import { rolePath } from './creds/role-path.ts';
import { CredentialSource, leaseIn } from './creds/source.ts';

interface CredsOptions extends ConnectionOptions, OutputOptions {
  readonly ttl?: string;
  readonly idempotencyKey?: string;
  readonly dotenv?: number;
  readonly envPrefix?: string;
  readonly exec?: boolean;
}

/** Keeps what stands behind `--` apart: it is the command to run, and may look like anything. */
class CredsCommand extends Command {
  commandWords: readonly string[] | undefined;

  override parseOptions(words: string[]): ParseOptionsResult {
    const end = words.indexOf('--');
    if (end === -1) return super.parseOptions(words);
    this.commandWords = words.slice(end + 1);
    return super.parseOptions(words.slice(0, end));
  }
}

export function credsCommand(terminal: Terminal): Command {
  const command = new CredsCommand('creds');
  command
    .description(
      'Gets a short-lived credential by a role. With --exec a command runs with it: it finds the credential in the file that WATCHWORD_CREDENTIALS_FILE (JSON) and WATCHWORD_CREDENTIALS_ENV_FILE (.env) name, which lies in memory and is kept good until the command ends; then the credential is given back.',
    )
    .argument('<role>', 'mount and role, such as database/training or ssh/sign/dev')
    .argument('[data...]', 'what the engine asks for besides: key=value, key=@file, key=-')
    .usage('[options] <role> [data...] [--exec -- command...]')
    .option('--ttl <duration>', 'how long it is good; no longer than the role says')
    .option('--idempotency-key <text>', 'the same key again gets the same credential again, for a short time', visibleText)
    .option('--env-prefix <text>', 'what names in .env files begin with (default: DB_ for a mount named database)', prefix)
    .addOption(
      new Option('--dotenv <descriptor>', 'write it as a .env file to this open file descriptor')
        .argParser(wholeNumber(1))
        .conflicts(['field', 'wrapTtl', 'format', 'json']),
    )
    .addOption(
      new Option('--exec', 'run the command that follows behind --').conflicts([
        ...['field', 'wrapTtl', 'format', 'json', 'dotenv', 'idempotencyKey'],
      ]),
    );
  withField(withConnection(withWrapping(command)));
  return command.action((role: string, words: readonly string[], options: CredsOptions) =>
    run(terminal, options, { role, words, commandWords: command.commandWords }),
  );
}

interface Wanted {
  readonly role: string;
  readonly words: readonly string[];
  readonly commandWords: readonly string[] | undefined;
}

async function run(terminal: Terminal, options: CredsOptions, { role, words, commandWords = [] }: Wanted): Promise<void> {
  if ((options.exec === true) !== commandWords.length > 0) {
    throw new WatchwordError('client.usage', 'A command to run is given as --exec -- command.');
  }
  if (options.dotenv !== undefined) checkDescriptor(options.dotenv);
  const { path, mount } = rolePath(role);
  const data = await parseData(words, dataSources(terminal));
  const body = options.ttl === undefined ? data : { ...data, ttl: options.ttl };
  const source = new CredentialSource(await clientFor(terminal, options), { path, body }, systemClock);
  const envPrefix = options.envPrefix ?? usualPrefix(mount);
  if (options.exec === true) return execute(terminal, source, envPrefix, commandWords);
  if (options.dotenv !== undefined) return writeDotenv(terminal, source, envPrefix, { fd: options.dotenv, ...options });
  const { wrapTtl, idempotencyKey } = options;
  await printAnswer(terminal, options, await source.ask({ wrapTtl, idempotencyKey }));
}

async function execute(terminal: Terminal, source: CredentialSource, envPrefix: string, words: readonly string[]): Promise<void> {
  // Where a terminal was closed, nobody reads what is said there; that must not end us before all is given back.
  const ignore = () => {};
  process.stderr.on('error', ignore);
  try {
    const code = await runWithCredential(words, {
      source,
      clock: systemClock,
      random: systemRandom,
      env: terminal.env,
      places: memoryPlaces(terminal.env),
      signals: process,
      prefix: envPrefix,
      say: (text) => terminal.stderr.write(`watchword: ${visible(text)}\n`),
    });
    terminal.setExitCode(code);
  } finally {
    process.stderr.off('error', ignore);
  }
}

/** Whole or not at all: what could not be written is given back. */
async function writeDotenv(
  terminal: Terminal,
  source: CredentialSource,
  envPrefix: string,
  { fd, idempotencyKey }: { readonly fd: number; readonly idempotencyKey?: string },
): Promise<void> {
  const answer = await source.ask({ idempotencyKey });
  printWarnings(terminal, answer);
  const { id, data } = leaseIn(answer, systemClock.now());
  try {
    const { text, unwritten } = dotenvText(data, envPrefix);
    if (unwritten.length > 0) {
      throw new WatchwordError(
        'client.usage',
        `No .env file can hold the value of ${unwritten.join(', ')} so that everybody reads the same; take it as JSON.`,
      );
    }
    writeToDescriptor(fd, text);
  } catch (error) {
    if (id !== '') await source.giveBack(id, {}).catch(() => undefined);
    throw error;
  }
}

/** For commander: what a header may hold. */
function visibleText(text: string): string {
  if (/^[\x21-\x7e]{1,256}$/.test(text)) return text;
  throw new InvalidArgumentError('It is printable ASCII without spaces.');
}

/** For commander: what a variable's name may begin with. */
function prefix(text: string): string {
  if (/^([A-Za-z_][A-Za-z0-9_]*)?$/.test(text)) return text;
  throw new InvalidArgumentError('It is made of letters, digits and underscores.');
}
