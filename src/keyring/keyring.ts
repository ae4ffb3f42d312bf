import type { KeyObject } from 'node:crypto';
import { timingSafeEqual } from 'node:crypto';
import { isWatchwordError, WatchwordError } from '../foundation/errors.ts';
import { newId } from '../foundation/ids.ts';
import type { Random } from '../foundation/ports.ts';
import type { Secret } from '../foundation/secret.ts';
import type { Reader, Storage, Transaction } from '../storage/contract.ts';
import type { InstanceKey, Keyring, RecordCipher, SealState } from './contract.ts';
import { type HeldKey, holdKey, makeKey, signingKeyOf, unwrapKey } from './hierarchy.ts';
import { deleteKey, insertKey, insertSeal, readKeys, readSeal, type WrappedKey } from './key-table.ts';
import { XaesRecordCipher } from './record-cipher.ts';
import type { Seal, SealShape } from './seals/seal.ts';

export interface KeyringOptions {
  readonly storage: Storage;
  readonly random: Random;
  readonly seals: readonly Seal[];
  /** Kind of seal for a store that is yet to be initialised. */
  readonly sealKind: string;
}

export interface KeyringStatus extends SealShape {
  readonly state: SealState;
  readonly kind: string;
  /** Distinct unseal keys received since the last success or reset. */
  readonly progress: number;
  /** Names the running attempt to unseal; empty when there is none. */
  readonly nonce: string;
  /** Random id of the store; empty before initialisation. */
  readonly clusterId: string;
}

/** Keys that stores had from the beginning: one of them missing is no store of ours. */
const FIRST_KEYS = ['token-hash', 'audit-digest', 'fingerprint', 'checkpoint-signing'] as const;
/** Keys that came later: an older store gets them when it is unsealed. */
const LATER_KEYS = ['external-name'] as const;
const ROOT_NAMESPACE = 'namespace/root';

/** What is in memory while unsealed, and gone when sealed. */
interface Held {
  readonly root: HeldKey;
  readonly namespace: HeldKey;
  readonly instance: Map<string, HeldKey>;
  readonly mounts: Map<string, HeldKey>;
  readonly ciphers: Map<string, RecordCipher>;
  readonly signing: KeyObject;
}

interface SealParameters extends SealShape {
  /** Id of the root key, which commits to it. */
  readonly rootKeyId: string;
}

/** Opens the keyring of a database; it stays sealed until {@link StoredKeyring.unsealUnattended} or enough unseal keys. */
export async function openKeyring(options: KeyringOptions): Promise<StoredKeyring> {
  const keyring = new StoredKeyring(options);
  await keyring.load();
  return keyring;
}

export class StoredKeyring implements Keyring {
  readonly #options: KeyringOptions;
  #seal:
    | { readonly kind: string; readonly parameters: SealParameters; readonly wrapped: Uint8Array; readonly cluster: string }
    | undefined;
  #held: Held | undefined;
  #initializing = false;
  #submitted: Secret[] = [];
  #nonce = '';

  constructor(options: KeyringOptions) {
    this.#options = options;
  }

  async load(): Promise<void> {
    const row = await readSeal(this.#options.storage.reader);
    this.#seal = row === undefined ? undefined : { ...row, parameters: JSON.parse(row.parameters) as SealParameters };
  }

  get state(): SealState {
    if (this.#seal === undefined) return 'uninitialized';
    return this.#held === undefined ? 'sealed' : 'unsealed';
  }

  status(): KeyringStatus {
    const { shares, threshold } = this.#seal?.parameters ?? { shares: 0, threshold: 0 };
    return {
      state: this.state,
      kind: this.#seal?.kind ?? this.#options.sealKind,
      shares,
      threshold,
      progress: this.#submitted.length,
      nonce: this.#nonce,
      clusterId: this.#seal?.cluster ?? '',
    };
  }

  /**
   * Makes all keys; the keyring is unsealed afterwards. `populate` fills the new store in the same transaction, so that there is
   * never a store with keys and without content. Gives the unseal keys, once. @throws `seal.initialized`, `seal.invalid`
   */
  async initialize(shape: SealShape, populate: (tx: Transaction) => Promise<void> = async () => {}): Promise<readonly Secret[]> {
    if (this.#seal !== undefined || this.#initializing) throw new WatchwordError('seal.initialized');
    this.#initializing = true;
    try {
      return await this.#initialize(shape, populate);
    } catch (error) {
      this.#held = undefined;
      throw error;
    } finally {
      this.#initializing = false;
    }
  }

  async #initialize(shape: SealShape, populate: (tx: Transaction) => Promise<void>): Promise<readonly Secret[]> {
    const { storage, random, sealKind } = this.#options;
    const made = await this.#sealOfKind(sealKind).create(shape);
    using sealSecret = made.key;
    const sealKey = holdKey(Buffer.from(sealSecret.bytes), random);
    const root = makeKey(sealKey, 'seal', 'root', random);
    const namespace = makeKey(root.held, 'root', ROOT_NAMESPACE, random);
    const instance = [...FIRST_KEYS, ...LATER_KEYS].map((purpose) => makeKey(root.held, 'root', `instance/${purpose}`, random));
    const parameters: SealParameters = { ...made.shape, rootKeyId: root.row.key_id };
    const keys = [namespace, ...instance].map(({ row }) => row);
    await storage.write(async (tx) => {
      await insertSeal(tx, {
        kind: sealKind,
        parameters: JSON.stringify(parameters),
        wrapped: root.row.wrapped,
        cluster: newId(),
      });
      for (const row of keys) await insertKey(tx, row);
      this.#hold(root.held, keys);
      await populate(tx);
    });
    await this.load();
    return made.unsealKeys;
  }

  /** Unseals where the seal asks nobody. False when unseal keys are needed. @throws WatchwordError `seal.key-file` */
  async unsealUnattended(): Promise<boolean> {
    if (this.#seal === undefined) throw new WatchwordError('seal.uninitialized');
    using key = await this.#sealOfKind(this.#seal.kind).unattended();
    if (key === undefined) return false;
    try {
      await this.#unsealWith(key);
    } catch (error) {
      if (isWatchwordError(error, 'seal.wrong-key'))
        throw new WatchwordError('seal.key-file', 'the seal key does not open this store', { cause: error });
      throw error;
    }
    return true;
  }

  /** Takes one unseal key; the same one twice counts once. @throws `seal.wrong-key` when enough are there and do not fit; all are then forgotten */
  async submit(unsealKey: Secret): Promise<void> {
    if (this.#seal === undefined) throw new WatchwordError('seal.uninitialized');
    if (this.#held !== undefined) return;
    const seal = this.#sealOfKind(this.#seal.kind);
    const known = this.#submitted.some(
      (other) => other.length === unsealKey.length && timingSafeEqual(other.bytes, unsealKey.bytes),
    );
    if (!known) this.#submitted.push(unsealKey);
    if (this.#nonce === '') this.#nonce = newId();
    if (this.#submitted.length < this.#seal.parameters.threshold) return;
    const keys = this.#submitted;
    this.#submitted = [];
    this.#nonce = '';
    try {
      using key = seal.combine(keys);
      await this.#unsealWith(key);
    } finally {
      for (const key of keys) key.dispose();
    }
  }

  resetProgress(): void {
    for (const key of this.#submitted) key.dispose();
    this.#submitted = [];
    this.#nonce = '';
  }

  /** Forgets every key. */
  seal(): void {
    this.resetProgress();
    this.#held = undefined;
  }

  cipher(mount: { readonly id: string; readonly namespace: string }): RecordCipher {
    const held = this.#unsealed();
    let cipher = held.ciphers.get(mount.id);
    if (cipher === undefined) {
      const key = held.mounts.get(mount.id);
      if (key === undefined) throw new WatchwordError('keyring.tampered', 'the mount has no key');
      cipher = new XaesRecordCipher(
        key.key,
        { keyId: key.id, namespace: mount.namespace, mount: mount.id },
        this.#options.random,
      );
      held.ciphers.set(mount.id, cipher);
    }
    return cipher;
  }

  async createMountKey(tx: Transaction, mount: { readonly id: string }): Promise<void> {
    const held = this.#unsealed();
    const { held: key, row } = makeKey(held.namespace, ROOT_NAMESPACE, `mount/${mount.id}`, this.#options.random);
    await insertKey(tx, row);
    // Usable at once, since the same transaction may fill the mount; if it fails, nothing refers to this key.
    held.mounts.set(mount.id, key);
  }

  async destroyMountKey(tx: Transaction, mountId: string): Promise<void> {
    await deleteKey(tx, `mount/${mountId}`);
    tx.afterCommit(() => {
      this.#held?.mounts.delete(mountId);
      this.#held?.ciphers.delete(mountId);
    });
  }

  instanceKey(purpose: string): InstanceKey {
    const key = this.#unsealed().instance.get(`instance/${purpose}`);
    if (key === undefined) throw new WatchwordError('internal', `there is no instance key for ${purpose}`);
    return key;
  }

  signingKey(): KeyObject {
    return this.#unsealed().signing;
  }

  async reload(reader: Reader): Promise<void> {
    this.#hold(this.#unsealed().root, await readKeys(reader));
  }

  #unsealed(): Held {
    if (this.#held === undefined) throw new WatchwordError(this.#seal === undefined ? 'seal.uninitialized' : 'seal.sealed');
    return this.#held;
  }

  async #unsealWith(key: Secret): Promise<void> {
    if (this.#seal === undefined) throw new WatchwordError('seal.uninitialized');
    const { random } = this.#options;
    const sealKey = holdKey(Buffer.from(key.bytes), random);
    const row: WrappedKey = {
      purpose: 'root',
      key_id: this.#seal.parameters.rootKeyId,
      parent: 'seal',
      wrapped: this.#seal.wrapped,
    };
    let root: HeldKey;
    try {
      root = unwrapKey(sealKey, row, random);
    } catch (error) {
      throw new WatchwordError('seal.wrong-key', undefined, { cause: error });
    }
    this.#hold(root, await readKeys(this.#options.storage.reader));
    await this.#makeLaterKeys(root);
  }

  async #makeLaterKeys(root: HeldKey): Promise<void> {
    const { storage, random } = this.#options;
    const missing = LATER_KEYS.filter((purpose) => this.#held?.instance.has(`instance/${purpose}`) === false);
    if (missing.length === 0) return;
    await storage.write(async (tx) => {
      for (const purpose of missing) await insertKey(tx, makeKey(root, 'root', `instance/${purpose}`, random).row);
    });
    this.#hold(root, await readKeys(storage.reader));
  }

  #hold(root: HeldKey, rows: readonly WrappedKey[]): void {
    const { random } = this.#options;
    const namespaceRow = rows.find((row) => row.purpose === ROOT_NAMESPACE);
    if (namespaceRow === undefined) throw new WatchwordError('keyring.tampered', 'the namespace key is missing');
    const namespace = unwrapKey(root, namespaceRow, random);
    const instance = new Map<string, HeldKey>();
    const mounts = new Map<string, HeldKey>();
    for (const row of rows) {
      if (row.purpose.startsWith('instance/')) instance.set(row.purpose, unwrapKey(root, row, random));
      else if (row.purpose.startsWith('mount/'))
        mounts.set(row.purpose.slice('mount/'.length), unwrapKey(namespace, row, random));
    }
    const signing = instance.get('instance/checkpoint-signing');
    if (signing === undefined) throw new WatchwordError('keyring.tampered', 'the signing key is missing');
    const ciphers = this.#held?.ciphers ?? new Map<string, RecordCipher>();
    this.#held = { root, namespace, instance, mounts, ciphers, signing: signingKeyOf(signing) };
  }

  #sealOfKind(kind: string): Seal {
    const seal = this.#options.seals.find((candidate) => candidate.kind === kind);
    if (seal === undefined) throw new WatchwordError('seal.invalid', `this server has no seal of kind ${kind}`);
    return seal;
  }
}
