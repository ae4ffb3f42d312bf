import type { Secret } from '../../../foundation/secret.ts';
import { type EngineDependencies, TargetError } from '../engine.ts';
import type { OpensearchConnection } from './connection.ts';
import { passwordHash } from './password-hash.ts';
import type { Grants } from './role.ts';
import { type Account, type Answer, type Ask, ChangedMeanwhile, OpensearchRefusal, SecurityApi } from './security-api.ts';

/** Milliseconds until the second try; each further one waits longer, up to ten times as long. */
const PAUSE_MS = 50;
const MOST_PAUSES = 10;

export interface NewAccount {
  readonly name: string;
  readonly password: Secret;
  readonly grants: Grants;
  /** For people who look at the list. */
  readonly description: string;
}

/**
 * Internal users and roles. The plugin keeps all users in one document, and refuses whoever did not know its newest version: so
 * changes go one after another here, and again where another node came between.
 */
export class Accounts {
  readonly #api: SecurityApi;
  readonly #connection: OpensearchConnection;
  readonly #on: EngineDependencies;
  #last: Promise<unknown> = Promise.resolve();

  constructor(connection: OpensearchConnection, on: EngineDependencies) {
    this.#connection = connection;
    this.#on = on;
    this.#api = new SecurityApi(connection, on.network);
  }

  get(ask: Omit<Ask, 'method' | 'body'>): Promise<Answer | undefined> {
    return this.#api.ask({ ...ask, method: 'GET' });
  }

  /** One internal user; undefined where there is none. */
  user(name: string, signal: AbortSignal): Promise<Answer | undefined> {
    return this.#one('internalusers', name, signal);
  }

  role(name: string, signal: AbortSignal): Promise<Answer | undefined> {
    return this.#one('roles', name, signal);
  }

  /** Of all users and roles. */
  async names(signal: AbortSignal): Promise<readonly string[]> {
    const names: string[] = [];
    for (const kind of ['internalusers', 'roles']) {
      const all = await this.get({ path: ['api', kind], signal });
      if (all === undefined) throw notOpensearch();
      names.push(...Object.keys(all));
    }
    return [...new Set(names)];
  }

  /** What is refused leaves nothing behind; a second time with the same words changes nothing. */
  async make(account: NewAccount, signal: AbortSignal): Promise<void> {
    const { name, grants } = account;
    const { opensearch_role_definition: own } = grants;
    if (own === undefined) return await this.#makeUser(account, signal);
    // First, since a user with a role that is not there is refused.
    await this.#change({ method: 'PUT', path: ['api', 'roles', name], body: own, signal });
    try {
      await this.#makeUser(account, signal);
    } catch (error) {
      if (!(error instanceof TargetError) || error.kind === 'unknown-outcome') throw error;
      await this.remove(name, signal).catch((cause: unknown) => {
        throw new TargetError('unknown-outcome', `${error.message}; and its role could not be deleted again`, { cause });
      });
      throw error;
    }
  }

  async #makeUser({ name, password, grants, description }: NewAccount, signal: AbortSignal): Promise<void> {
    const { opensearch_role_definition: own, opensearch_roles: named, backend_roles } = grants;
    await this.#change({
      method: 'PUT',
      path: ['api', 'internalusers', name],
      body: {
        ...(await this.#proofOf(password)),
        backend_roles,
        opendistro_security_roles: own === undefined ? named : [...named, name],
        description,
      },
      secret: password,
      signal,
    });
  }

  /** The user first, since nobody logs in without it. Both are looked for afterwards. */
  async remove(name: string, signal: AbortSignal): Promise<void> {
    await this.#change({ method: 'DELETE', path: ['api', 'internalusers', name], signal });
    await this.#change({ method: 'DELETE', path: ['api', 'roles', name], signal });
    const left = (await this.user(name, signal)) ?? (await this.role(name, signal));
    if (left !== undefined) throw new TargetError('unknown-outcome', 'it is still there');
  }

  /** Whether somebody may make a token on behalf of himself, as which he goes on without his user. It is for a second, and thrown away. */
  async makesToken(account: Account, signal: AbortSignal): Promise<boolean> {
    const body = { description: 'a trial of a role', durationSeconds: '1' };
    try {
      const made = await this.#api.ask({ method: 'POST', path: ['api', 'generateonbehalfoftoken'], body, signal, account });
      return made !== undefined;
    } catch (error) {
      // 400 where the server makes no such tokens; who may not is told 401 by some releases, though he is let in.
      if (error instanceof OpensearchRefusal && [400, 401, 403].includes(error.status)) return false;
      throw error;
    }
  }

  async setPassword(name: string, password: Secret, signal: AbortSignal): Promise<void> {
    const proof = await this.#proofOf(password);
    const body = Object.entries(proof).map(([member, value]) => ({ op: 'add', path: `/${member}`, value }));
    const path = ['api', 'internalusers', name];
    const changed = await this.#change({ method: 'PATCH', path, body, secret: password, signal });
    if (changed === undefined) throw new TargetError('refused', 'there is no such internal user');
  }

  async #proofOf(password: Secret): Promise<Readonly<Record<string, string>>> {
    if (this.#connection.sendPassword) return { password: password.text };
    return { hash: await passwordHash(password, this.#on.random) };
  }

  async #one(kind: string, name: string, signal: AbortSignal): Promise<Answer | undefined> {
    const found = await this.get({ path: ['api', kind, name], signal });
    if (found === undefined) return undefined;
    const one = Object.hasOwn(found, name) ? found[name] : undefined;
    if (typeof one !== 'object' || one === null) throw notOpensearch();
    return one as Answer;
  }

  async #change(ask: Ask): Promise<Answer | undefined> {
    const before = this.#last;
    const { promise: done, resolve } = Promise.withResolvers<void>();
    this.#last = before.then(() => done);
    try {
      await unlessAborted(before, ask.signal);
      return await this.#persist(ask);
    } finally {
      resolve();
    }
  }

  async #persist(ask: Ask): Promise<Answer | undefined> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await this.#api.ask(ask);
      } catch (error) {
        if (!(error instanceof ChangedMeanwhile)) throw error;
        const longest = PAUSE_MS * Math.min(tries, MOST_PAUSES);
        const ms = longest / 2 + ((this.#on.random.bytes(1)[0] ?? 0) / 255) * (longest / 2);
        await this.#on.clock.sleep(ms, ask.signal).catch(() => {
          throw error;
        });
      }
    }
  }
}

async function unlessAborted(turn: Promise<unknown>, signal: AbortSignal): Promise<void> {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const abort = () => reject(new TargetError('throttled', 'other changes of users take too long'));
  signal.addEventListener('abort', abort, { once: true });
  if (signal.aborted) abort();
  try {
    await Promise.race([turn, aborted]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

/** It let us in, and not to this. */
export const isForbidden = (error: unknown): boolean => error instanceof OpensearchRefusal && error.status === 403;

export const notOpensearch = () => new TargetError('refused', "the answer is not one of OpenSearch's security plugin");
