import { Command } from 'commander';
import { detectedLogin, type LoggedIn, logIn, logins, namedLogin } from '../../agent/log-in.ts';
import type { LoginWords } from '../../agent/logins/login.ts';
import { processSurroundings } from '../../agent/surroundings.ts';
import { type Envelope, WatchwordClient } from '../../client/client.ts';
import type { Connection } from '../../client/connection.ts';
import { checkedToken, environmentSettings } from '../../client/environment.ts';
import { ServerRefusal } from '../../client/refusal.ts';
import { tokenStore } from '../../client/token-store.ts';
import { isWatchwordError, WatchwordError } from '../../foundation/errors.ts';
import { isJsonObject, type JsonObject } from '../../foundation/exact-json.ts';
import type { Secret } from '../../foundation/secret.ts';
import { dataSources, parseData } from '../data-arguments.ts';
import { type ConnectionOptions, connectionFor, withConnection } from '../options.ts';
import { type OutputOptions, withFormat } from '../output/options.ts';
import { printSection, printStructured } from '../output/print.ts';
import { visible } from '../output/visible.ts';
import { unseenSecret } from '../secret-argument.ts';
import type { Terminal } from '../terminal.ts';

interface LoginOptions extends ConnectionOptions, OutputOptions {
  readonly method?: string;
  readonly role?: string;
  readonly mount?: string;
  readonly store: boolean;
  readonly printToken?: boolean;
  readonly remove?: boolean;
}

/** What there is to keep and to tell. */
interface Entered {
  readonly token: Secret;
  readonly report: JsonObject;
}

export function loginCommand(terminal: Terminal): Command {
  const command = new Command('login')
    .description(
      'Logs in and keeps the token for this server alone, in a file that only you can read. With --method or --role, with what the platform gave this workload; otherwise with a token, which is asked for or read from standard input and checked.',
    )
    .argument('[words...]', 'with a method: key=value; without: - or @file for the token')
    .option('--method <name>', `${logins.map(({ kind }) => kind).join(', ')}; left out, the platform is recognised`)
    .option('--role <name>', 'role to log in with')
    .option('--mount <path>', 'where the method is mounted below auth/ (default: its name)')
    .option('--no-store', 'do not keep the token')
    .option('--print-token', 'print the token alone, for scripts')
    .option('--remove', 'forget the token kept for this server');
  withFormat(withConnection(command));
  command.addHelpText('after', `\nWhat the methods take:\n${methodLines()}`);
  return command.action(async (words: readonly string[], options: LoginOptions) => {
    const { connection } = await connectionFor(terminal, options);
    const kept = tokenStore(terminal.env, terminal.home);
    if (options.remove === true) {
      await kept.forget(connection.address);
      terminal.stdout.write(`No token is kept for ${connection.address.origin} any more.\n`);
      return;
    }
    const byMethod = options.method !== undefined || options.role !== undefined;
    const { token, report } = byMethod
      ? await withMethod(terminal, connection, words, options)
      : await withToken(terminal, connection, words, options);
    if (options.store) await kept.keep(connection.address, token);
    if (options.printToken === true) {
      terminal.stdout.write(`${token.text}\n`);
      return;
    }
    if (await printStructured(terminal, options, report)) return;
    printSection(terminal, `Logged in at ${connection.address.origin}`, report);
    if (options.store) terminal.stdout.write(`\nThe token is kept in ${kept.path}.\n`);
    warnOfEnvironment(terminal);
  });
}

function methodLines(): string {
  return logins.map(({ kind, summary }) => `  ${kind.padEnd(11)} ${summary}\n`).join('');
}

async function withMethod(
  terminal: Terminal,
  connection: Connection,
  words: readonly string[],
  options: LoginOptions,
): Promise<Entered> {
  const sources = dataSources(terminal);
  const on = processSurroundings(terminal.env, terminal.home);
  const chosen = options.method === undefined ? await detectedLogin(on) : { login: namedLogin(options.method), found: undefined };
  if (chosen === undefined) {
    throw new WatchwordError('client.usage', 'No platform was recognised here: say how to log in with --method.');
  }
  const { login, found } = chosen;
  if (found !== undefined) terminal.stderr.write(`Logging in with ${login.kind}: ${visible(found)}.\n`);
  const given: LoginWords = {
    ...textsOf(await parseData(words, sources)),
    ...(options.role === undefined ? {} : { role: options.role }),
  };
  const askSecret = (question: string) => unseenSecret(undefined, question, terminal, sources);
  // Whoever logs in has no token yet: one that is kept is not sent along.
  const client = new WatchwordClient({ ...connection, token: undefined });
  const tell = (text: string) => terminal.stderr.write(`${visible(text)}\n`);
  try {
    return reportOf(await logIn(client, login, { on, mount: options.mount, words: given, askSecret, tell }));
  } catch (error) {
    // Why is for the log alone: whoever tries learns nothing from trying.
    if (error instanceof ServerRefusal && error.status === 403) throw new WatchwordError('login.refused');
    throw error;
  }
}

function textsOf(data: JsonObject): LoginWords {
  const entries = Object.entries(data).map(([key, value]): [string, string] => {
    if (typeof value === 'string') return [key, value.trim()];
    throw new WatchwordError('client.usage', 'Each key of a login is given once, as key=value.');
  });
  return Object.fromEntries(entries);
}

function reportOf({ token, auth }: LoggedIn): Entered {
  const { policies, lease_duration: ttl, renewable, entity_id: entity, metadata } = auth;
  return {
    token,
    report: { policies, ttl, renewable, entity_id: entity, ...(isJsonObject(metadata) ? metadata : {}) } as JsonObject,
  };
}

async function withToken(
  terminal: Terminal,
  connection: Connection,
  words: readonly string[],
  options: LoginOptions,
): Promise<Entered> {
  if (words.length > 1) throw new WatchwordError('client.usage', 'Give one token, as - or @file; key=value needs --method.');
  const source = words[0] ?? (options.tokenFile === undefined ? undefined : `@${options.tokenFile}`);
  const token = checkedToken(await unseenSecret(source, 'Token: ', terminal, dataSources(terminal)), 'What was entered');
  const answer = await ownToken(new WatchwordClient({ ...connection, token }));
  const data = isJsonObject(answer?.data) ? answer.data : {};
  const { policies, ttl, renewable, display_name } = data;
  return { token, report: { policies, ttl, renewable, display_name } as JsonObject };
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
