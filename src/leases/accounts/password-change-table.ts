import { sql } from 'kysely';
import type { Executor, Migration, Transaction } from '../../storage/contract.ts';

type PasswordChangeTables = {
  password_change: { account: string; mount_id: string; due_at: number; attempts: number; epoch: number };
};

/** When the password of an account is to be changed, or a change that was begun is to be brought to its end. */
export interface PasswordChangeRow {
  readonly account: string;
  /** Failed tries since the last change. */
  readonly attempts: number;
  /** Changes whenever somebody takes the work on: what an older one still says is not heard. */
  readonly epoch: number;
}

export const passwordChangeMigration: Migration = {
  name: 'leases-0002-password-change',
  async up(db, types) {
    await db.schema
      .createTable('password_change')
      .addColumn('account', sql.raw(types.orderedText), (column) => column.primaryKey())
      .addColumn('mount_id', 'text', (column) => column.notNull())
      .addColumn('due_at', 'bigint', (column) => column.notNull())
      .addColumn('attempts', 'integer', (column) => column.notNull())
      .addColumn('epoch', 'bigint', (column) => column.notNull())
      .execute();
    await db.schema.createIndex('password_change_due').on('password_change').column('due_at').execute();
  },
};

const view = (on: Executor) => on.query.withTables<PasswordChangeTables>();
const columns = ['account', 'attempts', 'epoch'] as const;

/** Accounts whose password is due at `now`, the longest due first. */
export function dueAccounts(on: Executor, now: number, limit: number): Promise<PasswordChangeRow[]> {
  return view(on)
    .selectFrom('password_change')
    .select(columns)
    .where('due_at', '<=', now)
    .orderBy('due_at')
    .limit(sql.lit(limit))
    .execute();
}

/** Takes a change on until `until`: nobody else does before. */
export async function takeAccount(
  tx: Transaction,
  { account, mountId }: { readonly account: string; readonly mountId: string },
  until: number,
): Promise<PasswordChangeRow> {
  return view(tx)
    .insertInto('password_change')
    .values({ account, mount_id: mountId, due_at: until, attempts: 0, epoch: 1 })
    .onConflict((conflict) =>
      conflict.column('account').doUpdateSet((eb) => ({ due_at: until, epoch: eb('password_change.epoch', '+', 1) })),
    )
    .returning(columns)
    .executeTakeFirstOrThrow();
}

/** Until when it is left alone; without a time for good. Nothing happens where somebody else has taken it on since. */
export async function releaseAccount(
  tx: Transaction,
  { account, epoch }: Pick<PasswordChangeRow, 'account' | 'epoch'>,
  next: { readonly dueAt: number; readonly attempts: number } | undefined,
): Promise<void> {
  if (next === undefined) {
    await view(tx).deleteFrom('password_change').where('account', '=', account).where('epoch', '=', epoch).execute();
    return;
  }
  await view(tx)
    .updateTable('password_change')
    .set({ due_at: next.dueAt, attempts: next.attempts })
    .where('account', '=', account)
    .where('epoch', '=', epoch)
    .execute();
}

/** Brings forward what nobody is at any more. */
export async function hastenAccount(tx: Transaction, account: string, now: number): Promise<void> {
  await view(tx)
    .updateTable('password_change')
    .set({ due_at: now })
    .where('account', '=', account)
    .where('due_at', '>', now)
    .execute();
}

export async function forgetAccount(tx: Transaction, account: string): Promise<void> {
  await view(tx).deleteFrom('password_change').where('account', '=', account).execute();
}

/** The static accounts of a mount that goes. */
export async function forgetAccountsOf(tx: Transaction, mountId: string): Promise<void> {
  await view(tx).deleteFrom('password_change').where('mount_id', '=', mountId).execute();
}
