import type { Secret } from '../../../foundation/secret.ts';
import {
  type Created,
  type CredentialRef,
  type EngineDependencies,
  type Shortfall,
  type Target,
  type TargetCall,
  TargetError,
} from '../engine.ts';
import type { MlflowConnection } from './connection.ts';
import { excessDefault, findGrants, grant } from './grants.ts';
import { MlflowApi, MlflowRefusal } from './mlflow-api.ts';
import type { MlflowRole } from './role.ts';

export interface MlflowMaterial {
  readonly password: Secret;
}

/** Nothing but the name is needed to find a user again. */
export type MlflowHandle = Record<string, never>;

type Ref = CredentialRef<MlflowRole, MlflowMaterial, MlflowHandle>;

const USERS = '2.0/mlflow/users';
const DEFAULT_REMEDY =
  'set default_permission = NO_PERMISSIONS in the file of MLFLOW_AUTH_CONFIG_PATH, or default_permission in the role';

/** One MLflow server. */
export class MlflowTarget implements Target<MlflowRole, MlflowMaterial, MlflowHandle> {
  readonly #api: MlflowApi;
  readonly #connection: MlflowConnection;

  constructor(connection: MlflowConnection, { network }: EngineDependencies) {
    this.#connection = connection;
    this.#api = new MlflowApi(connection, network);
  }

  async check(roles: readonly MlflowRole[], { signal }: TargetCall): Promise<readonly Shortfall[]> {
    const { username } = this.#connection;
    const self = await this.#user(username, signal);
    if (self?.['is_admin'] !== true) {
      const body = `{"username": "${username}", "is_admin": true}`;
      return [{ what: 'create and delete users', remedy: `as another administrator: PATCH ${USERS}/update-admin ${body}` }];
    }
    const shortfalls: Shortfall[] = [];
    for (const role of roles) {
      const excess = await excessDefault(this.#api, username, role, signal);
      if (excess !== undefined)
        shortfalls.push({ what: `give users no more than their role: all have ${excess}`, remedy: DEFAULT_REMEDY });
      const { missing } = await findGrants(this.#api, role, signal);
      for (const what of missing) shortfalls.push({ what: `give rights on ${what}`, remedy: `create ${what}` });
    }
    return shortfalls;
  }

  async create({ lease, role, material }: Ref, { signal }: TargetCall): Promise<Created<MlflowHandle>> {
    if (material === undefined) throw new TargetError('refused', 'it was given already');
    const name = lease.externalName;
    const { grants, missing } = await findGrants(this.#api, role, signal);
    if (missing.length > 0) throw new TargetError('refused', `${missing.join(', ')}: not there`);
    await this.#makeUser(name, material.password, signal);
    try {
      const excess = await excessDefault(this.#api, name, role, signal);
      if (excess !== undefined) throw new TargetError('refused', `every user has ${excess} on everything: ${DEFAULT_REMEDY}`);
      for (const each of grants) await grant(this.#api, name, each, signal);
    } catch (error) {
      throw await this.#undone(name, error, signal);
    }
    return { handle: {}, output: { username: name, password: material.password, trackingUri: this.#connection.url } };
  }

  async renew({ lease }: Ref, { signal }: TargetCall): Promise<number> {
    if ((await this.#user(lease.externalName, signal)) === undefined)
      throw new TargetError('refused', 'there is no such user any more');
    return lease.expiresAt;
  }

  /** Every request brings the password along: without a user there is nothing left of it. */
  async revoke({ lease }: Ref, { signal }: TargetCall): Promise<void> {
    await this.#deleteUser(lease.externalName, signal);
    if ((await this.#user(lease.externalName, signal)) !== undefined)
      throw new TargetError('unknown-outcome', 'the user is still there');
  }

  async probe({ lease }: Ref, { signal }: TargetCall): Promise<'unlimited' | undefined> {
    return (await this.#user(lease.externalName, signal)) === undefined ? undefined : 'unlimited';
  }

  async list(prefix: string, { signal }: TargetCall): Promise<readonly string[]> {
    const users = (await this.#api.ask({ method: 'GET', path: `${USERS}/list`, signal }))?.['users'];
    if (!Array.isArray(users)) throw notMlflow();
    const names = users.map((user: { readonly username?: unknown } | null) => user?.username);
    return names.filter((name): name is string => typeof name === 'string' && name.startsWith(prefix));
  }

  async setPassword(username: string, password: Secret, { signal }: TargetCall): Promise<void> {
    const { username: own, password: current } = this.#connection;
    if (username !== own) return await this.#putPassword({ username, password: password.text }, signal);
    // Of the own account it takes no password that it has already, and wants to hear the one before.
    if (await this.#letsIn(username, password, signal)) return;
    await this.#putPassword({ username, password: password.text, current_password: current?.text ?? '' }, signal);
  }

  async verifyPassword(username: string, password: Secret, { signal }: TargetCall): Promise<boolean> {
    return await this.#letsIn(username, password, signal);
  }

  async close(): Promise<void> {}

  async #letsIn(username: string, password: Secret, signal: AbortSignal): Promise<boolean> {
    try {
      const account = { username, password };
      const answer = await this.#api.ask({ method: 'GET', path: `${USERS}/get`, query: { username }, signal, account });
      return isUser(answer?.['user'], username);
    } catch (error) {
      if (error instanceof MlflowRefusal && error.status === 401) return false;
      throw error;
    }
  }

  async #user(username: string, signal: AbortSignal): Promise<Readonly<Record<string, unknown>> | undefined> {
    const answer = await this.#api.ask({ method: 'GET', path: `${USERS}/get`, query: { username }, signal });
    if (answer === undefined) return undefined;
    const user = answer['user'];
    if (!isUser(user, username)) throw notMlflow();
    return user;
  }

  /** One that is there already was made by the same lease. */
  async #makeUser(username: string, password: Secret, signal: AbortSignal): Promise<void> {
    const body = { username, password: password.text };
    try {
      await this.#api.ask({ method: 'POST', path: `${USERS}/create`, body, signal });
    } catch (error) {
      if (!(error instanceof MlflowRefusal && error.code === 'RESOURCE_ALREADY_EXISTS')) throw error;
      await this.#putPassword(body, signal);
    }
  }

  async #putPassword(body: object, signal: AbortSignal): Promise<void> {
    const answer = await this.#api.ask({ method: 'PATCH', path: `${USERS}/update-password`, body, signal });
    if (answer === undefined) throw new TargetError('refused', 'there is no such user');
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

  async #deleteUser(username: string, signal: AbortSignal): Promise<void> {
    await this.#api.ask({ method: 'DELETE', path: `${USERS}/delete`, body: { username }, signal });
  }
}

function isUser(value: unknown, username: string): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && 'username' in value && value.username === username;
}

const notMlflow = () => new TargetError('refused', 'the answer is not one of MLflow with basic authentication');
