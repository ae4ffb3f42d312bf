import { createHmac } from 'node:crypto';
import { newId } from '../../../foundation/ids.ts';
import type { Secret } from '../../../foundation/secret.ts';
import type { Keyring } from '../../../keyring/contract.ts';
import type { Executor, Transaction } from '../../../storage/contract.ts';
import { type AuthRecordStore, PassingRecords, type RecordMount } from '../../auth-records.ts';

/** What is kept of a secret id; itself it is kept nowhere. Times are milliseconds since the epoch. */
export interface SecretId {
  readonly accessor: string;
  readonly metadata: Readonly<Record<string, string>>;
  /** From where it may be used; empty = from anywhere. */
  readonly cidrs: readonly string[];
  /** From where tokens that it gives may be used; empty = what the role says. */
  readonly tokenCidrs: readonly string[];
  /** 0 = any number. */
  readonly usesLeft: number;
  /** Seconds; 0 = for ever. */
  readonly ttl: number;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly endsAt: number | undefined;
}

/** Secret ids of the roles of all mounts: found by their HMAC under the role's, or by their accessor. */
export class SecretIds {
  readonly #keyring: Keyring;
  readonly #secrets: PassingRecords<SecretId>;
  /** Accessor → name among the secrets. */
  readonly #accessors: PassingRecords<string>;

  constructor(keyring: Keyring, store: AuthRecordStore) {
    this.#keyring = keyring;
    this.#secrets = new PassingRecords(store, 'secret-id');
    this.#accessors = new PassingRecords(store, 'secret-accessor');
  }

  /** The living secret id, or undefined. */
  async find(on: Executor, mount: RecordMount, { role, secret }: Named, now: number): Promise<SecretId | undefined> {
    const found = await this.#secrets.find(on, mount, this.#nameOf(role, secret));
    return found === undefined || hasEnded(found, now) ? undefined : found;
  }

  /** False where there is such a secret id already. */
  async insert(tx: Transaction, mount: RecordMount, { role, secret }: Named, value: SecretId): Promise<boolean> {
    const name = this.#nameOf(role, secret);
    const expiresAt = value.endsAt;
    if (!(await this.#secrets.insert(tx, mount, { name, value, expiresAt }))) return false;
    await this.#accessors.put(tx, mount, { name: `${this.#digest('role', role)}/${value.accessor}`, value: name, expiresAt });
    return true;
  }

  /** Takes one use, in the transaction of the login: of `usesLeft` callers each gets one. False where there is none to take. */
  async use(tx: Transaction, mount: RecordMount, named: Named, now: number): Promise<boolean> {
    const found = await this.find(tx, mount, named, now);
    if (found === undefined) return false;
    if (found.usesLeft === 1) await this.remove(tx, mount, named);
    else if (found.usesLeft > 1) {
      const value = { ...found, usesLeft: found.usesLeft - 1, updatedAt: now };
      await this.#secrets.put(tx, mount, { name: this.#nameOf(named.role, named.secret), value, expiresAt: value.endsAt });
    }
    return true;
  }

  async remove(tx: Transaction, mount: RecordMount, { role, secret }: Named): Promise<void> {
    const name = this.#nameOf(role, secret);
    const found = await this.#secrets.find(tx, mount, name);
    if (found !== undefined) await this.#accessors.remove(tx, mount, `${this.#digest('role', role)}/${found.accessor}`);
    await this.#secrets.remove(tx, mount, name);
  }

  async findByAccessor(
    on: Executor,
    mount: RecordMount,
    role: string,
    accessor: string,
    now: number,
  ): Promise<SecretId | undefined> {
    const name = await this.#accessors.find(on, mount, `${this.#digest('role', role)}/${accessor}`);
    const found = name === undefined ? undefined : await this.#secrets.find(on, mount, name);
    return found === undefined || found.accessor !== accessor || hasEnded(found, now) ? undefined : found;
  }

  /** False where there is none. */
  async removeByAccessor(tx: Transaction, mount: RecordMount, role: string, accessor: string): Promise<boolean> {
    const at = `${this.#digest('role', role)}/${accessor}`;
    const name = await this.#accessors.find(tx, mount, at);
    if (name === undefined) return false;
    await this.#secrets.remove(tx, mount, name);
    return this.#accessors.remove(tx, mount, at);
  }

  async accessors(on: Executor, mount: RecordMount, role: string): Promise<string[]> {
    const prefix = `${this.#digest('role', role)}/`;
    return (await this.#accessors.names(on, mount, prefix)).map((name) => name.slice(prefix.length));
  }

  /** With a role go its secret ids. */
  async removeAll(tx: Transaction, mount: RecordMount, role: string): Promise<void> {
    for (const accessor of await this.accessors(tx, mount, role)) await this.removeByAccessor(tx, mount, role, accessor);
  }

  #nameOf(role: string, secret: Secret): string {
    return `${this.#digest('role', role)}/${this.#digest('secret-id', secret.bytes)}`;
  }

  /** No token's text begins like this: the key makes nothing else of the kind. */
  #digest(what: string, value: string | Uint8Array): string {
    const { key } = this.#keyring.instanceKey('token-hash');
    return createHmac('sha256', key).update(`approle ${what}\n`).update(value).digest('base64url');
  }
}

export interface Named {
  readonly role: string;
  readonly secret: Secret;
}

function hasEnded({ endsAt }: SecretId, now: number): boolean {
  return endsAt !== undefined && endsAt <= now;
}

/** A new secret id's record. @param ttl seconds; 0 = for ever */
export function newSecretId(
  given: Pick<SecretId, 'metadata' | 'cidrs' | 'tokenCidrs' | 'ttl'> & { readonly uses: number },
  now: number,
): SecretId {
  const { metadata, cidrs, tokenCidrs, ttl, uses } = given;
  return {
    accessor: newId(),
    metadata,
    cidrs,
    tokenCidrs,
    usesLeft: uses,
    ttl,
    createdAt: now,
    updatedAt: now,
    endsAt: ttl === 0 ? undefined : now + ttl * 1000,
  };
}
