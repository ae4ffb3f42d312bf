import { readFile } from 'node:fs/promises';
import { WatchwordError } from '../foundation/errors.ts';
import type { Secret } from '../foundation/secret.ts';
import { parseDuration } from '../foundation/time.ts';
import { checkedToken, DEFAULT_ADDRESS, type EnvironmentSettings, parseAddress } from './environment.ts';
import type { TokenStore } from './token-store.ts';

/** One server, and who we are to it. */
export interface Connection {
  readonly address: URL;
  readonly token: Secret | undefined;
  readonly namespace: string | undefined;
  /** Certificate authorities in PEM instead of the system's. */
  readonly authorities: Buffer | undefined;
  /** Certificate and key in PEM that we show to the server. */
  readonly clientCertificate?: ClientCertificate | undefined;
  readonly timeoutMs: number;
}

export interface ClientCertificate {
  readonly cert: Buffer;
  readonly key: Buffer;
}

/** What a caller may say explicitly; wins over the environment. */
export interface ConnectionChoice {
  readonly address?: string | undefined;
  readonly tokenFile?: string | undefined;
  readonly namespace?: string | undefined;
  readonly caCert?: string | undefined;
  /** Files in PEM; both or none. */
  readonly clientCert?: string | undefined;
  readonly clientKey?: string | undefined;
  /** A duration such as `30s`. */
  readonly timeout?: string | undefined;
}

/** `note` is for the person: it says that a token was left out, and why. */
export interface ChosenConnection {
  readonly connection: Connection;
  readonly note: string | undefined;
}

const DEFAULT_TIMEOUT_MS = 60_000;

/**
 * The connection that choice, environment and kept tokens together mean. A token from the environment goes only to the address that
 * stands beside it there, a kept token only to the server it was kept for.
 */
export async function chooseConnection(
  choice: ConnectionChoice,
  environment: EnvironmentSettings,
  kept: TokenStore,
): Promise<ChosenConnection> {
  const address = chosenAddress(choice, environment);
  const { token, note } = await chosenToken(address, choice, environment, kept);
  const caFile = choice.caCert ?? environment.caFile;
  return {
    note,
    connection: {
      address,
      token,
      namespace: checkedNamespace(choice.namespace ?? environment.namespace),
      authorities: caFile === undefined ? undefined : await readFile(caFile),
      clientCertificate: await chosenCertificate(choice, environment),
      timeoutMs: choice.timeout === undefined ? DEFAULT_TIMEOUT_MS : checkedTimeout(choice.timeout),
    },
  };
}

async function chosenCertificate(
  choice: ConnectionChoice,
  environment: EnvironmentSettings,
): Promise<ClientCertificate | undefined> {
  const certFile = choice.clientCert ?? environment.clientCertFile;
  const keyFile = choice.clientKey ?? environment.clientKeyFile;
  if (certFile === undefined && keyFile === undefined) return undefined;
  if (certFile === undefined || keyFile === undefined) {
    throw new WatchwordError('client.usage', 'A client certificate needs its key, and a key its certificate: give both files.');
  }
  return { cert: await readFile(certFile), key: await readFile(keyFile) };
}

function chosenAddress(choice: ConnectionChoice, { family, address }: EnvironmentSettings): URL {
  if (choice.address !== undefined) return parseAddress(choice.address, '--address');
  return parseAddress(address ?? DEFAULT_ADDRESS, `${family}_ADDR`);
}

async function chosenToken(
  address: URL,
  choice: ConnectionChoice,
  environment: EnvironmentSettings,
  kept: TokenStore,
): Promise<{ token: Secret | undefined; note?: string }> {
  if (choice.tokenFile !== undefined) {
    return { token: checkedToken(await readFile(choice.tokenFile, 'utf8'), '--token-file') };
  }
  if (environment.token === undefined) return { token: await kept.find(address) };
  const { family } = environment;
  const home = environment.address === undefined ? address : parseAddress(environment.address, `${family}_ADDR`);
  if (home.origin === address.origin) return { token: environment.token };
  return {
    token: await kept.find(address),
    note: `${family}_TOKEN belongs to ${home.origin} and was not sent to ${address.origin}.`,
  };
}

function checkedNamespace(text: string | undefined): string | undefined {
  if (text === undefined || /^[\x21-\x7e]{1,1024}$/.test(text)) return text;
  throw new WatchwordError('client.usage', 'The namespace is not a path of visible ASCII characters.');
}

function checkedTimeout(text: string): number {
  const seconds = parseDuration(text, '--timeout');
  if (seconds <= 0 || seconds > 86_400) throw new WatchwordError('client.usage', '--timeout is between 1ms and 24h.');
  return seconds * 1000;
}
