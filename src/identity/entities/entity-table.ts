import { sql } from 'kysely';
import { generationQuery } from '../../access/generation-table.ts';
import type { AnyQuery, Executor, Migration, Prepared, Reader, Storage, Transaction } from '../../storage/contract.ts';

type EntityTables = {
  identity_entity: { id: string; name: string | null; name_key: string | null; sealed: Uint8Array };
  identity_alias: { id: string; factors: string; entity_id: string; sealed: Uint8Array };
  identity_shard: { shard: number; tag: string; sealed: Uint8Array };
};

/** An entity's row as a request reads it: enough to tell whether what is known of it still stands. */
export interface EntityLook {
  readonly sealed: Uint8Array | null;
  /** Of the shard of the inventory that the entity belongs to. */
  readonly tag: string | null;
  /** Of the groups. */
  readonly generation: number;
}

/** With all that it takes to believe it. */
export interface EntityRow extends EntityLook {
  readonly shard: Uint8Array | null;
}

export interface AliasRow {
  readonly sealed: Uint8Array | null;
  readonly shard: Uint8Array | null;
  /** Of the groups. */
  readonly generation: number;
}

export interface Page {
  readonly after: string;
  readonly limit: number;
}

export const entityMigration: Migration = {
  name: 'identity-0005-entity',
  async up(db, types) {
    const blob = sql.raw(types.blob);
    await db.schema
      .createTable('identity_entity')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('name', 'text')
      .addColumn('name_key', sql.raw(types.orderedText), (column) => column.unique())
      .addColumn('sealed', blob, (column) => column.notNull())
      .execute();
    await db.schema
      .createTable('identity_alias')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('factors', 'text', (column) => column.notNull().unique())
      .addColumn('entity_id', 'text', (column) => column.notNull())
      .addColumn('sealed', blob, (column) => column.notNull())
      .execute();
    await db.schema
      .createTable('identity_shard')
      .addColumn('shard', 'integer', (column) => column.primaryKey())
      .addColumn('tag', 'text', (column) => column.notNull())
      .addColumn('sealed', blob, (column) => column.notNull())
      .execute();
  },
};

const view = (on: Executor) => on.query.withTables<EntityTables>();
const MAX_KEPT_ROWS = 10_000;

/** One row whatever exists: the generation of the groups, with what is joined to it. */
const fromGeneration = (db: AnyQuery) => db.withTables<EntityTables>().selectFrom(generationQuery(db, 'identity').as('g'));

/** Rows of entities and of the aliases that lead to them. Nothing read here is to be believed before it was opened. */
export class EntityTable {
  readonly #look: Prepared<{ id: string; shard: number }, EntityLook>;
  readonly #find: Prepared<{ id: string; shard: number }, EntityRow>;
  readonly #alias: Prepared<{ factors: string; shard: number }, AliasRow>;
  readonly #putEntity: Prepared<EntityTables['identity_entity'], never>;
  readonly #insertAlias: Prepared<EntityTables['identity_alias'], { id: string }>;
  /** What requests looked at since the last commit. */
  readonly #kept = new Map<string, EntityLook>();
  #keptAsOf: number | undefined;

  constructor(storage: Storage) {
    this.#look = storage.prepare((db, parameter) =>
      fromGeneration(db)
        .leftJoin('identity_entity as e', (join) => join.on((eb) => eb('e.id', '=', parameter('id'))))
        .leftJoin('identity_shard as s', (join) => join.on((eb) => eb('s.shard', '=', parameter('shard'))))
        .select(['e.sealed', 's.tag', 'g.value as generation']),
    );
    this.#find = storage.prepare((db, parameter) =>
      fromGeneration(db)
        .leftJoin('identity_entity as e', (join) => join.on((eb) => eb('e.id', '=', parameter('id'))))
        .leftJoin('identity_shard as s', (join) => join.on((eb) => eb('s.shard', '=', parameter('shard'))))
        .select(['e.sealed', 's.tag', 's.sealed as shard', 'g.value as generation']),
    );
    this.#alias = storage.prepare((db, parameter) =>
      fromGeneration(db)
        .leftJoin('identity_alias as a', (join) => join.on((eb) => eb('a.factors', '=', parameter('factors'))))
        .leftJoin('identity_shard as s', (join) => join.on((eb) => eb('s.shard', '=', parameter('shard'))))
        .select(['a.sealed', 's.sealed as shard', 'g.value as generation']),
    );
    this.#putEntity = storage.prepare(
      (db, parameter) =>
        view({ query: db })
          .insertInto('identity_entity')
          .values({
            id: parameter('id'),
            name: parameter('name'),
            name_key: parameter('name_key'),
            sealed: parameter('sealed'),
          })
          .onConflict((conflict) =>
            conflict.column('id').doUpdateSet((eb) => ({
              name: eb.ref('excluded.name'),
              name_key: eb.ref('excluded.name_key'),
              sealed: eb.ref('excluded.sealed'),
            })),
          ) as never,
    );
    this.#insertAlias = storage.prepare((db, parameter) =>
      view({ query: db })
        .insertInto('identity_alias')
        .values({
          id: parameter('id'),
          factors: parameter('factors'),
          entity_id: parameter('entity_id'),
          sealed: parameter('sealed'),
        })
        .onConflict((conflict) => conflict.doNothing())
        .returning('id'),
    );
  }

  /** As {@link find}, and without a query while nothing was committed since the same was looked at. */
  async look(on: Executor, id: string, shard: number): Promise<EntityLook | undefined> {
    const { commits } = on as Partial<Reader>;
    if (commits === undefined) return this.#look.first(on, { id, shard });
    if (commits !== this.#keptAsOf || this.#kept.size >= MAX_KEPT_ROWS) this.#kept.clear();
    this.#keptAsOf = commits;
    const kept = this.#kept.get(id);
    if (kept !== undefined) return kept;
    const row = await this.#look.first(on, { id, shard });
    // A commit may have come in between.
    if (row !== undefined && commits === (on as Partial<Reader>).commits) this.#kept.set(id, row);
    return row;
  }

  find(on: Executor, id: string, shard: number): Promise<EntityRow | undefined> {
    return this.#find.first(on, { id, shard });
  }

  alias(on: Executor, factors: string, shard: number): Promise<AliasRow | undefined> {
    return this.#alias.first(on, { factors, shard });
  }

  aliasById(on: Executor, id: string): Promise<{ factors: string; sealed: Uint8Array } | undefined> {
    return view(on).selectFrom('identity_alias').select(['factors', 'sealed']).where('id', '=', id).executeTakeFirst();
  }

  async idByName(on: Executor, nameKey: string): Promise<string | undefined> {
    const row = await view(on).selectFrom('identity_entity').select('id').where('name_key', '=', nameKey).executeTakeFirst();
    return row?.id;
  }

  /** In the order of the ids. */
  entities(on: Executor, { after, limit }: Page): Promise<{ id: string; name: string | null }[]> {
    return view(on)
      .selectFrom('identity_entity')
      .select(['id', 'name'])
      .where('name_key', 'is not', null)
      .where('id', '>', after)
      .orderBy('id')
      .limit(limit)
      .execute();
  }

  /** In the order of the names. @param after a name in lower case */
  entitiesByName(on: Executor, { after, limit }: Page): Promise<{ id: string; name: string | null }[]> {
    return view(on)
      .selectFrom('identity_entity')
      .select(['id', 'name'])
      .where('name_key', '>', after)
      .orderBy('name_key')
      .limit(limit)
      .execute();
  }

  aliases(on: Executor, { after, limit }: Page): Promise<{ id: string; entity_id: string }[]> {
    return view(on)
      .selectFrom('identity_alias')
      .select(['id', 'entity_id'])
      .where('id', '>', after)
      .orderBy('id')
      .limit(limit)
      .execute();
  }

  /** @param row with names of null for an entity that was merged */
  async putEntity(tx: Transaction, row: EntityTables['identity_entity']): Promise<void> {
    await this.#putEntity.all(tx, row);
  }

  async removeEntity(tx: Transaction, id: string): Promise<void> {
    await view(tx).deleteFrom('identity_entity').where('id', '=', id).execute();
  }

  /** False where another alias has these factors already. */
  async insertAlias(tx: Transaction, row: EntityTables['identity_alias']): Promise<boolean> {
    return (await this.#insertAlias.first(tx, row)) !== undefined;
  }

  async removeAlias(tx: Transaction, id: string): Promise<void> {
    await view(tx).deleteFrom('identity_alias').where('id', '=', id).execute();
  }
}
