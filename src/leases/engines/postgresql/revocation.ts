import { type EngineDependencies, type TargetCall, TargetError } from '../engine.ts';
import { accountId, memberOf, ownAccount, quoted, timestampOf } from './accounts.ts';
import { rollBackPrepared } from './prepared-transactions.ts';
import { type PostgresqlRole, statementsOf } from './role.ts';
import type { PostgresqlServer } from './server.ts';
import { PostgresqlRefusal, type PostgresqlSession } from './session.ts';
import { inTransaction, runStatements } from './transaction.ts';

const LOOK_MS = 50;
/** Somebody who logs in just now may be admitted already and not yet be seen. */
const QUIET_LOOKS = 2;
/** Milliseconds for which a session that is ending may hold us up. */
const LOCK_MS = 500;
const MOST_TRIES = 8;
/** Milliseconds for which the sessions of others may. */
const RELEASE_LOCK_MS = 2000;
const NO_SUCH_ROLE = '42704';

export interface Leaving {
  readonly name: string;
  readonly role: PostgresqlRole;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
  /** Who gets what it owns; nobody when empty. */
  readonly recipient: string;
}

interface Account extends Leaving {
  readonly oid: string;
}

/**
 * Ends an account: no new logins, then its sessions, then what it owns and may, then itself. One that is not there is a success.
 * @throws TargetError `refused` where it owns something and nobody is named to get it: nobody can log in with it by then
 */
export async function revokeAccount(
  server: PostgresqlServer,
  leaving: Leaving,
  call: TargetCall,
  on: EngineDependencies,
): Promise<void> {
  const around = { server, call, on };
  const locked = await server.session(call, [], async (session) => {
    const oid = await accountId(session, leaving.name);
    if (oid === undefined) return undefined;
    await unlessGone(session, leaving.name, () => shutOut(session, { ...leaving, oid }, around));
    return { oid, quiet: (await terminate(session, oid)) === 0 };
  });
  if (locked === undefined) return;
  const { oid, quiet } = locked;
  // Others use the connection meanwhile: there are few.
  await on.clock.sleep(LOOK_MS);
  await server.session(call, [], async (session) => {
    await endSessions(session, oid, { on, quiet });
    await unlessGone(session, leaving.name, () => remove(session, { ...leaving, oid }, around));
    await endLeftovers(session, oid);
  });
}

/** Somebody else may have ended it meanwhile. */
async function unlessGone(session: PostgresqlSession, name: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof PostgresqlRefusal) || error.code !== NO_SUCH_ROLE) throw error;
    if ((await accountId(session, name)) !== undefined) throw error;
  }
}

interface Surroundings {
  readonly server: PostgresqlServer;
  readonly call: TargetCall;
  readonly on: EngineDependencies;
}

async function shutOut(session: PostgresqlSession, account: Account, around: Surroundings): Promise<void> {
  const own = await ownAccount(session);
  if (!own.superuser) await session.query(memberOf(account.name, own));
  await lockOut(session, account, around);
}

async function remove(session: PostgresqlSession, account: Account, around: Surroundings): Promise<void> {
  await rollBackPrepared(session, account.name, (name, work) => around.server.elsewhere(name, around.call, work));
  const failed = await runOperators(session, account, around.on);
  if ((await accountId(session, account.name)) === undefined) return;
  try {
    await dropAccount(session, account, around);
  } catch (error) {
    if (failed === undefined || !(error instanceof TargetError) || error.kind !== 'refused') throw error;
    throw new TargetError('refused', `${error.message}; before that, ${failed}`, { cause: error });
  }
}

/**
 * Nobody logs in with it any more. Whoever changes his own password in a transaction that he leaves open holds us up, so his sessions
 * end first: he is slower to come back than we are to be the next in line. What he has prepared holds the same lock without a session.
 */
async function lockOut(session: PostgresqlSession, { name, oid }: Account, { server, call }: Surroundings): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    await terminate(session, oid);
    await rollBackPrepared(session, name, (database, work) => server.elsewhere(database, call, work).catch(unlessRefused));
    try {
      await session.query(`BEGIN; SET LOCAL lock_timeout = ${LOCK_MS}; ALTER ROLE ${quoted(name)} NOLOGIN; COMMIT`);
      return;
    } catch (error) {
      const ended = !(error instanceof TargetError) || error.kind === 'unknown-outcome' || error.kind === 'unreachable';
      if (!ended) await session.query('ROLLBACK');
      if (ended || error.kind !== 'throttled' || tries === MOST_TRIES) throw error;
    }
  }
}

/** Where we may not go, it is tried without: afterwards that is told. */
function unlessRefused(error: unknown): void {
  if (!(error instanceof PostgresqlRefusal)) throw error;
}

/** Gives how many there were. */
async function terminate(session: PostgresqlSession, oid: string): Promise<number> {
  const { rows } = await session.query(
    `SELECT pg_catalog.pg_terminate_backend(pid) FROM pg_catalog.pg_stat_activity
     WHERE usesysid = $1::oid AND pid <> pg_catalog.pg_backend_pid()`,
    [oid],
  );
  return rows.length;
}

interface Looking {
  readonly on: Pick<EngineDependencies, 'clock'>;
  /** Whether there were none a moment ago. */
  readonly quiet: boolean;
}

/** Until there are none: the server ends them in its own time. */
async function endSessions(session: PostgresqlSession, oid: string, { on, quiet }: Looking): Promise<void> {
  for (let quietLooks = quiet ? 1 : 0; ; await on.clock.sleep(LOOK_MS)) {
    quietLooks = (await terminate(session, oid)) === 0 ? quietLooks + 1 : 0;
    if (quietLooks >= QUIET_LOOKS) return;
  }
}

/**
 * What the operator wrote. Its refusal is not the end: what must be done is done without it as well. Gives what was refused.
 */
async function runOperators(
  session: PostgresqlSession,
  { name, role, expiresAt }: Leaving,
  on: EngineDependencies,
): Promise<string | undefined> {
  const statements = statementsOf(role, 'revocation_statements');
  if (statements.length === 0) return undefined;
  const values = { name, username: name, expiration: timestampOf(expiresAt) };
  try {
    await inTransaction(session, { on }, () => runStatements(session, statements, { field: 'revocation_statements', values }));
    return undefined;
  } catch (error) {
    if (error instanceof PostgresqlRefusal) return error.message;
    throw error;
  }
}

async function dropAccount(session: PostgresqlSession, account: Account, { server, call, on }: Surroundings): Promise<void> {
  if (account.recipient !== '') await checkRecipient(session, account.recipient);
  const { rows } = await session.query(
    `SELECT DISTINCT d.datname::text AS name FROM pg_catalog.pg_shdepend s JOIN pg_catalog.pg_database d ON d.oid = s.dbid
     WHERE s.refclassid = 'pg_catalog.pg_authid'::pg_catalog.regclass AND s.refobjid = $1::oid
     AND d.datname <> pg_catalog.current_database()`,
    [account.oid],
  );
  for (const { name } of rows) await server.elsewhere(String(name), call, (there) => release(there, account, on));
  await release(session, account, on);
  await session.query(`DROP ROLE IF EXISTS ${quoted(account.name)}`);
  if ((await accountId(session, account.name)) !== undefined) throw new TargetError('refused', 'the account is still there');
}

/**
 * A function of a job, or what an index of its table calls, runs with the rights of its owner. So nobody powerful may become that.
 */
async function checkRecipient(session: PostgresqlSession, recipient: string): Promise<void> {
  const { rows } = await session.query(POWERFUL, [recipient]);
  if (rows[0] === undefined) throw new TargetError('refused', `owned_objects_to: there is no role ${quoted(recipient)}`);
  if (rows[0]['powerful'] !== false) throw new TargetError('refused', powerfulRecipient(recipient));
}

export const POWERFUL = `SELECT rolsuper OR rolcreaterole OR rolbypassrls OR rolreplication OR rolname = current_user AS powerful
  FROM pg_catalog.pg_roles WHERE rolname = $1`;

export const powerfulRecipient = (recipient: string): string =>
  `owned_objects_to: ${quoted(recipient)} can do too much: functions that a credential leaves behind would run with its rights`;

/** Rids one database of it. */
async function release(session: PostgresqlSession, { name, oid, recipient }: Account, on: EngineDependencies): Promise<void> {
  await inTransaction(session, { on }, async () => {
    // Somebody else who reads what it owns holds this up; nobody shall be held up by that in turn.
    await session.query(`SET LOCAL lock_timeout = ${RELEASE_LOCK_MS}`);
    const { rows } = await session.query(
      `SELECT 1 FROM pg_catalog.pg_shdepend WHERE refclassid = 'pg_catalog.pg_authid'::pg_catalog.regclass AND refobjid = $1::oid
       AND deptype = 'o' AND (dbid = 0 OR dbid = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database()))
       LIMIT 1`,
      [oid],
    );
    if (rows.length > 0) {
      if (recipient === '') {
        throw new TargetError('refused', `${name} owns something: name who gets it in owned_objects_to of the connection`);
      }
      await session.query(`REASSIGN OWNED BY ${quoted(name)} TO ${quoted(recipient)}`);
    }
    await session.query(`DROP OWNED BY ${quoted(name)}`);
  });
}

/** Somebody who was admitted in the last moment has no rights left; where we may, that session is ended as well. */
async function endLeftovers(session: PostgresqlSession, oid: string): Promise<void> {
  try {
    await session.query(
      `SELECT pg_catalog.pg_terminate_backend(pid) FROM pg_catalog.pg_stat_activity a
       WHERE usesysid = $1::oid AND NOT EXISTS (SELECT FROM pg_catalog.pg_roles r WHERE r.oid = a.usesysid)`,
      [oid],
    );
  } catch (error) {
    if (!(error instanceof PostgresqlRefusal)) throw error;
  }
}
