import type { Clock } from '../../../foundation/ports.ts';
import type { Secret } from '../../../foundation/secret.ts';
import { type CredentialRef, type Sealable, type Shortfall, type Target, type TargetCall, TargetError } from '../engine.ts';
import { accountsNamed, checkSeesSessions, dropAccounts, endSessions, lockAccounts, namesWithPrefix } from './accounts.ts';
import { changePassword } from './change-password.ts';
import { shortfallsOf, tryStatements } from './checkup.ts';
import type { MysqlConnection } from './connection.ts';
import { makeAccount, runStatements, valuesOf } from './credential.ts';
import { Dialer } from './dial.ts';
import { errors, MysqlRefusal } from './failure.ts';
import { MysqlPool } from './pool.ts';
import { type MysqlRole, parse } from './role.ts';
import type { MysqlSession } from './session.ts';

export interface MysqlMaterial extends Sealable {
  readonly password: Secret;
}

type Ref = CredentialRef<MysqlRole, MysqlMaterial, Sealable>;

/** One server of MariaDB or MySQL. */
export class MysqlTarget implements Target<MysqlRole, MysqlMaterial, Sealable> {
  readonly #connection: MysqlConnection;
  readonly #clock: Clock;
  readonly #dialer: Dialer;
  readonly #pool: MysqlPool;

  constructor(connection: MysqlConnection, clock: Clock) {
    this.#connection = connection;
    this.#clock = clock;
    this.#dialer = new Dialer(connection);
    this.#pool = new MysqlPool(connection, this.#dialer, clock);
  }

  async check(roles: readonly MysqlRole[], { signal }: TargetCall): Promise<readonly Shortfall[]> {
    return await this.#pool.use({ signal }, (session) => shortfallsOf(session, roles));
  }

  async tryRole(role: MysqlRole, { signal }: TargetCall): Promise<void> {
    await this.#pool.use({ signal }, (session) => tryStatements(session, role));
  }

  async create({ lease, role, material }: Ref, { signal }: TargetCall) {
    if (material === undefined) throw new TargetError('refused', 'it was given already');
    const { password } = material;
    const { externalName } = lease;
    await this.#pool.use({ signal, hidden: [password.text] }, async (session) => {
      // What an earlier try left behind has perhaps another password, and lacks what came after it.
      await dropAccounts(session, await accountsNamed(session, externalName));
      try {
        await makeAccount(session, role, lease, password);
        if ((await accountsNamed(session, externalName)).length === 0) {
          throw new TargetError('refused', 'creation_statements made no account called {{name}}');
        }
      } catch (error) {
        if (error instanceof TargetError && error.kind !== 'unknown-outcome') await this.#undo(session, { lease, role });
        throw error;
      }
    });
    return { handle: {}, output: { username: externalName, password } };
  }

  /** Nothing is left of an account that was half made, or it is said that nobody knows. */
  async #undo(session: MysqlSession, { lease, role }: Pick<Ref, 'lease' | 'role'>): Promise<void> {
    const rollback = parse(role.rollbackStatements, 'rollback_statements');
    try {
      await runStatements(session, rollback, { where: 'rollback_statements', values: valuesOf(lease) }).catch(unlessRefused);
      await dropAccounts(session, await accountsNamed(session, lease.externalName));
    } catch {
      throw new TargetError('unknown-outcome', 'a part of it was done, and could not be undone');
    }
  }

  async renew({ lease, role }: Ref, { signal }: TargetCall): Promise<number> {
    await this.#pool.use({ signal }, async (session) => {
      if ((await accountsNamed(session, lease.externalName)).length === 0) throw new TargetError('refused', 'it is gone');
      const statements = parse(role.renewStatements, 'renew_statements');
      await runStatements(session, statements, { where: 'renew_statements', values: valuesOf(lease) });
    });
    return lease.expiresAt;
  }

  /** The role's own statements are run while the account is there; should they fail, it goes all the same, and then that is said. */
  async revoke({ lease, role }: Ref, { signal }: TargetCall): Promise<void> {
    const name = lease.externalName;
    await this.#pool.use({ signal }, async (session) => {
      const accounts = await accountsNamed(session, name);
      await lockAccounts(session, accounts);
      await endSessions(session, name, this.#clock, signal);
      const failure = accounts.length === 0 ? undefined : await this.#runRevocation(session, { lease, role });
      await dropAccounts(session, await accountsNamed(session, name));
      await checkSeesSessions(session);
      // Whoever was logging in while the account was locked.
      await endSessions(session, name, this.#clock, signal);
      if ((await accountsNamed(session, name)).length > 0) throw new TargetError('unknown-outcome', 'it is still there');
      if (failure !== undefined) throw failure;
    });
  }

  async #runRevocation(session: MysqlSession, { lease, role }: Pick<Ref, 'lease' | 'role'>): Promise<TargetError | undefined> {
    const statements = parse(role.revocationStatements, 'revocation_statements');
    return await runStatements(session, statements, { where: 'revocation_statements', values: valuesOf(lease) }).then(
      () => undefined,
      unlessRefused,
    );
  }

  async probe({ lease }: Ref, { signal }: TargetCall): Promise<'unlimited' | undefined> {
    const accounts = await this.#pool.use({ signal }, (session) => accountsNamed(session, lease.externalName));
    return accounts.length === 0 ? undefined : 'unlimited';
  }

  async list(prefix: string, { signal }: TargetCall): Promise<readonly string[]> {
    return await this.#pool.use({ signal }, (session) => namesWithPrefix(session, prefix));
  }

  async setPassword(username: string, password: Secret, { signal }: TargetCall): Promise<void> {
    const statements = username === this.#connection.username ? this.#connection.rootRotationStatements : [];
    await this.#pool.use({ signal, hidden: [password.text] }, (session) =>
      changePassword(session, { username, own: username === this.#connection.username, password, statements }),
    );
  }

  async verifyPassword(username: string, password: Secret, { signal }: TargetCall): Promise<boolean> {
    try {
      const line = await this.#dialer.connect({ username, password }, signal, false);
      line.end();
      return true;
    } catch (error) {
      if (error instanceof MysqlRefusal && error.errno === errors.accessDenied) return false;
      throw error;
    }
  }

  async close(): Promise<void> {
    this.#pool.close();
  }
}

function unlessRefused(error: unknown): TargetError {
  if (error instanceof TargetError && error.kind === 'refused') return error;
  throw error;
}
