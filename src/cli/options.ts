import { type Command, InvalidArgumentError } from 'commander';
import { WatchwordClient } from '../client/client.ts';
import { type ChosenConnection, type ConnectionChoice, chooseConnection } from '../client/connection.ts';
import { environmentSettings } from '../client/environment.ts';
import { tokenStore } from '../client/token-store.ts';
import { parseDuration } from '../foundation/time.ts';
import { visible } from './output/visible.ts';
import type { Terminal } from './terminal.ts';

export interface ConnectionOptions extends ConnectionChoice {
  readonly wrapTtl?: string;
}

/** The options of every command that talks to a server. */
export function withConnection(command: Command): Command {
  return command
    .optionsGroup('Connection:')
    .option('--address <url>', 'server to talk to')
    .option('--token-file <file>', 'take the token from this file (the environment and `login` are the other ways)')
    .option('--namespace <path>', 'namespace to work in')
    .option('--ca-cert <file>', 'trust the certificate authorities in this PEM file')
    .option('--client-cert <file>', 'show the server the certificate in this PEM file; needs --client-key')
    .option('--client-key <file>', 'the key of that certificate, in PEM')
    .option('--timeout <duration>', 'longest wait for an answer (default: 60s)', duration)
    .optionsGroup('Options:');
}

export function withWrapping(command: Command): Command {
  return command.option('--wrap-ttl <duration>', 'answer with a wrapping token that lives this long', duration);
}

/** For commander: a duration such as `60` or `1h30m`, given on as it is written. */
function duration(text: string): string {
  if (secondsOf(text) > 0) return text;
  throw new InvalidArgumentError('It is a duration such as 30s or 5m.');
}

function secondsOf(text: string): number {
  try {
    return parseDuration(text, '');
  } catch {
    return Number.NaN;
  }
}

export async function connectionFor(terminal: Terminal, options: ConnectionOptions): Promise<ChosenConnection> {
  return chooseConnection(options, environmentSettings(terminal.env), tokenStore(terminal.env, terminal.home));
}

/** @throws WatchwordError when what was said about server and token does not fit together */
export async function clientFor(terminal: Terminal, options: ConnectionOptions): Promise<WatchwordClient> {
  const { connection, note } = await connectionFor(terminal, options);
  if (note !== undefined) terminal.stderr.write(`Note: ${visible(note)}\n`);
  return new WatchwordClient(connection);
}

/** For commander: a whole number of at least `min`. */
export function wholeNumber(min: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d{1,15}$/.test(text) || value < min) throw new InvalidArgumentError(`It is a whole number of at least ${min}.`);
    return value;
  };
}

/** For commander: `1,2,3`, also given several times. */
export function versionList(text: string, previous: readonly number[] = []): readonly number[] {
  return [...previous, ...text.split(',').map((part) => wholeNumber(1)(part.trim()))];
}

/** For commander: an option that may be given several times. */
export function repeated(text: string, previous: readonly string[] = []): readonly string[] {
  return [...previous, text];
}
