import { isIP } from 'node:net';
import { z } from 'zod';
import { secretSchema, textSchema } from '../../../foundation/bounds.ts';
import type { Secret } from '../../../foundation/secret.ts';
import { invalidSetting } from '../invalid-setting.ts';
import type { Mechanism } from './scram.ts';

/** One cluster, and the account that makes users there. Vault has no such engine: the names are Kafka's. */
export interface KafkaConnection {
  /** `kafka-1.example:9093`: asked one after the other, until one answers. */
  readonly bootstrapServers: readonly string[];
  readonly username: string;
  readonly password: Secret | undefined;
  /** That the configured account logs in with, and the users that are made. */
  readonly mechanism: Mechanism;
  /** Without a word of it: everywhere but at loopback addresses. */
  readonly tls?: boolean | undefined;
  /** PEM of the only authorities that are believed; the system's when empty. */
  readonly tlsCa: string;
  readonly maxOpenConnections: number;
}

export const kafkaConnectionFields = {
  bootstrapServers: z.array(z.string().max(300)).max(32),
  username: z.string().max(255),
  password: secretSchema.optional(),
  mechanism: z.enum(['SCRAM-SHA-256', 'SCRAM-SHA-512'], 'must be SCRAM-SHA-512 or SCRAM-SHA-256'),
  tls: z.boolean().optional(),
  tlsCa: textSchema,
  maxOpenConnections: z.int().min(1).max(100),
} satisfies z.ZodRawShape;

export const newKafkaConnection: KafkaConnection = {
  bootstrapServers: [],
  username: '',
  password: undefined,
  mechanism: 'SCRAM-SHA-512',
  tlsCa: '',
  maxOpenConnections: 4,
};

/** Where one broker listens. */
export interface KafkaAddress {
  readonly host: string;
  readonly port: number;
}

const FORM = /^(?:\[([0-9a-fA-F:.]+)\]|([A-Za-z0-9._-]+)):(\d{1,5})$/;

/** Undefined for what is no address with its port. */
export function parseServer(text: string): KafkaAddress | undefined {
  const parts = FORM.exec(text);
  const [host, port] = [parts?.[1] ?? parts?.[2], Number(parts?.[3])];
  if (host === undefined || !(port >= 1 && port <= 65_535)) return undefined;
  return parts?.[1] !== undefined && isIP(host) !== 6 ? undefined : { host, port };
}

/** @throws WatchwordError `engine.invalid` */
export function checkKafkaConnection(connection: KafkaConnection): void {
  const { bootstrapServers, username, password, tlsCa } = connection;
  if (bootstrapServers.length === 0) invalidSetting('bootstrap_servers', 'must be set');
  for (const server of bootstrapServers) {
    if (parseServer(server) === undefined)
      invalidSetting('bootstrap_servers', 'are hosts with their ports: kafka-1.example:9093');
  }
  // biome-ignore lint/suspicious/noControlCharactersInRegex: no name has them.
  if (username === '' || /[\u0000-\u001f\u007f]/.test(username))
    invalidSetting('username', 'must be set, in printable characters');
  if (password === undefined || password.length === 0) invalidSetting('password', 'must be set');
  if (tlsCa !== '' && !tlsCa.includes('-----BEGIN CERTIFICATE-----')) invalidSetting('tls_ca', 'must be certificates in PEM');
  if (tlsCa !== '' && !usesTls(connection)) invalidSetting('tls_ca', 'goes with tls=true');
}

/** Whether connections are encrypted; one that leaves this machine is enough. The certificate is looked at whenever they are. */
export function usesTls({ tls, bootstrapServers }: Pick<KafkaConnection, 'tls' | 'bootstrapServers'>): boolean {
  return tls ?? !bootstrapServers.every((server) => isLoopback(parseServer(server)?.host ?? ''));
}

/** Whether what is said to it stays on this machine. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}
