import { WatchwordError } from '../../foundation/errors.ts';
import type { Keyring } from '../../keyring/contract.ts';
import { openJson, sealJson } from '../../keyring/sealed-json.ts';
import type { Executor, Storage, Transaction } from '../../storage/contract.ts';
import { NameDigests } from '../name-digests.ts';
import { type Alias, type Entity, externalGroupIds, type MergedEntity, nameKey } from './entity.ts';
import { EntityTable } from './entity-table.ts';
import { identityMount } from './identity-mount.ts';
import { checkTag, InventoryShards, shardOf } from './inventory-shards.ts';
import { MembershipTable } from './membership-table.ts';

type Body = Entity | MergedEntity;

interface Opened {
  readonly sealed: Buffer;
  /** Of the entity's shard when it was checked. */
  readonly tag: string | null;
  readonly shard: number;
  readonly body: Body;
}

/** What a query found out at once. */
export interface FoundEntity {
  readonly entity: Entity | undefined;
  /** Of the groups. */
  readonly generation: number;
}

/** What is sealed in an alias's row. */
interface AliasBody {
  readonly id: string;
  readonly entityId: string;
}

const MAX_OPENED = 10_000;
/** Entities of entities of entities that were merged. */
const MAX_MERGES = 64;
const entityKey = (id: string) => `entity/${id}`;
const aliasKey = (factors: string) => `alias/${factors}`;
const place = (key: string) => ({ path: `identity/${key}`, version: 1 });

/**
 * Entities with their aliases. An entity's sealed body says everything of it, its aliases included; the aliases' rows only lead
 * to it. An opened entity is used only where the bytes that the request itself read are the same, and gives the same object.
 */
export class Entities {
  readonly table: EntityTable;
  readonly memberships = new MembershipTable();
  readonly #keyring: Keyring;
  readonly #shards: InventoryShards;
  readonly #digests: NameDigests;
  #opened = new Map<string, Opened>();
  #aliases = new Map<string, { readonly sealed: Buffer; readonly body: AliasBody }>();

  constructor(storage: Storage, keyring: Keyring) {
    this.table = new EntityTable(storage);
    this.#keyring = keyring;
    this.#shards = new InventoryShards(storage, keyring);
    this.#digests = new NameDigests(keyring);
  }

  /**
   * The entity of this id, or the one that it was merged into.
   * @throws WatchwordError `keyring.tampered`; `keyring.rolled-back` for a row that is not the one that was written last
   */
  async resolve(on: Executor, id: string): Promise<FoundEntity> {
    let wanted = id;
    for (let merges = 0; merges < MAX_MERGES; merges++) {
      const { body, generation } = await this.#read(on, wanted);
      if (body === undefined || !('mergedInto' in body)) return { entity: body, generation };
      wanted = body.mergedInto;
    }
    throw new WatchwordError('internal', 'entities were merged in a circle');
  }

  /** As {@link resolve}, but undefined for one that was merged. */
  async find(on: Executor, id: string): Promise<Entity | undefined> {
    const { body } = await this.#read(on, id);
    return body === undefined || 'mergedInto' in body ? undefined : body;
  }

  async byName(on: Executor, name: string): Promise<Entity | undefined> {
    const id = await this.table.idByName(on, nameKey(name));
    const entity = id === undefined ? undefined : await this.find(on, id);
    if (entity !== undefined && nameKey(entity.name) !== nameKey(name)) throw new WatchwordError('keyring.tampered');
    return entity;
  }

  /** Whom a mount knows by this name. */
  async byAlias(on: Executor, mountAccessor: string, name: string): Promise<FoundEntity & { readonly alias: Alias | undefined }> {
    const factors = this.#factors(mountAccessor, name);
    const row = await this.table.alias(on, factors, shardOf(aliasKey(factors)));
    if (row === undefined) throw new WatchwordError('keyring.tampered');
    const { sealed, shard, generation } = row;
    this.#shards.check(aliasKey(factors), sealed, shard);
    if (sealed === null) return { entity: undefined, alias: undefined, generation };
    return { ...(await this.#led(on, factors, sealed)), generation };
  }

  async byAliasId(on: Executor, id: string): Promise<{ entity: Entity; alias: Alias } | undefined> {
    const row = await this.table.aliasById(on, id);
    if (row === undefined) return undefined;
    const found = await this.#led(on, row.factors, row.sealed);
    if (found.alias.id !== id) throw new WatchwordError('keyring.tampered');
    return found;
  }

  /**
   * Writes an entity, and the rows that lead to it. @param before undefined for a new one
   * @throws WatchwordError `store.raced` when an alias was made by another request meanwhile
   */
  async save(tx: Transaction, entity: Entity, before: Entity | undefined): Promise<void> {
    const aliases = new Map(entity.aliases.map((alias) => [alias.id, this.#factors(alias.mountAccessor, alias.name)]));
    for (const alias of before?.aliases ?? []) {
      const factors = this.#factors(alias.mountAccessor, alias.name);
      if (aliases.get(alias.id) === factors) aliases.delete(alias.id);
      else await this.#removeAlias(tx, alias.id, factors);
    }
    for (const [id, factors] of aliases) await this.#insertAlias(tx, factors, { id, entityId: entity.id });
    await this.#followGroups(tx, entity.id, externalGroupIds(entity), before === undefined ? [] : externalGroupIds(before));
    await this.#write(tx, entity, { name: entity.name, name_key: nameKey(entity.name) });
  }

  /** With its aliases; its tokens stand for nobody. */
  async remove(tx: Transaction, entity: Entity): Promise<void> {
    await this.#forsake(tx, entity);
    await this.#shards.note(tx, entityKey(entity.id), undefined);
    await this.table.removeEntity(tx, entity.id);
  }

  /** As {@link remove}, but its tokens stand for another one. */
  async merge(tx: Transaction, entity: Entity, mergedInto: string): Promise<void> {
    await this.#forsake(tx, entity);
    await this.#write(tx, { id: entity.id, mergedInto }, { name: null, name_key: null });
  }

  /** After sealing: what was decrypted is forgotten. */
  clear(): void {
    this.#opened = new Map();
    this.#aliases = new Map();
    this.#digests.clear();
  }

  async #read(on: Executor, id: string): Promise<{ body: Body | undefined; generation: number }> {
    const known = this.#opened.get(id);
    const shard = known?.shard ?? shardOf(entityKey(id));
    const look = await this.table.look(on, id, shard);
    if (look?.sealed && known?.tag === look.tag && known.sealed.equals(look.sealed)) {
      return { body: known.body, generation: look.generation };
    }
    const row = await this.table.find(on, id, shard);
    if (row === undefined) throw new WatchwordError('keyring.tampered');
    checkTag(row.tag, row.shard);
    this.#shards.check(entityKey(id), row.sealed, row.shard);
    const body = row.sealed === null ? undefined : (openJson(this.#cipher, place(entityKey(id)), row.sealed) as Body);
    if (body !== undefined && row.sealed !== null) this.#keep({ sealed: Buffer.from(row.sealed), tag: row.tag, shard, body });
    return { body, generation: row.generation };
  }

  #keep(opened: Opened): void {
    const { id } = opened.body;
    const known = this.#opened.get(id);
    // Another row of the shard was written: the entity is the same object still.
    const body = known?.sealed.equals(opened.sealed) ? known.body : opened.body;
    if (this.#opened.size >= MAX_OPENED) this.#opened = new Map();
    this.#opened.set(id, { ...opened, body });
  }

  async #led(on: Executor, factors: string, sealed: Uint8Array): Promise<{ entity: Entity; alias: Alias }> {
    const { id, entityId } = this.#openAlias(factors, sealed);
    const entity = await this.find(on, entityId);
    const alias = entity?.aliases.find((one) => one.id === id && this.#factors(one.mountAccessor, one.name) === factors);
    if (entity === undefined || alias === undefined) throw new WatchwordError('keyring.tampered');
    return { entity, alias };
  }

  #openAlias(factors: string, sealed: Uint8Array): AliasBody {
    const known = this.#aliases.get(factors);
    if (known?.sealed.equals(sealed)) return known.body;
    const body = openJson(this.#cipher, place(aliasKey(factors)), sealed) as AliasBody;
    if (this.#aliases.size >= MAX_OPENED) this.#aliases = new Map();
    this.#aliases.set(factors, { sealed: Buffer.from(sealed), body });
    return body;
  }

  async #write(tx: Transaction, body: Body, names: { name: string | null; name_key: string | null }): Promise<void> {
    const sealed = sealJson(this.#cipher, place(entityKey(body.id)), body);
    await this.#shards.note(tx, entityKey(body.id), sealed);
    await this.table.putEntity(tx, { id: body.id, ...names, sealed });
    // What was known before must not be taken for what stands, should somebody put it back.
    this.#opened.delete(body.id);
  }

  async #forsake(tx: Transaction, { id, aliases, ...entity }: Entity): Promise<void> {
    for (const alias of aliases) await this.#removeAlias(tx, alias.id, this.#factors(alias.mountAccessor, alias.name));
    await this.#followGroups(tx, id, [], externalGroupIds({ id, aliases, ...entity }));
  }

  async #insertAlias(tx: Transaction, factors: string, { id, entityId }: AliasBody): Promise<void> {
    const sealed = sealJson(this.#cipher, place(aliasKey(factors)), { id, entityId });
    const inserted = await this.table.insertAlias(tx, { id, factors, entity_id: entityId, sealed });
    if (!inserted) throw new WatchwordError('store.raced');
    await this.#shards.note(tx, aliasKey(factors), sealed);
  }

  async #removeAlias(tx: Transaction, id: string, factors: string): Promise<void> {
    await this.#shards.note(tx, aliasKey(factors), undefined);
    await this.table.removeAlias(tx, id);
  }

  async #followGroups(tx: Transaction, id: string, now: readonly string[], before: readonly string[]): Promise<void> {
    for (const group of before) if (!now.includes(group)) await this.memberships.removeMember(tx, group, id);
    for (const group of now) if (!before.includes(group)) await this.memberships.addMember(tx, group, id);
  }

  /** What finds an alias: people's names do not stand in columns. */
  #factors(mountAccessor: string, name: string): string {
    return this.#digests.of(`alias ${JSON.stringify([mountAccessor, name])}`);
  }

  get #cipher() {
    return this.#keyring.cipher(identityMount);
  }
}
