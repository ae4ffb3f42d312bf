import { isIP } from 'node:net';
import { z } from 'zod';
import { secretSchema, textSchema } from '../../../foundation/bounds.ts';
import { WatchwordError } from '../../../foundation/errors.ts';
import { Secret } from '../../../foundation/secret.ts';
import { readCredsFile } from './claims.ts';
import { checkPublicKey, type KeyKind, type Nkey, NkeyFault, nkeyOf } from './nkeys.ts';

/** An account of NATS, and a key that signs its users. */
export interface NatsConnection {
  /** Its public key, `A…`. */
  readonly account: string;
  /** The seed of its key, or better of one of its signing keys. */
  readonly accountSeed?: Secret | undefined;
  /** Where revocations are pushed to: `tls://nats.example:4222`. */
  readonly url: string;
  /** Without a word of it: everywhere but at loopback addresses, and wherever the server wants it. */
  readonly tls?: boolean | undefined;
  /** PEM of the only authorities that are believed; the system's when empty. */
  readonly tlsCa: string;
  /** The creds file of a user of the system account. */
  readonly systemCreds?: Secret | undefined;
  /** The seed of the operator's signing key. */
  readonly operatorSeed?: Secret | undefined;
}

export const natsConnectionFields = {
  account: z.string().max(64),
  accountSeed: secretSchema.optional(),
  url: z.string().max(512),
  tls: z.boolean().optional(),
  tlsCa: textSchema,
  systemCreds: secretSchema.optional(),
  operatorSeed: secretSchema.optional(),
} satisfies z.ZodRawShape;

export const newNatsConnection: NatsConnection = { account: '', url: '', tlsCa: '' };

const invalid = (where: string, what: string) => new WatchwordError('engine.invalid', `${where}: ${what}`, { where });

/** Where a server is. */
export interface NatsAddress {
  readonly host: string;
  readonly port: number;
  /** Whether one that speaks no TLS is left alone. */
  readonly tls: boolean;
  readonly ca: string;
}

/** Who pushes revocations, and where; undefined where nobody does. */
export interface Pusher {
  readonly address: NatsAddress;
  readonly jwt: string;
  readonly user: Nkey;
  readonly operator: Nkey;
}

/** @throws WatchwordError `engine.invalid` */
export function accountKeyOf({ accountSeed }: NatsConnection): Nkey {
  if (accountSeed === undefined) throw invalid('account_seed', 'must be set');
  return keyOf('account_seed', accountSeed, 'account');
}

/** @throws WatchwordError `engine.invalid` */
export function pusherOf(connection: NatsConnection): Pusher | undefined {
  const { url, systemCreds, operatorSeed } = connection;
  if (systemCreds === undefined && operatorSeed === undefined && url === '') return undefined;
  if (url === '') throw invalid('url', 'must be set for revocations to be pushed');
  if (systemCreds === undefined) throw invalid('system_creds', 'must be set for revocations to be pushed');
  if (operatorSeed === undefined) throw invalid('operator_seed', 'must be set for revocations to be pushed');
  const creds = readCredsFile(systemCreds.text);
  if (creds === undefined) throw invalid('system_creds', 'must be a creds file: a JWT and a seed');
  return {
    address: addressOf(connection),
    jwt: creds.jwt,
    user: keyOf('system_creds', Secret.fromText(creds.seed), 'user'),
    operator: keyOf('operator_seed', operatorSeed, 'operator'),
  };
}

function keyOf(where: string, seed: Secret, kind: KeyKind): Nkey {
  try {
    return nkeyOf(seed, kind);
  } catch (error) {
    if (error instanceof NkeyFault) throw invalid(where, error.message);
    throw error;
  }
}

function addressOf({ url: text, tls, tlsCa: ca }: NatsConnection): NatsAddress {
  const form = /^(nats|tls):\/\/(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?\/?$/.exec(text);
  if (form === null || !URL.canParse(text)) throw invalid('url', 'must be like tls://nats.example:4222, without a name in it');
  const { hostname, port } = new URL(text);
  const host = hostname.replace(/^\[|\]$/g, '');
  const local = host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
  if (form[1] === 'tls' && tls === false) throw invalid('tls', 'does not go with a url that begins with tls://');
  return { host, port: port === '' ? 4222 : Number(port), tls: form[1] === 'tls' || (tls ?? !local), ca };
}

/** @throws WatchwordError `engine.invalid` */
export function checkNatsConnection(connection: NatsConnection): void {
  try {
    checkPublicKey(connection.account, 'account');
  } catch (error) {
    if (error instanceof NkeyFault) throw invalid('account', error.message);
    throw error;
  }
  accountKeyOf(connection);
  pusherOf(connection);
}
