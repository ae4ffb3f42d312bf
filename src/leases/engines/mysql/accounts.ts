import type { Clock } from '../../../foundation/ports.ts';
import { TargetError } from '../engine.ts';
import { quoteLiteral } from '../statements.ts';
import { errors, MysqlRefusal } from './failure.ts';
import { hasRight, rightsOf } from './rights.ts';
import type { MysqlSession } from './session.ts';

const LOOK_MS = 25;
/** Milliseconds for sessions to end: more would break the promise of a hard revocation. */
const SESSIONS_MS = 4000;

export interface Account {
  readonly name: string;
  readonly host: string;
  /** How it logs in. */
  readonly plugin: string;
}

export const quoted = (text: string): string => quoteLiteral(text, 'mysql');
export const addressed = ({ name, host }: Pick<Account, 'name' | 'host'>): string => `${quoted(name)}@${quoted(host)}`;

/** Every account of exactly this name, from wherever it may log in. */
export async function accountsNamed(session: MysqlSession, name: string): Promise<readonly Account[]> {
  const rows = await session.ask(`SELECT User AS name, Host AS host, plugin FROM mysql.user WHERE User = ${quoted(name)}`);
  // Servers take names for the same that differ in spaces at their end.
  return rows
    .map((row) => ({ name: String(row['name']), host: String(row['host']), plugin: String(row['plugin'] ?? '') }))
    .filter((account) => account.name === name);
}

export async function namesWithPrefix(session: MysqlSession, prefix: string): Promise<readonly string[]> {
  const text = `SELECT DISTINCT User AS name FROM mysql.user WHERE LEFT(User, ${[...prefix].length}) = ${quoted(prefix)}`;
  const names = (await session.ask(text)).map((row) => String(row['name']));
  return names.filter((name) => name.startsWith(prefix)).sort();
}

/** Nobody logs in with them any more. Sessions go on. */
export async function lockAccounts(session: MysqlSession, accounts: readonly Account[]): Promise<void> {
  for (const account of accounts) await session.change(`ALTER USER ${addressed(account)} ACCOUNT LOCK`);
}

export async function dropAccounts(session: MysqlSession, accounts: readonly Account[]): Promise<void> {
  for (const account of accounts) await session.change(`DROP USER IF EXISTS ${addressed(account)}`);
}

/**
 * Ends every session that was opened by this name, also while it carries out a routine of somebody else where the
 * server tells of that: `KILL USER` misses those.
 * @throws TargetError `refused` where the sessions can't be seen; `unknown-outcome` where one does not end
 */
export async function endSessions(session: MysqlSession, name: string, clock: Clock, signal: AbortSignal): Promise<void> {
  const end = clock.now() + SESSIONS_MS;
  for (;;) {
    const ids = await sessionsOf(session, name);
    if (ids.length === 0) return;
    for (const id of ids) await kill(session, id);
    if (clock.now() > end) throw new TargetError('unknown-outcome', 'a session was told to end and has not ended');
    await clock.sleep(LOOK_MS, signal).catch(() => undefined);
    if (signal.aborted) throw new TargetError('unknown-outcome', 'no answer in time');
  }
}

/** Who may not see the sessions of others is shown none: that would look as if there were none. @throws TargetError `refused` */
export async function checkSeesSessions(session: MysqlSession): Promise<void> {
  if (hasRight(await rightsOf(session), 'PROCESS')) return;
  throw new TargetError(
    'refused',
    `the configured account lacks PROCESS: GRANT PROCESS ON *.* TO ${addressed(session.facts.account)}`,
  );
}

/** One that was told to end carries out nothing more, even where it is still there to roll back. */
async function sessionsOf(session: MysqlSession, name: string): Promise<readonly number[]> {
  const shown = await session.ask(
    `SELECT ID AS id, USER AS name FROM information_schema.PROCESSLIST WHERE USER = ${quoted(name)} AND COMMAND <> 'Killed'`,
  );
  const ids = shown.filter((row) => row['name'] === name).map((row) => Number(row['id']));
  const hidden = (await threadsOf(session, name)).filter((id) => !ids.includes(id));
  if (hidden.length === 0) return ids;
  const told = await session.ask(
    `SELECT ID AS id FROM information_schema.PROCESSLIST WHERE ID IN (${hidden.join(', ')}) AND COMMAND = 'Killed'`,
  );
  const killed = told.map((row) => Number(row['id']));
  return [...ids, ...hidden.filter((id) => !killed.includes(id))];
}

/** The list of processes shows a session under the name of whose routine it carries out; here it is under its own. */
async function threadsOf(session: MysqlSession, name: string): Promise<readonly number[]> {
  try {
    const rows = await session.ask(
      `SELECT PROCESSLIST_ID AS id, PROCESSLIST_USER AS name FROM performance_schema.threads WHERE PROCESSLIST_USER = ${quoted(name)}`,
    );
    return rows.filter((row) => row['name'] === name).map((row) => Number(row['id']));
  } catch (error) {
    if (error instanceof MysqlRefusal) return [];
    throw error;
  }
}

async function kill(session: MysqlSession, id: number): Promise<void> {
  try {
    await session.change(`KILL ${id}`);
  } catch (error) {
    if (!(error instanceof MysqlRefusal && error.errno === errors.noSuchThread)) throw error;
  }
}
