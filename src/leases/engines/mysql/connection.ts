import { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { createSecureContext } from 'node:tls';
import { z } from 'zod';
import { secretSchema, textSchema } from '../../../foundation/bounds.ts';
import type { Secret } from '../../../foundation/secret.ts';
import { invalidSetting } from '../invalid-setting.ts';
import { parseStatements, placeholdersOf } from '../statements.ts';
import { type MysqlAddress, parseAddress } from './address.ts';

/** Names in Vault: `connection_url`, `max_open_connections`, `tls_ca`, … */
export interface MysqlConnection {
  /** `{{username}}:{{password}}@tcp(host:3306)/` */
  readonly connectionUrl: string;
  readonly username: string;
  readonly password: Secret | undefined;
  readonly maxOpenConnections: number;
  /** 0 = as many as may be open. */
  readonly maxIdleConnections: number;
  /** Seconds after which a connection is not used again; 0 = never. */
  readonly maxConnectionLifetime: number;
  /** PEM of the only authorities that are believed; the system's when empty. */
  readonly tlsCa: string;
  /** PEM of our certificate and its key, one after the other. */
  readonly tlsCertificateKey: Secret | undefined;
  /** Whom the server's certificate must name; the host of the URL when empty. */
  readonly tlsServerName: string;
  readonly tlsSkipVerify: false;
  readonly authType: '';
  readonly rootRotationStatements: readonly string[];
}

const pem = z.union([z.literal(''), textSchema.regex(/-----BEGIN CERTIFICATE-----/, 'must be PEM')]);

export const mysqlConnectionFields = {
  connectionUrl: z.string().min(1, 'must not be empty').max(2048),
  username: z.string().max(128),
  password: secretSchema.optional(),
  maxOpenConnections: z.int().min(1).max(100),
  maxIdleConnections: z.int().min(0).max(100),
  maxConnectionLifetime: z.int().min(0).max(86_400),
  tlsCa: pem,
  tlsCertificateKey: secretSchema.optional(),
  tlsServerName: z.string().max(253),
  tlsSkipVerify: z.literal(false, 'is refused: anybody could be the server. Name its authority in tls_ca'),
  authType: z.literal('', 'is not supported: the account logs in with username and password'),
  rootRotationStatements: z.array(z.string().max(65_536)).max(16),
} satisfies z.ZodRawShape;

export const newMysqlConnection: MysqlConnection = {
  connectionUrl: '',
  username: '',
  password: undefined,
  maxOpenConnections: 4,
  maxIdleConnections: 0,
  maxConnectionLifetime: 0,
  tlsCa: '',
  tlsCertificateKey: undefined,
  tlsServerName: '',
  tlsSkipVerify: false,
  authType: '',
  rootRotationStatements: [],
};

/** @throws WatchwordError `engine.invalid` */
export function addressOf({ connectionUrl, tlsCa, tlsCertificateKey, tlsServerName }: MysqlConnection): MysqlAddress {
  return parseAddress(connectionUrl, tlsCa !== '' || tlsServerName !== '' || tlsCertificateKey !== undefined);
}

/** @throws WatchwordError `engine.invalid` */
export function checkMysqlConnection(connection: MysqlConnection): void {
  const { username, password, tlsCa, tlsCertificateKey, tlsServerName, rootRotationStatements } = connection;
  const { host, tls } = addressOf(connection);
  if (username === '') invalidSetting('username', 'must not be empty');
  if (username.includes('\0')) invalidSetting('username', 'must not hold a zero byte');
  // The driver looks at the certificate by a name alone.
  if (isIP(tlsServerName) !== 0) invalidSetting('tls_server_name', 'must be a name, not an address');
  if (tls && isIP(host) !== 0 && tlsServerName === '') {
    invalidSetting('tls_server_name', 'must say whom the certificate names, since the host is an address');
  }
  if (password === undefined && tlsCertificateKey === undefined) invalidSetting('password', 'must be set');
  checkCertificates(tlsCa, tlsCertificateKey);
  for (const statement of parseStatements(rootRotationStatements, 'mysql', 'root_rotation_statements')) {
    if (placeholdersOf(statement).has('expiration')) {
      invalidSetting('root_rotation_statements', '{{expiration}} means nothing for an account that stays');
    }
  }
}

function checkCertificates(ca: string, pair: Secret | undefined): void {
  if (ca !== '' && !isCertificate(ca)) invalidSetting('tls_ca', 'holds no certificate that can be read');
  if (pair !== undefined && !isContext({ cert: pair.text, key: pair.text })) {
    invalidSetting('tls_certificate_key', 'must be the PEM of a certificate and of its key');
  }
}

function isCertificate(text: string): boolean {
  try {
    return new X509Certificate(text).serialNumber !== '';
  } catch {
    return false;
  }
}

function isContext(options: Parameters<typeof createSecureContext>[0]): boolean {
  try {
    createSecureContext(options);
    return true;
  } catch {
    return false;
  }
}
