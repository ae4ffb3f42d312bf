import type { Executor, Migration, Storage, Transaction } from '../storage/contract.ts';

type AppliedTables = {
  change_applied: { intent: number };
  change_settled: { id: number; below: number };
};

export const appliedMigration: Migration = {
  name: 'access-0002-applied',
  async up(db) {
    await db.schema
      .createTable('change_applied')
      .addColumn('intent', 'bigint', (column) => column.primaryKey())
      .execute();
    await db.schema
      .createTable('change_settled')
      .addColumn('id', 'integer', (column) => column.primaryKey())
      .addColumn('below', 'bigint', (column) => column.notNull())
      .execute();
    await db.insertInto('change_settled').values({ id: 1, below: 0 }).execute();
  },
};

const view = (on: Executor) => on.query.withTables<AppliedTables>();

/** In the change's own transaction: the row exists exactly if the change does. */
export function appliedMarker(storage: Storage): (tx: Transaction, intent: number) => Promise<void> {
  const insert = storage.prepare<{ intent: number }, never>((db, parameter) =>
    db.insertInto('change_applied').values({ intent: parameter('intent') }),
  );
  return async (tx, intent) => {
    await insert.all(tx, { intent });
  };
}

/** Every intent below this index has its outcome in the log. */
export async function settledBelow(on: Executor): Promise<number> {
  return (await view(on).selectFrom('change_settled').select('below').executeTakeFirst())?.below ?? 0;
}

export async function appliedIntents(on: Executor): Promise<Set<number>> {
  const rows = await view(on).selectFrom('change_applied').select('intent').execute();
  return new Set(rows.map((row) => row.intent));
}

export async function settleBelow(tx: Transaction, below: number): Promise<void> {
  await view(tx).deleteFrom('change_applied').where('intent', '<', below).execute();
  await view(tx).updateTable('change_settled').set({ below }).where('id', '=', 1).execute();
}
