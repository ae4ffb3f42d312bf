import type { AnyQuery, Migration, Reader, Storage, Transaction } from '../storage/contract.ts';

type GenerationTable = {
  configuration_generation: { scope: string; value: number };
};

/** What is kept compiled in memory and therefore needs a generation that every request reads anew. */
export type GenerationScope = 'policies' | 'mounts' | 'identity';
export type Generations = Readonly<Record<GenerationScope, number>>;

export const generationMigration: Migration = {
  name: 'access-0001-generation',
  async up(db) {
    await db.schema
      .createTable('configuration_generation')
      .addColumn('scope', 'text', (column) => column.primaryKey())
      .addColumn('value', 'bigint', (column) => column.notNull())
      .execute();
    await db
      .insertInto('configuration_generation')
      .values([
        { scope: 'mounts', value: 1 },
        { scope: 'policies', value: 1 },
      ])
      .execute();
  },
};

/** The groups of the identity store got a generation later than the others. */
export const identityGenerationMigration: Migration = {
  name: 'access-0003-identity-generation',
  async up(db) {
    await db.insertInto('configuration_generation').values({ scope: 'identity', value: 1 }).execute();
  },
};

/** One row with the scope's `value`, for queries of other rooms that read what the generation stands for as well. */
export function generationQuery(db: AnyQuery, scope: GenerationScope) {
  return db.withTables<GenerationTable>().selectFrom('configuration_generation').select('value').where('scope', '=', scope);
}

/** The request's own query, unless nothing can have been committed since the last one. */
export function generationReader(storage: Storage): (reader: Reader) => Promise<Generations> {
  const query = storage.prepare<Record<string, never>, { scope: GenerationScope; value: number }>((db) =>
    db.selectFrom('configuration_generation').select(['scope', 'value']),
  );
  let last: Generations | undefined;
  let lastCommits: number | undefined;
  return async (reader) => {
    const { commits } = reader;
    if (last !== undefined && commits !== undefined && commits === lastCommits) return last;
    const generations = { policies: 0, mounts: 0, identity: 0 };
    for (const row of await query.all(reader, {})) generations[row.scope] = row.value;
    last = generations;
    lastCommits = commits;
    return generations;
  };
}

/** Makes every cache of the scope, on every node, stale from this commit on. Gives the new generation. */
export async function bumpGeneration(tx: Transaction, scope: GenerationScope): Promise<number> {
  const { value } = await tx.query
    .withTables<GenerationTable>()
    .updateTable('configuration_generation')
    .set((eb) => ({ value: eb('value', '+', 1) }))
    .where('scope', '=', scope)
    .returning('value')
    .executeTakeFirstOrThrow();
  return value;
}
