import { X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import { z } from 'zod';
import { secretSchema, textSchema } from '../../../foundation/bounds.ts';
import type { Secret } from '../../../foundation/secret.ts';
import { invalidSetting } from '../invalid-setting.ts';
import { type MongodbAddress, parseAddress } from './address.ts';

/** Names in Vault: `connection_url`, `write_concern`, `tls_ca`, `tls_certificate_key`. */
export interface MongodbConnection {
  /** `mongodb://{{username}}:{{password}}@host:27017/admin?tls=true` */
  readonly connectionUrl: string;
  readonly username: string;
  readonly password?: Secret | undefined;
  /** JSON: `{"wmode": "majority", "wtimeout": 5000}`; that when empty. */
  readonly writeConcern: string;
  /** PEM of the only authorities that are believed; the system's when empty. */
  readonly tlsCa: string;
  /** PEM of our certificate and its key, one after the other. */
  readonly tlsCertificateKey?: Secret | undefined;
  readonly maxOpenConnections: number;
}

export const mongodbConnectionFields = {
  connectionUrl: z.string().min(1, 'must not be empty').max(4096),
  username: z
    .string()
    .max(128)
    .regex(/^[ -~]*$/, 'must be of printable characters'),
  password: secretSchema.optional(),
  writeConcern: z.string().max(1024),
  tlsCa: textSchema,
  tlsCertificateKey: secretSchema.optional(),
  maxOpenConnections: z.int().min(1).max(100),
} satisfies z.ZodRawShape;

export const newMongodbConnection: MongodbConnection = {
  connectionUrl: '',
  username: '',
  writeConcern: '',
  tlsCa: '',
  maxOpenConnections: 4,
};

/** @throws WatchwordError `engine.invalid` */
export function addressOf({ connectionUrl, tlsCa, tlsCertificateKey }: MongodbConnection): MongodbAddress {
  return parseAddress(connectionUrl, tlsCa !== '' || tlsCertificateKey !== undefined);
}

/** How many of a replica set have it before the server says that it is done. */
export interface WriteConcern {
  readonly w: number | string;
  /** Milliseconds. */
  readonly wtimeout: number;
  readonly j?: boolean;
}

/** Vault's words, in any case: https://developer.hashicorp.com/vault/api-docs/secret/databases/mongodb */
const written = z.strictObject({
  w: z.int().min(1, 'must be 1 or more: with 0 nobody says whether it was done').max(50).optional(),
  wmode: z.string().min(1).max(128).optional(),
  wtimeout: z.int().min(1).max(60_000).optional(),
  j: z.boolean().optional(),
  fsync: z.literal(false, 'is of servers before 4.0: j').optional(),
});
const WTIMEOUT_MS = 5_000;

/** @throws WatchwordError `engine.invalid` */
export function writeConcernOf({ writeConcern }: Pick<MongodbConnection, 'writeConcern'>): WriteConcern {
  if (writeConcern.trim() === '') return { w: 'majority', wtimeout: WTIMEOUT_MS };
  const parsed = written.safeParse(withSmallNames(writeConcern));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    invalidSetting(
      'write_concern',
      `must be JSON such as {"wmode": "majority", "wtimeout": 5000}: ${issue?.path.join('.')} ${issue?.message}`,
    );
  }
  const { w, wmode, wtimeout, j } = parsed.data;
  if (w !== undefined && wmode !== undefined) invalidSetting('write_concern', 'must not say w and wmode');
  return { w: w ?? wmode ?? 'majority', wtimeout: wtimeout ?? WTIMEOUT_MS, ...(j === undefined ? {} : { j }) };
}

function withSmallNames(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [name.toLowerCase(), member]));
  } catch {
    return undefined;
  }
}

/** @throws WatchwordError `engine.invalid` */
export function checkMongodbConnection(connection: MongodbConnection): void {
  const { username, password, tlsCa, tlsCertificateKey } = connection;
  addressOf(connection);
  writeConcernOf(connection);
  if (username === '') invalidSetting('username', 'must not be empty');
  if (password === undefined || password.length === 0) invalidSetting('password', 'must be set');
  // The driver prepares other characters by a table (RFC 4013), and a server's may be another one.
  if (!/^[ -~]+$/.test(password.text)) invalidSetting('password', 'must be of printable characters of ASCII');
  if (tlsCa !== '' && !isCertificate(tlsCa)) invalidSetting('tls_ca', 'holds no certificate that can be read');
  if (tlsCertificateKey !== undefined && !isPair(tlsCertificateKey.text)) {
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

function isPair(pem: string): boolean {
  try {
    createSecureContext({ cert: pem, key: pem });
    return true;
  } catch {
    return false;
  }
}
