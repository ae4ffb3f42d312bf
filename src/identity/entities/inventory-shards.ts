import { createHash } from 'node:crypto';
import { WatchwordError } from '../../foundation/errors.ts';
import type { Keyring } from '../../keyring/contract.ts';
import { tagOf } from '../../keyring/manifest.ts';
import type { Storage, Transaction } from '../../storage/contract.ts';
import { identityMount } from './identity-mount.ts';
import { ShardTable } from './shard-table.ts';

/** With a million entities a shard names 122 rows in 4 KiB. */
const SHARDS = 16_384;
const NAME_BYTES = 16;
const TAG_BYTES = 16;
/** Name of the row, then its tag. */
const ENTRY_BYTES = NAME_BYTES + TAG_BYTES;

const digestOf = (key: string) => createHash('sha256').update(key).digest();
const shardIn = (digest: Buffer) => digest.readUInt32BE(NAME_BYTES) % SHARDS;

/** In which shard of the inventory a row is named. @param key `entity/<id>` or `alias/<factors>` */
export function shardOf(key: string): number {
  return shardIn(digestOf(key));
}

/**
 * The inventory of entities and aliases: it names the tag of each row, as `keyring/manifest.ts` does for small tables, so that
 * one which was removed, or put back as it was before, leads nobody anywhere. It is split, because it changes with every
 * newcomer, and entities may be many.
 */
export class InventoryShards {
  readonly #table: ShardTable;
  readonly #keyring: Keyring;

  constructor(storage: Storage, keyring: Keyring) {
    this.#table = new ShardTable(storage);
    this.#keyring = keyring;
  }

  /**
   * Refuses a row that is not the one that was written last. Row and shard were read by one query.
   * @throws WatchwordError `keyring.tampered`, `keyring.rolled-back`
   */
  check(key: string, row: Uint8Array | null | undefined, sealed: Uint8Array | null | undefined): void {
    const digest = digestOf(key);
    const entries = this.#open(shardIn(digest), sealed ?? undefined);
    const at = indexOf(entries, digest);
    const named = at < 0 ? undefined : entries.subarray(at + NAME_BYTES, at + ENTRY_BYTES);
    const tag = row?.subarray(-TAG_BYTES);
    const same = named === undefined || tag === undefined ? named === tag : named.equals(tag);
    if (!same) throw new WatchwordError('keyring.rolled-back', 'a stored row is not the one that was written last');
  }

  /** Names a row as it is now; undefined for one that is gone. */
  async note(tx: Transaction, key: string, row: Uint8Array | undefined): Promise<void> {
    const digest = digestOf(key);
    const shard = shardIn(digest);
    const entries = this.#open(shard, await this.#table.find(tx, shard));
    const at = indexOf(entries, digest);
    const others = at < 0 ? [entries] : [entries.subarray(0, at), entries.subarray(at + ENTRY_BYTES)];
    const entry = row === undefined ? [] : [digest.subarray(0, NAME_BYTES), row.subarray(-TAG_BYTES)];
    const sealed = this.#keyring.cipher(identityMount).seal(place(shard), Buffer.concat([...others, ...entry]));
    await this.#table.put(tx, { shard, tag: tagOf(sealed), sealed });
  }

  #open(shard: number, sealed: Uint8Array | undefined): Buffer {
    return sealed === undefined ? Buffer.alloc(0) : this.#keyring.cipher(identityMount).open(place(shard), sealed);
  }
}

const place = (shard: number) => ({ path: `identity/shard/${shard}`, version: 1 });

/** Where the entry of a row begins; negative where there is none. */
function indexOf(entries: Buffer, digest: Buffer): number {
  for (let at = 0; at < entries.length; at += ENTRY_BYTES) {
    if (digest.compare(entries, at, at + NAME_BYTES, 0, NAME_BYTES) === 0) return at;
  }
  return -1;
}

/** The column beside a shard says its tag; it must be the shard's. @throws WatchwordError `keyring.tampered` */
export function checkTag(tag: string | null, shard: Uint8Array | null): void {
  if (tag !== (shard === null ? null : tagOf(shard))) throw new WatchwordError('keyring.tampered');
}
