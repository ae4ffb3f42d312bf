import { WatchwordError } from '../../../foundation/errors.ts';
import type { Secret } from '../../../foundation/secret.ts';
import {
  type CredentialRef,
  type EngineDependencies,
  type Shortfall,
  type Target,
  type TargetCall,
  TargetError,
} from '../engine.ts';
import { newPassword } from '../password.ts';
import { Accounts, notOpensearch } from './accounts.ts';
import { shortfallsOf } from './checkup.ts';
import type { OpensearchConnection } from './connection.ts';
import { type Grants, grantsOf, type OpensearchRole } from './role.ts';
import { type Account, OpensearchRefusal } from './security-api.ts';

export interface OpensearchMaterial {
  readonly password: Secret;
}

/** Nothing but the name is needed to find a user again. */
export type OpensearchHandle = Record<string, never>;

const NOT_LET_IN = 'its user is made and not let in';
const REMEDY = 'with send_password=true the server makes the hashes of passwords itself';

type Ref = CredentialRef<OpensearchRole, OpensearchMaterial, OpensearchHandle>;

/** One cluster, by the security plugin of whichever node answers. */
export class OpensearchTarget implements Target<OpensearchRole, OpensearchMaterial, OpensearchHandle> {
  readonly #accounts: Accounts;
  readonly #connection: OpensearchConnection;
  readonly #on: EngineDependencies;

  constructor(connection: OpensearchConnection, on: EngineDependencies) {
    this.#connection = connection;
    this.#on = on;
    this.#accounts = new Accounts(connection, on);
  }

  async check(roles: readonly OpensearchRole[], { signal }: TargetCall): Promise<readonly Shortfall[]> {
    return await shortfallsOf(this.#accounts, this.#connection.username, roles.map(grantsOf), signal);
  }

  /** Makes a user by the role, whose password nobody knows, looks what it may do, and deletes it. */
  async tryRole(role: OpensearchRole, { signal }: TargetCall): Promise<void> {
    const grants = grantsOf(role);
    try {
      await this.#trial(grants, signal, async (account) => {
        if (!(await this.verifyPassword(account.username, account.password, { signal })))
          throw invalid(`${NOT_LET_IN}: ${REMEDY}`);
        await this.#inspect(account, grants, signal);
      });
    } catch (error) {
      if (!(error instanceof OpensearchRefusal) || (error.status !== 400 && error.status !== 404)) throw error;
      throw invalid(`the server says: ${error.message}`);
    }
  }

  async create({ lease, role, material }: Ref, { signal }: TargetCall) {
    if (material === undefined) throw new TargetError('refused', 'it was given already');
    const { externalName: name, holder } = lease;
    const { password } = material;
    await this.#accounts.make({ name, password, grants: grantsOf(role), description: `Watchword, for ${holder}` }, signal);
    return { handle: {}, output: { username: name, password } };
  }

  async renew(ref: Ref, call: TargetCall): Promise<number> {
    if ((await this.#accounts.user(ref.lease.externalName, call.signal)) === undefined)
      throw new TargetError('refused', 'there is no such user any more');
    return ref.lease.expiresAt;
  }

  async revoke({ lease }: Ref, { signal }: TargetCall): Promise<void> {
    await this.#accounts.remove(lease.externalName, signal);
  }

  async probe({ lease }: Ref, { signal }: TargetCall): Promise<'unlimited' | undefined> {
    const { externalName: name } = lease;
    const found = (await this.#accounts.user(name, signal)) ?? (await this.#accounts.role(name, signal));
    return found === undefined ? undefined : 'unlimited';
  }

  async list(prefix: string, { signal }: TargetCall): Promise<readonly string[]> {
    return (await this.#accounts.names(signal)).filter((name) => name.startsWith(prefix));
  }

  async setPassword(username: string, password: Secret, { signal }: TargetCall): Promise<void> {
    const user = await this.#accounts.user(username, signal);
    if (user === undefined) throw new TargetError('refused', 'there is no such internal user');
    if (user['reserved'] === true || user['hidden'] === true) {
      throw new TargetError('refused', 'it is a reserved or hidden user: only the plugin’s own tools change its password');
    }
    // Or nobody could log in as this account again, ourselves included.
    if (!this.#connection.sendPassword && !(await this.#believesHashes(signal))) {
      throw new TargetError('refused', `${NOT_LET_IN}: ${REMEDY}`);
    }
    await this.#accounts.setPassword(username, password, signal);
  }

  async verifyPassword(username: string, password: Secret, { signal }: TargetCall): Promise<boolean> {
    try {
      const self = await this.#accounts.get({ path: ['authinfo'], signal, account: { username, password } });
      return self?.['user_name'] === username;
    } catch (error) {
      if (error instanceof OpensearchRefusal && error.status === 401) return false;
      throw error;
    }
  }

  async close(): Promise<void> {}

  #believesHashes(signal: AbortSignal): Promise<boolean> {
    const nothing = { opensearch_roles: [], backend_roles: [] };
    return this.#trial(nothing, signal, ({ username, password }) => this.verifyPassword(username, password, { signal }));
  }

  /** With a user that is there for this long. */
  async #trial<Result>(grants: Grants, signal: AbortSignal, look: (account: Account) => Promise<Result>): Promise<Result> {
    const username = `ww_try_${this.#on.random.bytes(12).toString('hex')}`;
    const password = newPassword(this.#on.random);
    try {
      await this.#accounts.make({ name: username, password, grants, description: 'Watchword, a trial' }, signal);
      return await look({ username, password });
    } finally {
      password.dispose();
      await this.#accounts.remove(username, signal);
    }
  }

  async #inspect(account: Account, grants: Grants, signal: AbortSignal): Promise<void> {
    const info = await this.#accounts.get({ path: ['api', 'permissionsinfo'], signal, account });
    if (info === undefined) throw notOpensearch();
    if (info['has_api_access'] !== false) throw invalid('by it, holders make users that outlive every lease');
    if (await this.#accounts.makesToken(account, signal)) throw invalid('by it, holders make tokens that outlive their lease');
    for (const name of grants.opensearch_roles) {
      const permissions = (await this.#accounts.role(name, signal))?.['cluster_permissions'];
      if (Array.isArray(permissions) && permissions.some((each) => String(each).startsWith('restapi:'))) {
        throw invalid(`${name}: by it, holders make users that outlive every lease`);
      }
    }
  }
}

const invalid = (what: string) =>
  new WatchwordError('engine.invalid', `creation_statements: ${what}`, { where: 'creation_statements' });
