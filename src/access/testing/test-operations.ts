import { z } from 'zod';
import { secretSchema } from '../../foundation/bounds.ts';
import { WatchwordError } from '../../foundation/errors.ts';
import { Secret } from '../../foundation/secret.ts';
import type { Executor, Migration } from '../../storage/contract.ts';
import type { ActionOperation, AnyOperation, ChangeOperation, ReadOperation, StagedOperation } from '../operation.ts';

/** Test operations have no place among the product's types. */
// biome-ignore lint/suspicious/noExplicitAny: see above.
type Untyped = any;

type Tables = { test_thing: { name: string; value: string } };
const things = (on: Executor) => on.query.withTables<Tables>();

export const thingMigration: Migration = {
  name: 'test-0002-thing',
  async up(db) {
    await db.schema
      .createTable('test_thing')
      .addColumn('name', 'text', (column) => column.primaryKey())
      .addColumn('value', 'text')
      .execute();
  },
};

const base = {
  summary: 'For tests.',
  capability: 'update',
  input: z.object({ name: z.string().max(100), value: secretSchema.optional(), extra: z.unknown().optional() }),
  path: ({ name }: { name: string }) => `test/${name}`,
  event: { class: 'retrieval', activity: 'other', clear: ['name'] },
} as const;

export const testRead = (name: string, more: Partial<ReadOperation<Untyped>> = {}) =>
  ({
    ...base,
    capability: 'read',
    effect: 'read',
    name: name as Untyped,
    async perform(input: Untyped, { reader }: Untyped) {
      const row = await things(reader).selectFrom('test_thing').selectAll().where('name', '=', input.name).executeTakeFirst();
      if (row === undefined) throw new WatchwordError('store.missing');
      return { name: row.name, value: Secret.fromText(row.value) };
    },
    ...more,
  }) as AnyOperation;

export const testChange = (name: string, more: Partial<ChangeOperation<Untyped>> = {}) =>
  ({
    ...base,
    effect: 'change',
    name: name as Untyped,
    async perform({ name: thing, value }: Untyped, { tx }: Untyped) {
      await things(tx)
        .insertInto('test_thing')
        .values({ name: thing, value: value?.text ?? '' })
        .onConflict((conflict) => conflict.column('name').doUpdateSet({ value: value?.text ?? '' }))
        .execute();
      return null;
    },
    ...more,
  }) as AnyOperation;

export const testAction = (name: string, more: Partial<ActionOperation<Untyped>> = {}) =>
  ({
    ...base,
    effect: 'action',
    name: name as Untyped,
    perform: async () => null,
    ...more,
  }) as AnyOperation;

/** Writes `begun`, does what `reach` does, writes `done`. */
export const testStaged = (name: string, reach: () => Promise<void>, more: Partial<StagedOperation<Untyped>> = {}) =>
  ({
    ...base,
    effect: 'staged',
    name: name as Untyped,
    async prepare({ name: thing }: Untyped) {
      const put = (tx: Executor, value: string) =>
        things(tx)
          .insertInto('test_thing')
          .values({ name: thing, value })
          .onConflict((conflict) => conflict.column('name').doUpdateSet({ value }))
          .execute();
      return {
        begin: ({ tx }: Untyped) => put(tx, 'begun'),
        reach,
        async conclude({ tx }: Untyped) {
          await put(tx, 'done');
          return { value: Secret.fromText('made') };
        },
      };
    },
    ...more,
  }) as AnyOperation;
