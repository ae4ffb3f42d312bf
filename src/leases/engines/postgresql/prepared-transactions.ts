import { quoteLiteral } from '../statements.ts';
import { quoted } from './accounts.ts';
import type { PostgresqlSession } from './session.ts';

type Elsewhere = (database: string, work: (session: PostgresqlSession) => Promise<void>) => Promise<void>;

/**
 * Undoes what an account has prepared (`PREPARE TRANSACTION`): such a transaction has no session that could be ended, and keeps its
 * locks for ever. One on the account's own row would keep it from being locked out.
 * @param elsewhere works in another database
 * @throws TargetError
 */
export async function rollBackPrepared(session: PostgresqlSession, owner: string, elsewhere: Elsewhere): Promise<void> {
  const { rows } = await session.query(
    `SELECT gid, database::text AS database, database = pg_catalog.current_database() AS here
     FROM pg_catalog.pg_prepared_xacts WHERE owner = $1::name`,
    [owner],
  );
  for (const { gid, database, here } of rows) {
    const work = (there: PostgresqlSession) => rollBack(there, owner, String(gid));
    if (here === true) await work(session);
    else await elsewhere(String(database), work);
  }
}

/** Only its owner or a superuser may; and never inside of a transaction, which several statements at once would be. */
async function rollBack(session: PostgresqlSession, owner: string, gid: string): Promise<void> {
  await session.query(`SET ROLE ${quoted(owner)}`);
  try {
    await session.query(`ROLLBACK PREPARED ${quoteLiteral(gid, 'postgresql')}`);
  } finally {
    await session.query('RESET ROLE');
  }
}
