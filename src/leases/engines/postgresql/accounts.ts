import { TargetError } from '../engine.ts';
import { quoteIdentifier, quoteLiteral } from '../statements.ts';
import type { PostgresqlSession } from './session.ts';

/** The configured account, as the server knows it. */
export interface OwnAccount {
  readonly superuser: boolean;
  readonly createsRoles: boolean;
  readonly inherits: boolean;
  /** `150018` for 15.18 */
  readonly version: number;
}

export async function ownAccount(session: PostgresqlSession): Promise<OwnAccount> {
  const { rows } = await session.query(
    `SELECT rolsuper, rolcreaterole, rolinherit, pg_catalog.current_setting('server_version_num') AS version
     FROM pg_catalog.pg_roles WHERE rolname = current_user`,
  );
  const [row] = rows;
  if (row === undefined) throw new TargetError('refused', 'the server does not know the configured account');
  return {
    superuser: row['rolsuper'] === true,
    createsRoles: row['rolcreaterole'] === true,
    inherits: row['rolinherit'] === true,
    version: Number(row['version']),
  };
}

/** Its number at the server; undefined where there is no such account. */
export async function accountId(session: PostgresqlSession, name: string): Promise<string | undefined> {
  const { rows } = await session.query('SELECT oid::text AS oid FROM pg_catalog.pg_roles WHERE rolname = $1', [name]);
  return rows[0] && String(rows[0]['oid']);
}

export const quoted = (name: string): string => quoteIdentifier(name, 'postgresql');

/** @param ms milliseconds since the epoch */
export const timestampOf = (ms: number): string => new Date(ms).toISOString().replace('T', ' ').replace('Z', '+00');

export const validUntil = (name: string, ms: number): string =>
  `ALTER ROLE ${quoted(name)} VALID UNTIL ${quoteLiteral(timestampOf(ms), 'postgresql')}`;

/** What lets us end the sessions of an account and give away what it owns. */
export function memberOf(name: string, { version }: OwnAccount): string {
  return `GRANT ${quoted(name)} TO CURRENT_USER${version >= 160_000 ? ' WITH INHERIT TRUE, SET TRUE' : ''}`;
}
