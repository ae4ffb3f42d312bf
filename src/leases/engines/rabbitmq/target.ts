import type { Secret } from '../../../foundation/secret.ts';
import {
  type CredentialRef,
  type EngineDependencies,
  type Shortfall,
  type Target,
  type TargetCall,
  TargetError,
} from '../engine.ts';
import type { RabbitmqConnection } from './connection.ts';
import { ManagementApi, RabbitmqRefusal } from './management-api.ts';
import { HASHING_ALGORITHM, isPasswordOf, passwordHash } from './password-hash.ts';
import type { RabbitmqRole } from './role.ts';

export interface RabbitmqMaterial {
  readonly password: Secret;
}

/** Nothing but the name is needed to find a user again. */
export type RabbitmqHandle = Record<string, never>;

type Ref = CredentialRef<RabbitmqRole, RabbitmqMaterial, RabbitmqHandle>;

/** On every user, for people who look at the list: it gives no right. */
const OUR_TAG = 'watchword';
const ADMINISTRATOR = 'administrator';
const LOOK_MS = 50;
/** So often is looked before anything is cut. */
const LOOKS = 4;

interface User {
  readonly name: string;
  readonly tags: string | readonly string[];
  readonly password_hash?: string;
  readonly hashing_algorithm?: string;
}

/** One broker, or one cluster of them, by its management plugin. */
export class RabbitmqTarget implements Target<RabbitmqRole, RabbitmqMaterial, RabbitmqHandle> {
  readonly #api: ManagementApi;
  readonly #connection: RabbitmqConnection;
  readonly #on: EngineDependencies;

  constructor(connection: RabbitmqConnection, on: EngineDependencies) {
    this.#connection = connection;
    this.#on = on;
    this.#api = new ManagementApi(connection, on.network);
  }

  async check(roles: readonly RabbitmqRole[], { signal }: TargetCall): Promise<readonly Shortfall[]> {
    const { username } = this.#connection;
    const remedy = `rabbitmqctl set_user_tags ${username} ${ADMINISTRATOR}`;
    const lacking = { what: 'create and delete users, close connections', remedy };
    try {
      const self = await this.#api.ask({ method: 'GET', path: ['whoami'], signal });
      if (!isUser(self) || self.name !== username) throw notRabbitmq();
      if (!tagsOf(self).includes(ADMINISTRATOR)) return [lacking];
    } catch (error) {
      // It let us in, and not to this.
      if (error instanceof RabbitmqRefusal && error.reason === 'Not management user') return [lacking];
      throw error;
    }
    await this.#connectionsOf(username, signal);
    const missing: Shortfall[] = [];
    for (const vhost of new Set(roles.flatMap((role) => Object.keys(role.vhosts)))) {
      const found = await this.#api.ask({ method: 'GET', path: ['vhosts', vhost], signal });
      if (found === undefined)
        missing.push({ what: `use the virtual host ${vhost}`, remedy: `rabbitmqctl add_vhost '${vhost}'` });
    }
    return missing;
  }

  async create({ lease, role, material }: Ref, { signal }: TargetCall) {
    if (material === undefined) throw new TargetError('refused', 'it was given already');
    const name = lease.externalName;
    await this.#putUser(name, material.password, [...new Set([OUR_TAG, ...role.tags])], signal);
    try {
      await this.#permit(name, role, signal);
    } catch (error) {
      throw await this.#undone(name, error, signal);
    }
    return { handle: {}, output: { username: name, password: material.password } };
  }

  async renew({ lease }: Ref, { signal }: TargetCall): Promise<number> {
    if ((await this.#user(lease.externalName, signal)) === undefined)
      throw new TargetError('refused', 'there is no such user any more');
    return lease.expiresAt;
  }

  async revoke({ lease }: Ref, { signal }: TargetCall): Promise<void> {
    const name = lease.externalName;
    await this.#deleteUser(name, signal);
    try {
      await this.#closeConnections(name, signal);
      if ((await this.#user(name, signal)) !== undefined) throw new TargetError('unknown-outcome', 'the user is still there');
    } catch (error) {
      if (!(error instanceof TargetError) || error.kind !== 'unreachable') throw error;
      throw new TargetError('unknown-outcome', `the user was deleted; whether it has connections is not known: ${error.message}`);
    }
  }

  async probe({ lease }: Ref, { signal }: TargetCall): Promise<'unlimited' | undefined> {
    return (await this.#user(lease.externalName, signal)) === undefined ? undefined : 'unlimited';
  }

  async list(prefix: string, { signal }: TargetCall): Promise<readonly string[]> {
    const users = await this.#api.ask({ method: 'GET', path: ['users'], signal });
    if (!Array.isArray(users)) throw notRabbitmq();
    return users.filter(isUser).flatMap(({ name }) => (name.startsWith(prefix) ? [name] : []));
  }

  async setPassword(username: string, password: Secret, { signal }: TargetCall): Promise<void> {
    const user = await this.#user(username, signal);
    // Or it would be made.
    if (user === undefined) throw new TargetError('refused', 'there is no such user');
    await this.#putUser(username, password, tagsOf(user), signal);
  }

  async verifyPassword(username: string, password: Secret, { signal }: TargetCall): Promise<boolean> {
    if (await this.#letsIn(username, password, signal)) return true;
    if (username === this.#connection.username) return false;
    // The plugin lets nobody in who has no tag for it: then what the broker keeps says it.
    const user = await this.#user(username, signal);
    return user !== undefined && isPasswordOf(password, user.password_hash ?? '', user.hashing_algorithm ?? '') === true;
  }

  async close(): Promise<void> {}

  async #letsIn(username: string, password: Secret, signal: AbortSignal): Promise<boolean> {
    try {
      const account = { username, password };
      const self = await this.#api.ask({ method: 'GET', path: ['whoami'], signal, account });
      return isUser(self) && self.name === username;
    } catch (error) {
      if (error instanceof RabbitmqRefusal && error.status === 401) return false;
      throw error;
    }
  }

  async #user(name: string, signal: AbortSignal): Promise<User | undefined> {
    const user = await this.#api.ask({ method: 'GET', path: ['users', name], signal });
    if (user === undefined) return undefined;
    if (!isUser(user) || user.name !== name) throw notRabbitmq();
    return user;
  }

  async #putUser(name: string, password: Secret, tags: readonly string[], signal: AbortSignal): Promise<void> {
    const body = {
      password_hash: passwordHash(password, this.#on.random),
      hashing_algorithm: HASHING_ALGORITHM,
      tags: tags.join(','),
    };
    await this.#put(['users', name], body, signal);
  }

  async #permit(name: string, { vhosts, vhostTopics }: RabbitmqRole, signal: AbortSignal): Promise<void> {
    for (const [vhost, permissions] of Object.entries(vhosts)) await this.#put(['permissions', vhost, name], permissions, signal);
    for (const [vhost, exchanges] of Object.entries(vhostTopics)) {
      for (const [exchange, permissions] of Object.entries(exchanges)) {
        await this.#put(['topic-permissions', vhost, name], { exchange, ...permissions }, signal);
      }
    }
  }

  async #put(path: readonly string[], body: object, signal: AbortSignal): Promise<void> {
    const answer = await this.#api.ask({ method: 'PUT', path, body, signal });
    if (answer === undefined) throw new TargetError('refused', `PUT ${path[0]}: 404`);
  }

  /** The error to tell: what it says holds only where the user is gone again. */
  async #undone(name: string, error: unknown, signal: AbortSignal): Promise<unknown> {
    try {
      await this.#deleteUser(name, signal);
      return error;
    } catch (cause) {
      const what = error instanceof TargetError ? error.message : 'failed';
      return new TargetError('unknown-outcome', `${what}; and the user could not be deleted again`, { cause });
    }
  }

  /**
   * The broker ends what they do at once when their user goes, and then waits half a minute for clients that are too busy to say that
   * they have understood. Those are cut.
   */
  async #closeConnections(user: string, signal: AbortSignal): Promise<void> {
    for (let look = 1; ; look += 1) {
      const open = await this.#connectionsOf(user, signal);
      if (open.length === 0) return;
      if (look > LOOKS) await this.#cut(user, open, signal);
      await this.#pause(signal);
    }
  }

  /** By name the plugin finds only what is older than five seconds; by user it finds all, if it is new enough to be asked so. */
  async #cut(user: string, connections: readonly string[], signal: AbortSignal): Promise<void> {
    try {
      await this.#api.ask({ method: 'DELETE', path: ['connections', 'username', user], signal });
    } catch (error) {
      if (!(error instanceof RabbitmqRefusal && error.status === 405)) throw error;
      for (const name of connections) await this.#api.ask({ method: 'DELETE', path: ['connections', name], signal });
    }
  }

  /** Of two that delete the same user at the same time, the broker answers one with an error of its own. */
  async #deleteUser(name: string, signal: AbortSignal): Promise<void> {
    try {
      await this.#api.ask({ method: 'DELETE', path: ['users', name], signal });
    } catch (error) {
      const lost = error instanceof TargetError && error.kind === 'unknown-outcome' && !signal.aborted;
      if (!lost || (await this.#user(name, signal).catch(() => error)) !== undefined) throw error;
    }
  }

  async #connectionsOf(name: string, signal: AbortSignal): Promise<readonly string[]> {
    const open = await this.#api.ask({ method: 'GET', path: ['connections', 'username', name], signal });
    if (!Array.isArray(open)) throw notRabbitmq();
    return open.flatMap((each: { readonly name?: unknown }) => (typeof each?.name === 'string' ? [each.name] : []));
  }

  async #pause(signal: AbortSignal): Promise<void> {
    await this.#on.clock.sleep(LOOK_MS, signal).catch(() => {
      throw new TargetError('unknown-outcome', 'connections of the user are still open');
    });
  }
}

function isUser(value: unknown): value is User {
  return typeof value === 'object' && value !== null && 'name' in value && typeof value.name === 'string' && 'tags' in value;
}

/** A text with commas before RabbitMQ 3.9. */
function tagsOf({ tags }: User): readonly string[] {
  const all = typeof tags === 'string' ? tags.split(',') : tags;
  return all.filter((tag) => tag !== '');
}

const notRabbitmq = () => new TargetError('refused', 'the answer is not one of the management plugin of RabbitMQ');
