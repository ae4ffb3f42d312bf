import type { Executor, Prepared, Storage, Transaction } from '../../storage/contract.ts';

type ShardTables = { identity_shard: { shard: number; tag: string; sealed: Uint8Array } };

const view = (on: Executor) => on.query.withTables<ShardTables>();

/** Rows of the inventory of entities and aliases; requests read them together with what they name, see `entity-table.ts`. */
export class ShardTable {
  readonly #find: Prepared<{ shard: number }, { sealed: Uint8Array }>;
  readonly #put: Prepared<ShardTables['identity_shard'], never>;

  constructor(storage: Storage) {
    this.#find = storage.prepare((db, parameter) =>
      view({ query: db }).selectFrom('identity_shard').select('sealed').where('shard', '=', parameter('shard')),
    );
    this.#put = storage.prepare(
      (db, parameter) =>
        view({ query: db })
          .insertInto('identity_shard')
          .values({ shard: parameter('shard'), tag: parameter('tag'), sealed: parameter('sealed') })
          .onConflict((conflict) =>
            conflict.column('shard').doUpdateSet((eb) => ({ tag: eb.ref('excluded.tag'), sealed: eb.ref('excluded.sealed') })),
          ) as never,
    );
  }

  async find(on: Executor, shard: number): Promise<Uint8Array | undefined> {
    return (await this.#find.first(on, { shard }))?.sealed;
  }

  /** @param row with the tag of the sealed body beside it */
  async put(tx: Transaction, row: ShardTables['identity_shard']): Promise<void> {
    await this.#put.all(tx, row);
  }
}
