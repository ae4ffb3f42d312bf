import { Secret } from '../../foundation/secret.ts';
import type { Migration, Transaction } from '../../storage/contract.ts';
import type { EndSession, WrappedAnswers } from '../contract.ts';

type AnswerTables = {
  test_answer: { accessor: string; bytes: Uint8Array };
  test_ended: { accessor: string };
};

export const answersMigration: Migration = {
  name: 'testing-0001-answers',
  async up(db) {
    await db.schema
      .createTable('test_answer')
      .addColumn('accessor', 'text', (column) => column.primaryKey())
      .addColumn('bytes', 'blob')
      .execute();
    await db.schema.createTable('test_ended').addColumn('accessor', 'text').execute();
  },
};

const view = (tx: Transaction) => tx.query.withTables<AnswerTables>();

/** Answers in the clear, in the transaction: what a cubbyhole promises, without its sealing. */
export const testAnswers: WrappedAnswers = {
  async put(tx, accessor, bytes) {
    await view(tx)
      .insertInto('test_answer')
      .values({ accessor, bytes: Uint8Array.from(bytes) })
      .execute();
  },
  async take(tx, accessor) {
    const row = await view(tx).selectFrom('test_answer').select('bytes').where('accessor', '=', accessor).executeTakeFirst();
    await view(tx).deleteFrom('test_answer').where('accessor', '=', accessor).execute();
    return row && Secret.copy(row.bytes);
  },
};

/** Writes down whose session ended, and forgets its answer. */
export const testEndSession: EndSession = async (tx, accessor) => {
  await view(tx).deleteFrom('test_answer').where('accessor', '=', accessor).execute();
  await view(tx).insertInto('test_ended').values({ accessor }).execute();
};
