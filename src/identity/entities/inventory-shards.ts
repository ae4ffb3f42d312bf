import { createHash } from 'node:crypto';
import { WatchwordError } from '../../foundation/errors.ts';
import type { Keyring } from '../../keyring/contract.ts';
import { Manifest, tagOf } from '../../keyring/manifest.ts';
import type { Transaction } from '../../storage/contract.ts';
import type { EntityTable } from './entity-table.ts';
import { identityMount } from './identity-mount.ts';

/** With a million entities a shard names five hundred rows. */
const SHARDS = 4096;
const MAX_OPENED = 64;

/** In which shard of the inventory a row is named. @param key `entity/<id>` or `alias/<factors>` */
export function shardOf(key: string): number {
  return createHash('sha256').update(key).digest().readUInt32BE(0) % SHARDS;
}

/**
 * The inventory of entities and aliases: manifests that name the tag of each row, so that one which was removed, or put back as
 * it was before, leads nobody anywhere. There are many of them, because entities may be.
 */
export class InventoryShards {
  readonly #table: EntityTable;
  readonly #keyring: Keyring;
  #opened = new Map<number, { readonly sealed: Buffer; readonly manifest: Manifest }>();

  constructor(table: EntityTable, keyring: Keyring) {
    this.#table = table;
    this.#keyring = keyring;
  }

  /**
   * Refuses a row that is not the one that was written last. Row and shard were read by one query.
   * @throws WatchwordError `keyring.tampered`, `keyring.rolled-back`
   */
  check(key: string, row: Uint8Array | null | undefined, shard: Uint8Array | null | undefined): void {
    this.#open(shardOf(key), shard ?? undefined).check(key, row ?? undefined);
  }

  /** Names a row as it is now; undefined for one that is gone. */
  async note(tx: Transaction, key: string, row: Uint8Array | undefined): Promise<void> {
    const shard = shardOf(key);
    const manifest = this.#open(shard, await this.#table.shard(tx, shard));
    const sealed = manifest.with(this.#cipher, place(shard), key, row);
    await this.#table.putShard(tx, { shard, tag: tagOf(sealed), sealed });
  }

  clear(): void {
    this.#opened = new Map();
  }

  #open(shard: number, sealed: Uint8Array | undefined): Manifest {
    if (sealed === undefined) return Manifest.open(this.#cipher, place(shard), undefined);
    const known = this.#opened.get(shard);
    if (known?.sealed.equals(sealed)) return known.manifest;
    const manifest = Manifest.open(this.#cipher, place(shard), sealed);
    if (this.#opened.size >= MAX_OPENED) this.#opened = new Map();
    this.#opened.set(shard, { sealed: Buffer.from(sealed), manifest });
    return manifest;
  }

  get #cipher() {
    return this.#keyring.cipher(identityMount);
  }
}

const place = (shard: number) => ({ path: `identity/shard/${shard}`, version: 1 });

/** The column beside a shard says its tag; it must be the shard's. @throws WatchwordError `keyring.tampered` */
export function checkTag(tag: string | null, shard: Uint8Array | null): void {
  if (tag !== (shard === null ? null : tagOf(shard))) throw new WatchwordError('keyring.tampered');
}
