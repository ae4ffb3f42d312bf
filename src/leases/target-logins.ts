import { Secret } from '../foundation/secret.ts';
import type { CredentialEngine, EngineDependencies, Sealable, Target } from './engines/engine.ts';
import { engineOf, type TargetRecord } from './settings.ts';

/** A target, spoken to with one password. */
export interface Login {
  readonly engine: CredentialEngine;
  readonly settings: Sealable;
  readonly target: Target;
}

/**
 * The ways into one target: one, or two while the password of the configured account is being changed, of which nobody knows which
 * one the target takes. Each has its own connections; one that is no more is closed when whoever uses it has come to the end.
 */
export class TargetLogins {
  readonly #on: EngineDependencies;
  #record: TargetRecord | undefined;
  #logins: readonly Login[] = [];
  readonly #users = new Map<Login, number>();

  constructor(on: EngineDependencies) {
    this.#on = on;
  }

  /**
   * The first that was not tried yet; to be given back. Undefined when all of them were.
   * @throws WatchwordError `engine.invalid` for an engine that this version does not have
   */
  take(record: TargetRecord, tried: ReadonlySet<Login>): Login | undefined {
    if (record !== this.#record) this.#adopt(record);
    const login = this.#logins.find((each) => !tried.has(each));
    if (login !== undefined) this.#users.set(login, (this.#users.get(login) ?? 0) + 1);
    return login;
  }

  giveBack(login: Login): void {
    const left = (this.#users.get(login) ?? 1) - 1;
    if (left > 0) return void this.#users.set(login, left);
    this.#users.delete(login);
    if (!this.#logins.includes(login)) void login.target.close();
  }

  /** Where another one was refused, this one let us in: it is the first from now on. */
  prefer(login: Login): void {
    if (this.#logins.includes(login)) this.#logins = [login, ...this.#logins.filter((each) => each !== login)];
  }

  /**
   * The next one to come connects anew.
   * @param hard whoever is still at it as well; otherwise those get to the end
   */
  async close({ hard }: { readonly hard: boolean }): Promise<void> {
    const closing = this.#logins.filter((login) => hard || !this.#users.has(login));
    this.#logins = [];
    this.#record = undefined;
    await Promise.all(closing.map(({ target }) => target.close()));
  }

  /** What goes on with the same settings keeps its connections, and its place. */
  #adopt(record: TargetRecord): void {
    const engine = engineOf(record);
    const ways = waysInto(record, engine);
    const before = this.#logins;
    const kept = before.filter((login) => login.engine === engine && ways.some((way) => isSame(way, login.settings)));
    const opened = ways
      .filter((way) => !kept.some(({ settings }) => isSame(way, settings)))
      .map((settings) => ({ engine, settings, target: engine.open(settings, this.#on) }));
    this.#logins = [...kept, ...opened];
    this.#record = record;
    for (const login of before) {
      if (!kept.includes(login) && !this.#users.has(login)) void login.target.close();
    }
  }
}

function waysInto({ settings, pendingPassword }: TargetRecord, { connection }: CredentialEngine): Sealable[] {
  if (pendingPassword === undefined || connection.account === undefined) return [settings];
  return [settings, { ...settings, [connection.account.password]: pendingPassword }];
}

/** Of secrets the bytes count, which nothing that compares objects would see. */
function isSame(a: unknown, b: unknown): boolean {
  if (a instanceof Secret || b instanceof Secret) return a instanceof Secret && b instanceof Secret && a.bytes.equals(b.bytes);
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b;
  const [left, right] = [Object.entries(a), new Map(Object.entries(b))];
  return (
    Array.isArray(a) === Array.isArray(b) &&
    left.length === right.size &&
    left.every(([key, value]) => right.has(key) && isSame(value, right.get(key)))
  );
}
