import { bumpGeneration } from '../../access/generation-table.ts';
import { WatchwordError } from '../../foundation/errors.ts';
import type { Keyring } from '../../keyring/contract.ts';
import { Manifest } from '../../keyring/manifest.ts';
import { openJson, sealJson } from '../../keyring/sealed-json.ts';
import type { Reader, Storage, Transaction } from '../../storage/contract.ts';
import type { Group } from './entity.ts';
import { GroupSnapshot } from './group-snapshot.ts';
import { type GroupRow, GroupTable } from './group-table.ts';
import { identityMount } from './identity-mount.ts';

/** No group has this id: the row that names the tags of all others. */
const MANIFEST = '';
const place = (id: string) => ({ path: `identity/group/${id}`, version: 1 });

/**
 * The groups: few enough to be known together, as of a generation that every request reads anew. A manifest names them all, so
 * that one that was removed, or put back as it was before, stops whoever needs to know the groups.
 */
export class Groups {
  readonly #table: GroupTable;
  readonly #keyring: Keyring;
  #opened = new Map<string, { readonly sealed: Buffer; readonly group: Group }>();
  #known: GroupSnapshot | undefined;

  constructor(storage: Storage, keyring: Keyring) {
    this.#table = new GroupTable(storage);
    this.#keyring = keyring;
  }

  /**
   * The groups as of a generation that was read by `on`, or of a later one: the same object for as long as no group changed.
   * @throws WatchwordError `keyring.tampered`, `keyring.rolled-back`
   */
  async at(on: Reader | Transaction, generation: number): Promise<GroupSnapshot> {
    if (this.#known?.generation === generation) return this.#known;
    const loaded = this.#open(await this.#table.all(on));
    // What a transaction sees may never be committed, and its generation then means something else the next time.
    if (on.mode === 'read' && (this.#known?.generation ?? -1) < loaded.generation) this.#known = loaded;
    return loaded;
  }

  /** The groups as `on` sees them now. */
  async current(on: Reader | Transaction): Promise<GroupSnapshot> {
    return this.#open(await this.#table.all(on));
  }

  async put(tx: Transaction, group: Group): Promise<void> {
    const sealed = sealJson(this.#cipher, place(group.id), group);
    await this.#note(tx, group.id, sealed);
    await this.#table.put(tx, group.id, sealed);
  }

  async remove(tx: Transaction, id: string): Promise<void> {
    await this.#note(tx, id, undefined);
    await this.#table.remove(tx, id);
  }

  /** After sealing: what was decrypted is forgotten. */
  clear(): void {
    this.#opened = new Map();
    this.#known = undefined;
  }

  #open(rows: readonly GroupRow[]): GroupSnapshot {
    const generation = rows[0]?.generation;
    if (generation === undefined) throw new WatchwordError('keyring.tampered');
    const sealed = new Map(rows.flatMap(({ id, sealed: body }) => (id === null || body === null ? [] : [[id, body]])));
    const manifest = Manifest.open(this.#cipher, place(MANIFEST), sealed.get(MANIFEST));
    sealed.delete(MANIFEST);
    manifest.checkAll(sealed);
    const opened = new Map([...sealed].map(([id, body]) => [id, this.#openOne(id, body)]));
    this.#opened = opened;
    return new GroupSnapshot(
      [...opened.values()].map(({ group }) => group),
      generation,
    );
  }

  #openOne(id: string, sealed: Uint8Array) {
    const known = this.#opened.get(id);
    if (known?.sealed.equals(sealed)) return known;
    return { sealed: Buffer.from(sealed), group: openJson(this.#cipher, place(id), sealed) as Group };
  }

  async #note(tx: Transaction, id: string, sealed: Uint8Array | undefined): Promise<void> {
    const manifest = Manifest.open(this.#cipher, place(MANIFEST), await this.#table.find(tx, MANIFEST));
    await this.#table.put(tx, MANIFEST, manifest.with(this.#cipher, place(MANIFEST), id, sealed));
    await bumpGeneration(tx, 'identity');
  }

  get #cipher() {
    return this.#keyring.cipher(identityMount);
  }
}
