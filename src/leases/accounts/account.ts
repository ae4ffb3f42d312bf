import type { Secret } from '../../foundation/secret.ts';
import type { Executor, Transaction } from '../../storage/contract.ts';
import { LEDGER } from '../ledger.ts';
import { currentTarget, type EngineSettings, engineOf, type StaticRoleRecord, type TargetRecord } from '../settings.ts';

/** What is known of an account whose password is ours to change. */
export interface AccountState {
  readonly username: string;
  /** The one that works; absent where there never was one of ours. */
  readonly password: Secret | undefined;
  /** The one that is going to work, and may work already. */
  readonly pending: Secret | undefined;
  readonly targetId: string;
}

/**
 * An account at a target. Its next password is written down before the target hears of it, and the one before is kept until the
 * target has taken the next: whenever it ends in between, one of the two works, and both are known.
 */
export interface Account {
  /** In the table of changes. */
  readonly key: string;
  readonly mountId: string;
  read(on: Executor): Promise<AccountState | undefined>;
  /** Undefined where nothing is under way any more. */
  setPending(tx: Transaction, pending: Secret | undefined): Promise<void>;
  /** The pending password is the one that works. Gives when it is to be changed again, if at all; milliseconds since the epoch. */
  commit(tx: Transaction, now: number): Promise<number | undefined>;
}

/** The account that we are at a target: its password stands in the settings of the connection. */
export class RootAccount implements Account {
  readonly key: string;
  /** Not of the mount: leases need the account when the mount is gone. */
  readonly mountId = LEDGER.id;
  readonly #settings: EngineSettings;
  readonly #targetId: string;

  constructor(settings: EngineSettings, targetId: string) {
    this.key = `root ${targetId}`;
    this.#settings = settings;
    this.#targetId = targetId;
  }

  async read(on: Executor): Promise<AccountState | undefined> {
    const record = await this.#settings.target(on, this.#targetId);
    const fields = record && engineOf(record).connection.account;
    if (record === undefined || fields === undefined) return undefined;
    const settings = record.settings as Record<string, unknown>;
    return {
      username: String(settings[fields.username] ?? ''),
      password: settings[fields.password] as Secret | undefined,
      pending: record.pendingPassword,
      targetId: this.#targetId,
    };
  }

  async setPending(tx: Transaction, pending: Secret | undefined): Promise<void> {
    const { pendingPassword: _before, ...record } = await this.#record(tx);
    const changed = pending === undefined ? record : { ...record, pendingPassword: pending };
    await this.#settings.putTarget(tx, this.#targetId, changed);
  }

  async commit(tx: Transaction): Promise<undefined> {
    const { pendingPassword, ...record } = await this.#record(tx);
    const fields = engineOf(record).connection.account;
    if (fields === undefined || pendingPassword === undefined) return;
    const settings = { ...record.settings, [fields.password]: pendingPassword };
    await this.#settings.putTarget(tx, this.#targetId, { ...record, settings });
  }

  async #record(tx: Transaction): Promise<TargetRecord> {
    const record = await this.#settings.target(tx, this.#targetId);
    if (record === undefined) throw new TypeError('a target went while its account was looked at');
    return record;
  }
}

/** The account of a static role: somebody else made it, and only its password is ours. */
export class StaticAccount implements Account {
  readonly key: string;
  readonly mountId: string;
  readonly #settings: EngineSettings;
  readonly #name: string;

  constructor(settings: EngineSettings, mountId: string, name: string) {
    this.key = `static ${mountId}/${name}`;
    this.mountId = mountId;
    this.#settings = settings;
    this.#name = name;
  }

  get #mount() {
    return { id: this.mountId, namespace: 'root' };
  }

  async read(on: Executor): Promise<AccountState | undefined> {
    const role = await this.#settings.staticRoles.find(on, this.#mount, this.#name);
    const connection = role && (await this.#settings.connections.find(on, this.#mount, role.connection));
    if (role === undefined || connection === undefined) return undefined;
    const { password, pending } = role;
    return { username: role.username, password, pending, targetId: currentTarget(this.#mount, role.connection, connection) };
  }

  async setPending(tx: Transaction, pending: Secret | undefined): Promise<void> {
    await this.#settings.staticRoles.put(tx, this.#mount, this.#name, { ...(await this.#role(tx)), pending });
  }

  async commit(tx: Transaction, now: number): Promise<number> {
    const role = await this.#role(tx);
    const changed = { ...role, password: role.pending, pending: undefined, rotatedAt: now };
    await this.#settings.staticRoles.put(tx, this.#mount, this.#name, changed);
    return now + role.rotationPeriod * 1000;
  }

  async #role(tx: Transaction): Promise<StaticRoleRecord> {
    const role = await this.#settings.staticRoles.find(tx, this.#mount, this.#name);
    if (role === undefined) throw new TypeError('a static role went while its account was looked at');
    return role;
  }
}

/** The account that a row of the table of changes is about. */
export function accountByKey(settings: EngineSettings, key: string): Account {
  const space = key.indexOf(' ');
  const rest = key.slice(space + 1);
  if (key.slice(0, space) === 'root') return new RootAccount(settings, rest);
  const slash = rest.indexOf('/');
  return new StaticAccount(settings, rest.slice(0, slash), rest.slice(slash + 1));
}
