import type { EngineDependencies } from '../engine.ts';
import { newPassword } from '../password.ts';
import { memberOf, type OwnAccount, timestampOf, validUntil } from './accounts.ts';
import { type Differences, differencesOf, takeCensus } from './census.ts';
import { BECOMES_US } from './own-account.ts';
import { type PostgresqlRole, plainChanges, type StatementField, statementsOf } from './role.ts';
import { scramVerifier } from './scram.ts';
import type { PostgresqlSession } from './session.ts';
import { inTransaction, RoleRefusal, runStatements } from './transaction.ts';

const HOUR = 3_600_000;
const SALT_BYTES = 16;

/** Of something that a credential could leave behind. */
export interface Findings extends Differences {
  /** `schema public`: where it may create things. */
  readonly creates: string | undefined;
  /** Whether roles were changed otherwise than by statements that plainly change {{name}}. */
  readonly hiddenChanges: boolean;
}

/**
 * Everything that the statements of a role do, and none of it stays.
 * @throws PostgresqlRefusal, also for what they do to the configured account or to other credentials; TargetError
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
  const everything = async (): Promise<Findings> => {
    const before = await takeCensus(session);
    await run('creation_statements', { password });
    await refuseMember(session, name);
    const created = await takeCensus(session);
    differencesOf(before, created, { name, field: 'creation_statements' });
    await session.query(validUntil(name, end));
    const creates = await whereItCreates(session, name);
    const ours = await takeCensus(session);
    await run('renew_statements');
    if (!own.superuser) await session.query(memberOf(name, own));
    await run('revocation_statements');
    const after = await takeCensus(session);
    const differences = differencesOf(before, after, { name, field: 'revocation_statements' });
    const changes = created.changes - before.changes + after.changes - ours.changes;
    return { ...differences, creates, hiddenChanges: changes > plainChanges(role) };
  };
  return await inTransaction(session, { on, keep: false }, everything);
}

/** A superuser is a member of everything, and warned of elsewhere. */
async function refuseMember(session: PostgresqlSession, name: string): Promise<void> {
  const { rows } = await session.query(
    `SELECT pg_catalog.pg_has_role(rolname, current_user, 'MEMBER') AND NOT rolsuper AS member
     FROM pg_catalog.pg_roles WHERE rolname = $1`,
    [name],
  );
  const field = 'creation_statements';
  if (rows[0]?.['member'] === true) throw new RoleRefusal(`${field}: ${BECOMES_US}`, '', field);
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
