import { isIP } from 'node:net';
import type { PoolConfig } from 'pg';
import { z } from 'zod';
import { secretSchema, textSchema } from '../../../foundation/bounds.ts';
import type { Secret } from '../../../foundation/secret.ts';
import { invalidSetting } from '../invalid-setting.ts';

/** Names in Vault: `connection_url`, `max_open_connections`, `tls_ca`, … */
export interface PostgresqlConnection {
  /** `postgresql://{{username}}:{{password}}@host:5432/database?sslmode=verify-full` */
  readonly connectionUrl: string;
  readonly username: string;
  readonly password: Secret | undefined;
  readonly maxOpenConnections: number;
  /** Connections kept while nothing is to do; 0 = all that are open, below 0 = none. */
  readonly maxIdleConnections: number;
  /** Seconds; 0 = without end. */
  readonly maxConnectionLifetime: number;
  /** PEM of the only authorities that are believed; the system's when empty. */
  readonly tlsCa: string;
  /** PEM of our certificate, and of its key. */
  readonly tlsCertificate: string;
  readonly privateKey: Secret | undefined;
  /** Whatever it says, the server gets a SCRAM verifier and never the password. */
  readonly passwordAuthentication: string;
  readonly usernameTemplate: string;
  readonly rootRotationStatements: readonly string[];
  /** Without effect: no name or password is put into the URL. */
  readonly disableEscaping: boolean;
  readonly authType: string;
  /** Who gets what a credential owned, where its role names nobody. */
  readonly ownedObjectsTo: string;
}

export const postgresqlConnectionFields = {
  connectionUrl: z.string().min(1, 'must not be empty').max(2048),
  username: z.string().max(63),
  password: secretSchema.optional(),
  maxOpenConnections: z.int().min(1).max(100),
  maxIdleConnections: z.int().min(-1).max(100),
  maxConnectionLifetime: z.int().min(0).max(86_400),
  tlsCa: textSchema,
  tlsCertificate: textSchema,
  privateKey: secretSchema.optional(),
  passwordAuthentication: z.enum(['', 'password', 'scram-sha-256']),
  usernameTemplate: z.string().max(1024),
  rootRotationStatements: z.array(z.string().max(4096)).max(64),
  disableEscaping: z.boolean(),
  authType: z.string().max(64),
  ownedObjectsTo: z.string().max(63),
} satisfies z.ZodRawShape;

export const newPostgresqlConnection: PostgresqlConnection = {
  connectionUrl: '',
  username: '',
  password: undefined,
  maxOpenConnections: 4,
  maxIdleConnections: 0,
  maxConnectionLifetime: 0,
  tlsCa: '',
  tlsCertificate: '',
  privateKey: undefined,
  passwordAuthentication: '',
  usernameTemplate: '',
  rootRotationStatements: [],
  disableEscaping: false,
  authType: '',
  ownedObjectsTo: '',
};

/** Where a connection leads, and how its certificate is looked at. */
export interface Address {
  /** A name, an address, or the folder of a Unix socket. */
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly tls: boolean;
}

const wrongUrl = (what: string): never => invalidSetting('connection_url', what);

/** @throws WatchwordError `engine.invalid` */
export function addressOf({ connectionUrl }: Pick<PostgresqlConnection, 'connectionUrl'>): Address {
  const plain = connectionUrl.replace('{{username}}', 'username').replace('{{password}}', 'password');
  if (!/^postgres(?:ql)?:\/\//.test(plain) || !URL.canParse(plain)) {
    return wrongUrl('must be like postgresql://{{username}}:{{password}}@host:5432/database');
  }
  const url = new URL(plain);
  if (url.username !== '' && url.username !== 'username') wrongUrl('must say {{username}}; the name itself goes to username');
  if (url.password !== '' && url.password !== 'password') wrongUrl('must say {{password}}; the password itself goes to password');
  const parameters = new Map(url.searchParams);
  const folder = parameters.get('host');
  const host = folder ?? decodeURIComponent(url.hostname).replace(/^\[|\]$/g, '');
  if (host === '' || host.includes(',')) wrongUrl('must name one host');
  for (const name of parameters.keys()) {
    if (!known.has(name)) wrongUrl(`the parameter ${name.slice(0, 40)} is not taken`);
  }
  const database = decodeURIComponent(url.pathname.slice(1));
  if (database === '') wrongUrl('must name a database');
  return { host, port: Number(url.port) || 5432, database, tls: usesTls(parameters.get('sslmode'), host) };
}

const known: ReadonlySet<string> = new Set(['sslmode', 'host', 'application_name', 'connect_timeout']);

/** Whatever way of TLS is asked for, the certificate is looked at. Without it only where it says so, or on this machine. */
function usesTls(mode: string | undefined, host: string): boolean {
  if (mode === 'disable') return false;
  if (mode === undefined) return !isLocal(host);
  if (mode === 'require' || mode === 'verify-ca' || mode === 'verify-full') return true;
  return wrongUrl('sslmode must be verify-full, or disable where the network is trusted');
}

const isLocal = (host: string): boolean =>
  host.startsWith('/') || host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));

/** @throws WatchwordError `engine.invalid` */
export function checkPostgresqlConnection(connection: PostgresqlConnection): void {
  addressOf(connection);
  const { username, tlsCertificate, privateKey, usernameTemplate, rootRotationStatements, authType } = connection;
  if (username === '') invalidSetting('username', 'must not be empty');
  if ((tlsCertificate === '') !== (privateKey === undefined)) invalidSetting('private_key', 'goes together with tls_certificate');
  if (usernameTemplate !== '') {
    invalidSetting('username_template', 'is not taken: the names of accounts lead to their leases, so they are always ours');
  }
  if (rootRotationStatements.length > 0) {
    invalidSetting(
      'root_rotation_statements',
      'is not taken: the server would see the password. It gets a verifier without them',
    );
  }
  if (authType !== '') invalidSetting('auth_type', 'is not taken: the account logs in with a password or a certificate');
}

/** Milliseconds for the way to the server and the login. */
const CONNECT_MS = 10_000;
const IDLE_MS = 60_000;
/** More than the server lets a statement take: who has not answered by then is gone. */
const ANSWER_MS = 30_000;

/** For the driver. Whatever it would take from the environment is said here. */
export function driverSettings(connection: PostgresqlConnection): PoolConfig {
  const { host, port, database, tls } = addressOf(connection);
  const { username, password, tlsCa, tlsCertificate, privateKey } = connection;
  const own = tlsCertificate === '' ? {} : { cert: tlsCertificate, key: privateKey?.text };
  return {
    host,
    port,
    database,
    user: username,
    // As a function, so that an empty one is not looked for elsewhere.
    password: () => password?.text ?? '',
    ssl: tls ? { rejectUnauthorized: true, ...(tlsCa === '' ? {} : { ca: tlsCa }), ...own } : false,
    application_name: 'watchword',
    connectionTimeoutMillis: CONNECT_MS,
    query_timeout: ANSWER_MS,
    keepAlive: true,
    max: connection.maxOpenConnections,
    idleTimeoutMillis: IDLE_MS,
    maxLifetimeSeconds: connection.maxConnectionLifetime,
    allowExitOnIdle: true,
  };
}
