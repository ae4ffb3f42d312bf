import type { EngineDependencies } from '../engine.ts';
import { newPassword } from '../password.ts';
import { memberOf, type OwnAccount, timestampOf, validUntil } from './accounts.ts';
import { type PostgresqlRole, type StatementField, statementsOf } from './role.ts';
import { scramVerifier } from './scram.ts';
import type { PostgresqlSession } from './session.ts';
import { inTransaction, runStatements } from './transaction.ts';

const HOUR = 3_600_000;
const SALT_BYTES = 16;

/** Of something that a credential could leave behind. */
export interface Findings {
  /** `schema public`: where it may create things. */
  readonly creates: string | undefined;
}

/**
 * Everything that the statements of a role do, and none of it stays.
 * @throws PostgresqlRefusal; TargetError
 */
export async function rehearse(
  session: PostgresqlSession,
  role: PostgresqlRole,
  own: OwnAccount,
  on: EngineDependencies,
): Promise<Findings> {
  const { clock, random } = on;
  const name = `ww_dryrun00_${random.bytes(10).toString('hex')}`;
  const end = clock.now() + HOUR;
  const password = await scramVerifier(newPassword(random), random.bytes(SALT_BYTES));
  const values = { name, username: name, expiration: timestampOf(end) };
  const run = (field: StatementField, also = {}) =>
    runStatements(session, statementsOf(role, field), { field, values: { ...values, ...also } });
  const everything = async () => {
    await run('creation_statements', { password });
    await session.query(validUntil(name, end));
    const creates = await whereItCreates(session, name);
    await run('renew_statements');
    if (!own.superuser) await session.query(memberOf(name, own));
    await run('revocation_statements');
    return { creates };
  };
  return await inTransaction(session, { on, keep: false }, everything);
}

/** Not the place of temporary tables: they end with their session. */
async function whereItCreates(session: PostgresqlSession, name: string): Promise<string | undefined> {
  const { rows } = await session.query(
    `SELECT 'schema ' || nspname AS place FROM pg_catalog.pg_namespace
     WHERE pg_catalog.has_schema_privilege($1::name, oid, 'CREATE') AND nspname <> 'information_schema' AND nspname !~ '^pg_'
     UNION ALL SELECT 'database ' || pg_catalog.current_database()
     WHERE pg_catalog.has_database_privilege($1::name, pg_catalog.current_database(), 'CREATE') LIMIT 1`,
    [name],
  );
  return rows[0] && String(rows[0]['place']);
}
