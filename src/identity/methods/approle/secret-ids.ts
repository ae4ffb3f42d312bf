import { createHmac } from 'node:crypto';
import { newId } from '../../../foundation/ids.ts';
import type { Secret } from '../../../foundation/secret.ts';
import type { Keyring } from '../../../keyring/contract.ts';
import { type MountRecordStore, PassingRecords, type RecordMount } from '../../../keyring/mount-records.ts';
import type { Executor, Transaction } from '../../../storage/contract.ts';

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

/** Why a secret id is not taken. `unknown` is also what ended longer than an hour ago. */
export type SecretIdEnd = 'unknown' | 'expired' | 'used-up' | 'destroyed';

/** As it is kept: for a while what has ended as well, so that the log can say why a login with it was refused. */
interface Kept extends SecretId {
  readonly endedBy?: 'used-up' | 'destroyed' | undefined;
}

const REMEMBERED_MS = 3_600_000;

/** Secret ids of the roles of all mounts: found by their HMAC under the role's, or by their accessor. */
export class SecretIds {
  readonly #keyring: Keyring;
  readonly #secrets: PassingRecords<Kept>;
  /** Accessor → name among the secrets. */
  readonly #accessors: PassingRecords<string>;

  constructor(keyring: Keyring, store: MountRecordStore) {
    this.#keyring = keyring;
    this.#secrets = new PassingRecords(store, 'secret-id');
    this.#accessors = new PassingRecords(store, 'secret-accessor');
  }

  /** The living secret id, or why there is none. */
  async find(on: Executor, mount: RecordMount, { role, secret }: Named, now: number): Promise<SecretId | SecretIdEnd> {
    const found = await this.#secrets.find(on, mount, this.#nameOf(role, secret));
    return found === undefined ? 'unknown' : (endOf(found, now) ?? found);
  }

  /** False where there is such a secret id already. */
  async insert(tx: Transaction, mount: RecordMount, { role, secret }: Named, value: SecretId, now: number): Promise<boolean> {
    const name = this.#nameOf(role, secret);
    const before = await this.#secrets.find(tx, mount, name);
    if (before !== undefined && endOf(before, now) !== undefined) await this.#secrets.remove(tx, mount, name);
    if (!(await this.#secrets.insert(tx, mount, { name, value, expiresAt: rememberedUntil(value) }))) return false;
    await this.#accessors.put(tx, mount, { name: this.#accessorName(role, value), value: name, expiresAt: value.endsAt });
    return true;
  }

  /** Takes one use, in the transaction of the login: of `usesLeft` callers each gets one. Else says why there is none to take. */
  async use(tx: Transaction, mount: RecordMount, named: Named, now: number): Promise<SecretIdEnd | undefined> {
    const found = await this.find(tx, mount, named, now);
    if (typeof found === 'string') return found;
    const name = this.#nameOf(named.role, named.secret);
    if (found.usesLeft === 1) await this.#end(tx, mount, { role: named.role, name, found, endedBy: 'used-up', now });
    else if (found.usesLeft > 1) {
      const value = { ...found, usesLeft: found.usesLeft - 1, updatedAt: now };
      await this.#secrets.put(tx, mount, { name, value, expiresAt: rememberedUntil(value) });
    }
    return undefined;
  }

  async destroy(tx: Transaction, mount: RecordMount, named: Named, now: number): Promise<void> {
    const found = await this.find(tx, mount, named, now);
    if (typeof found === 'string') return;
    const name = this.#nameOf(named.role, named.secret);
    await this.#end(tx, mount, { role: named.role, name, found, endedBy: 'destroyed', now });
  }

  async findByAccessor(on: Executor, mount: RecordMount, named: ByAccessor, now: number): Promise<SecretId | undefined> {
    return (await this.#behind(on, mount, named, now))?.found;
  }

  /** False where there is none. */
  async destroyByAccessor(tx: Transaction, mount: RecordMount, named: ByAccessor, now: number): Promise<boolean> {
    const behind = await this.#behind(tx, mount, named, now);
    if (behind !== undefined) await this.#end(tx, mount, { ...behind, role: named.role, endedBy: 'destroyed', now });
    return behind !== undefined;
  }

  async accessors(on: Executor, mount: RecordMount, role: string): Promise<string[]> {
    const prefix = this.#accessorName(role, { accessor: '' });
    return (await this.#accessors.names(on, mount, prefix)).map((name) => name.slice(prefix.length));
  }

  /** With a role go its secret ids. */
  async removeAll(tx: Transaction, mount: RecordMount, role: string): Promise<void> {
    for (const accessor of await this.accessors(tx, mount, role)) {
      const at = this.#accessorName(role, { accessor });
      const name = await this.#accessors.find(tx, mount, at);
      if (name !== undefined) await this.#secrets.remove(tx, mount, name);
      await this.#accessors.remove(tx, mount, at);
    }
  }

  async #behind(on: Executor, mount: RecordMount, { role, accessor }: ByAccessor, now: number) {
    const name = await this.#accessors.find(on, mount, this.#accessorName(role, { accessor }));
    const found = name === undefined ? undefined : await this.#secrets.find(on, mount, name);
    // The accessor of a secret id that was made anew under the same name leads nowhere.
    if (name === undefined || found?.accessor !== accessor || endOf(found, now) !== undefined) return undefined;
    return { name, found };
  }

  async #end(tx: Transaction, mount: RecordMount, { role, name, found, endedBy, now }: Ending): Promise<void> {
    await this.#accessors.remove(tx, mount, this.#accessorName(role, found));
    const value: Kept = { ...found, metadata: {}, updatedAt: now, endedBy };
    await this.#secrets.put(tx, mount, { name, value, expiresAt: now + REMEMBERED_MS });
  }

  #accessorName(role: string, { accessor }: Pick<SecretId, 'accessor'>): string {
    return `${this.#digest('role', role)}/${accessor}`;
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

export interface ByAccessor {
  readonly role: string;
  readonly accessor: string;
}

interface Ending {
  readonly role: string;
  readonly name: string;
  readonly found: SecretId;
  readonly endedBy: 'used-up' | 'destroyed';
  readonly now: number;
}

function endOf({ endedBy, endsAt }: Kept, now: number): SecretIdEnd | undefined {
  return endedBy ?? (endsAt !== undefined && endsAt <= now ? 'expired' : undefined);
}

function rememberedUntil({ endsAt }: SecretId): number | undefined {
  return endsAt === undefined ? undefined : endsAt + REMEMBERED_MS;
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
