import { isIP } from 'node:net';
import { z } from 'zod';
import { secretSchema, textSchema } from '../../../foundation/bounds.ts';
import { WatchwordError } from '../../../foundation/errors.ts';
import type { Secret } from '../../../foundation/secret.ts';

/** One Redis or Valkey server and the account that makes users there. Names in Vault: `host`, `ca_cert`, `insecure_tls`, … */
export interface RedisConnection {
  readonly host: string;
  readonly port: number;
  /** Without a word of it: everywhere but at loopback addresses. */
  readonly tls?: boolean | undefined;
  /** PEM of the only authorities that are believed; the system's when empty. */
  readonly caCert: string;
  /** Taken because Vault has it; never true. */
  readonly insecureTls: boolean;
  /** PEM of our certificate, and of its key. */
  readonly tlsCertificate: string;
  readonly privateKey?: Secret | undefined;
  /** Empty: the user `default`. */
  readonly username: string;
  readonly password?: Secret | undefined;
  readonly maxOpenConnections: number;
}

export const redisConnectionFields = {
  host: z
    .string()
    .max(255)
    .regex(/^[A-Za-z0-9.:_-]*$/, 'must be a name or an address'),
  port: z.int().min(1).max(65_535),
  tls: z.boolean().optional(),
  caCert: textSchema,
  insecureTls: z.boolean(),
  tlsCertificate: textSchema,
  privateKey: secretSchema.optional(),
  username: z
    .string()
    .max(128)
    .regex(/^[!-~]*$/, 'must be of printable characters without spaces'),
  password: secretSchema.optional(),
  maxOpenConnections: z.int().min(1).max(100),
} satisfies z.ZodRawShape;

export const newRedisConnection: RedisConnection = {
  host: '',
  port: 6379,
  caCert: '',
  insecureTls: false,
  tlsCertificate: '',
  username: '',
  maxOpenConnections: 4,
};

/** Whether the connection is encrypted. The certificate is looked at whenever it is. */
export function usesTls({ tls, host }: Pick<RedisConnection, 'tls' | 'host'>): boolean {
  return tls ?? !(host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.')));
}

/** @throws WatchwordError `engine.invalid` */
export function checkRedisConnection(connection: RedisConnection): void {
  const { host, password, insecureTls, caCert, tlsCertificate, privateKey } = connection;
  if (host === '') throw invalid('host', 'must be set');
  if (password === undefined || password.length === 0) throw invalid('password', 'must be set');
  if (insecureTls) throw invalid('insecure_tls', 'is not supported: name the authority in ca_cert');
  if (!usesTls(connection) && (caCert !== '' || tlsCertificate !== '')) {
    throw invalid(caCert === '' ? 'tls_certificate' : 'ca_cert', 'goes with tls=true');
  }
  if ((tlsCertificate === '') !== (privateKey === undefined)) throw invalid('private_key', 'goes together with tls_certificate');
}

const invalid = (where: string, what: string) => new WatchwordError('engine.invalid', `${where}: ${what}`, { where });
