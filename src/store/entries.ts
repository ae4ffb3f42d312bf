import { WatchwordError } from '../foundation/errors.ts';
import type { Keyring, Place } from '../keyring/contract.ts';
import type { Executor, Storage, Transaction } from '../storage/contract.ts';
import { decodeEntry, type Entry, encodeEntry } from './entry.ts';
import { type EntryRow, KvTable } from './kv-table.ts';

export interface StoreDependencies {
  readonly storage: Storage;
  readonly keyring: Keyring;
}

/** The part of a mount that decides keys and rows. */
export interface MountKey {
  readonly id: string;
  readonly namespace: string;
}

export interface FoundEntry {
  readonly entry: Entry;
  /** Plain record of the newest version, empty when there is none or it was destroyed; whoever gets it zeroes it. */
  readonly newest: Buffer;
  /** Plain record of the version asked for, where it has a row of its own. */
  readonly wanted: Buffer | undefined;
}

const TAG_BYTES = 16;
const tagOf = (record: Uint8Array) => Buffer.from(record.subarray(record.length - TAG_BYTES)).toString('base64');
const entryPlace = (path: string, generation: number): Place => ({ path: `entry:${path}`, version: generation });
const versionPlace = (path: string, id: string, version: number): Place => ({ path: `version:${id}:${path}`, version });

function rolledBack(): WatchwordError {
  return new WatchwordError('keyring.rolled-back', 'an entry and its versions are not of the same time');
}

/**
 * Entries with their versions, sealed. The entry's body names the tag of each version row, and with every change the newest
 * row is sealed anew; so neither an entry nor a version row of another time, place or life goes unnoticed:
 * an older entry row misses the newest row's tag, and a row newer than the entry knows stands above its current version.
 */
export class Entries {
  readonly #keyring: Keyring;
  readonly #table: KvTable;

  constructor({ storage, keyring }: StoreDependencies) {
    this.#keyring = keyring;
    this.#table = new KvTable(storage);
  }

  /**
   * One query: the entry, its newest version and, if `wanted` is a version, that one.
   * @throws WatchwordError `keyring.tampered`, `keyring.rolled-back`
   */
  async find(on: Executor, mount: MountKey, path: string, wanted = -1): Promise<FoundEntry | undefined> {
    const row = await this.#table.find(on, mount.id, path, wanted);
    return row === undefined ? undefined : this.#open(mount, path, row, wanted);
  }

  /**
   * The entry alone, for whoever replaces its value: the old one is not decrypted, and its row is known by its tag.
   * @throws WatchwordError `keyring.tampered`, `keyring.rolled-back`
   */
  async findEntry(on: Executor, mount: MountKey, path: string): Promise<Entry | undefined> {
    const row = await this.#table.find(on, mount.id, path, -1);
    return row === undefined ? undefined : this.#openEntry(mount, path, row).entry;
  }

  exists(on: Executor, mount: MountKey, path: string): Promise<boolean> {
    return this.#table.exists(on, mount.id, path);
  }

  paths(on: Executor, mount: MountKey, from: string, limit: number): Promise<string[]> {
    return this.#table.paths(on, mount.id, from, limit);
  }

  /** Stores the entry as it now is. `newest` is the plain record of its current version: sealed anew, and not kept. */
  async save(tx: Transaction, mount: MountKey, path: string, entry: Entry, newest: Uint8Array): Promise<void> {
    const cipher = this.#keyring.cipher(mount);
    const record = cipher.seal(versionPlace(path, entry.id, entry.current), newest);
    entry.tags.set(entry.current, tagOf(record));
    entry.generation += 1;
    const sealed = cipher.seal(entryPlace(path, entry.generation), encodeEntry(entry));
    await this.#table.putVersion(tx, entry.id, entry.current, record);
    await this.#table.putEntry(tx, { mountId: mount.id, path, entryId: entry.id, generation: entry.generation, sealed });
  }

  /** Removes the rows of every version up to `version`; to be followed by {@link save}. */
  async dropThrough(tx: Transaction, entry: Entry, version: number): Promise<void> {
    for (const n of entry.tags.keys()) if (n <= version) entry.tags.delete(n);
    await this.#table.dropThrough(tx, entry.id, version);
  }

  /** Removes the rows of these versions; to be followed by {@link save}. */
  async dropVersions(tx: Transaction, entry: Entry, versions: readonly number[]): Promise<void> {
    if (versions.length === 0) return;
    for (const n of versions) entry.tags.delete(n);
    await this.#table.dropVersions(tx, entry.id, versions);
  }

  async remove(tx: Transaction, mount: MountKey, path: string, entry: Entry): Promise<void> {
    await this.#table.dropEntry(tx, mount.id, path, entry.id);
  }

  /** The entry, and the row of its newest version, which is of its time. */
  #openEntry(mount: MountKey, path: string, row: EntryRow): { readonly entry: Entry; readonly newest: Uint8Array } {
    const body = this.#keyring.cipher(mount).open(entryPlace(path, row.generation), row.sealed);
    const entry = decodeEntry(body, row.generation);
    body.fill(0);
    if (row.newest === null || row.newest_version !== entry.current) throw rolledBack();
    if (entry.tags.get(entry.current) !== tagOf(row.newest)) throw rolledBack();
    return { entry, newest: row.newest };
  }

  #open(mount: MountKey, path: string, row: EntryRow, wanted: number): FoundEntry {
    const { entry, newest: newestRow } = this.#openEntry(mount, path, row);
    const cipher = this.#keyring.cipher(mount);
    const open = (version: number, record: Uint8Array): Buffer => {
      if (entry.tags.get(version) !== tagOf(record)) throw rolledBack();
      return cipher.open(versionPlace(path, entry.id, version), record);
    };
    const newest = cipher.open(versionPlace(path, entry.id, entry.current), newestRow);
    if (wanted === entry.current || row.wanted === null) {
      if (wanted !== entry.current && entry.tags.has(wanted)) throw rolledBack();
      return { entry, newest, wanted: undefined };
    }
    return { entry, newest, wanted: entry.tags.has(wanted) ? open(wanted, row.wanted) : undefined };
  }
}
