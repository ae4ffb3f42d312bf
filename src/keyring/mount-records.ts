import { WatchwordError } from '../foundation/errors.ts';
import type { Executor, Storage, Transaction } from '../storage/contract.ts';
import type { Keyring } from './contract.ts';
import { Manifest } from './manifest.ts';
import { MountRecordTable } from './mount-record-table.ts';
import { openJson, sealJson } from './sealed-json.ts';

/** The mount whose records these are: they are sealed under its key, and bound to its id. */
export interface RecordMount {
  readonly id: string;
  readonly namespace: string;
}

interface Opened {
  readonly sealed: Buffer;
  readonly value: unknown;
}

const MAX_OPENED = 20_000;
const PAGE = 10_000;
/** No record has this name: the row that names the tags of the others. */
const MANIFEST = '';
const place = (collection: string, name: string) => ({ path: `auth/${collection}/${name}`, version: 1 });

/** Where auth methods and engines keep what they know, mount by mount. */
export class MountRecordStore {
  readonly table: MountRecordTable;
  readonly #keyring: Keyring;
  #opened = new Map<string, Opened>();

  constructor(storage: Storage, keyring: Keyring) {
    this.table = new MountRecordTable(storage);
    this.#keyring = keyring;
  }

  cipher(mount: RecordMount) {
    return this.#keyring.cipher(mount);
  }

  /** The value in these bytes: the same object for as long as the bytes are the same. @throws WatchwordError `keyring.tampered` */
  open(mount: RecordMount, collection: string, name: string, sealed: Uint8Array): unknown {
    // Neither ids nor collections hold a slash.
    const key = `${mount.id}/${collection}/${name}`;
    const known = this.#opened.get(key);
    if (known?.sealed.equals(sealed)) return known.value;
    const value =
      name === MANIFEST
        ? Manifest.open(this.cipher(mount), place(collection, name), sealed)
        : openJson(this.cipher(mount), place(collection, name), sealed);
    if (this.#opened.size >= MAX_OPENED) this.#opened = new Map();
    this.#opened.set(key, { sealed: Buffer.from(sealed), value });
    return value;
  }

  seal(mount: RecordMount, collection: string, name: string, value: unknown): Buffer {
    return sealJson(this.cipher(mount), place(collection, name), value);
  }

  /** After sealing: what was decrypted is forgotten. */
  clear(): void {
    this.#opened = new Map();
  }
}

/**
 * Settings, roles or users: few rows that decide who gets what. A manifest names their tags, so that
 * a row that was removed, or put back as it was before, lets nobody in.
 */
export class GuardedRecords<Value> {
  readonly #store: MountRecordStore;
  readonly collection: string;

  constructor(store: MountRecordStore, collection: string) {
    this.#store = store;
    this.collection = collection;
  }

  /**
   * The same object for as long as the row is the same, and so not to be changed.
   * @throws WatchwordError `keyring.tampered`; `keyring.rolled-back` for a row that is not the one that was written last
   */
  async find(on: Executor, mount: RecordMount, name: string): Promise<Value | undefined> {
    const { row, manifest } = await this.#read(on, mount, name);
    manifest.check(name, row);
    return row && (this.#store.open(mount, this.collection, name, row) as Value);
  }

  async names(on: Executor, mount: RecordMount): Promise<string[]> {
    const names: string[] = [];
    for (;;) {
      const page = { after: names.at(-1) ?? MANIFEST, limit: PAGE };
      const more = await this.#store.table.names(on, mount.id, this.collection, page);
      names.push(...more);
      if (more.length < PAGE) return names;
    }
  }

  async put(tx: Transaction, mount: RecordMount, name: string, value: Value): Promise<void> {
    const sealed = this.#store.seal(mount, this.collection, name, value);
    await this.#note(tx, mount, name, sealed);
    await this.#store.table.put(tx, this.#row(mount, name, sealed));
  }

  async remove(tx: Transaction, mount: RecordMount, name: string): Promise<void> {
    if ((await this.find(tx, mount, name)) === undefined) return;
    await this.#note(tx, mount, name, undefined);
    await this.#store.table.remove(tx, mount.id, this.collection, name);
  }

  async #read(on: Executor, mount: RecordMount, name: string) {
    if (name === MANIFEST) throw new WatchwordError('internal', 'a record needs a name');
    const key = { mount: mount.id, collection: this.collection, name, beside: MANIFEST };
    const rows = await this.#store.table.find(on, key);
    const sealed = rows.find((row) => row.name === MANIFEST)?.sealed;
    const manifest =
      sealed === undefined
        ? Manifest.open(this.#store.cipher(mount), place(this.collection, MANIFEST), undefined)
        : (this.#store.open(mount, this.collection, MANIFEST, sealed) as Manifest);
    return { row: rows.find((row) => row.name === name)?.sealed, manifest };
  }

  async #note(tx: Transaction, mount: RecordMount, name: string, sealed: Uint8Array | undefined): Promise<void> {
    const { manifest } = await this.#read(tx, mount, name);
    const changed = manifest.with(this.#store.cipher(mount), place(this.collection, MANIFEST), name, sealed);
    await this.#store.table.put(tx, this.#row(mount, MANIFEST, changed));
  }

  #row(mount: RecordMount, name: string, sealed: Uint8Array) {
    return { mount: mount.id, collection: this.collection, name, expiresAt: null, sealed };
  }
}

/** Many rows that come and go: secret ids, nonces, what was used once. A row that was put back is taken for what it was. */
export class PassingRecords<Value> {
  readonly #store: MountRecordStore;
  readonly collection: string;

  constructor(store: MountRecordStore, collection: string) {
    this.#store = store;
    this.collection = collection;
  }

  /** @throws WatchwordError `keyring.tampered` */
  async find(on: Executor, mount: RecordMount, name: string): Promise<Value | undefined> {
    const [row] = await this.#store.table.find(on, { mount: mount.id, collection: this.collection, name, beside: name });
    return row && (this.#store.open(mount, this.collection, name, row.sealed) as Value);
  }

  /** Names that begin with `prefix`, in order, after one of them. */
  async names(on: Executor, mount: RecordMount, prefix = ''): Promise<string[]> {
    const names: string[] = [];
    for (;;) {
      const after = names.at(-1) ?? prefix;
      const more = await this.#store.table.names(on, mount.id, this.collection, { after, limit: PAGE });
      const within = more.filter((name) => name.startsWith(prefix));
      names.push(...within);
      if (more.length < PAGE || within.length < more.length) return names;
    }
  }

  /** @param expiresAt milliseconds since the epoch, after which it is removed; undefined = never */
  async put(tx: Transaction, mount: RecordMount, record: PassingRecord<Value>): Promise<void> {
    await this.#store.table.put(tx, this.#row(mount, record));
  }

  /** False where there is one of this name already, expired or not: of several callers one gets true. */
  async insert(tx: Transaction, mount: RecordMount, record: PassingRecord<Value>): Promise<boolean> {
    return this.#store.table.insert(tx, this.#row(mount, record));
  }

  /** False where there was none: of several callers one gets true. */
  async remove(tx: Transaction, mount: RecordMount, name: string): Promise<boolean> {
    return this.#store.table.remove(tx, mount.id, this.collection, name);
  }

  #row(mount: RecordMount, { name, value, expiresAt }: PassingRecord<Value>) {
    const sealed = this.#store.seal(mount, this.collection, name, value);
    return { mount: mount.id, collection: this.collection, name, expiresAt: expiresAt ?? null, sealed };
  }
}

export interface PassingRecord<Value> {
  readonly name: string;
  readonly value: Value;
  readonly expiresAt: number | undefined;
}

/** Removes the records that have expired, in transactions of `batch`. */
export async function removeExpiredRecords(
  storage: Storage,
  { table }: MountRecordStore,
  now: number,
  batch: number,
): Promise<void> {
  let removed = batch;
  while (removed === batch) removed = await storage.write((tx) => table.removeExpired(tx, now, batch));
}
