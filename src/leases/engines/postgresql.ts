import { WatchwordError } from '../../foundation/errors.ts';
import type { Secret } from '../../foundation/secret.ts';
import {
  type Created,
  type CredentialEngine,
  type CredentialRef,
  type EngineDependencies,
  type Shortfall,
  type Target,
  type TargetCall,
  TargetError,
} from './engine.ts';
import { newPassword } from './password.ts';
import { accountId, ownAccount, quoted, timestampOf, validUntil } from './postgresql/accounts.ts';
import {
  checkPostgresqlConnection,
  newPostgresqlConnection,
  type PostgresqlConnection,
  postgresqlConnectionFields,
} from './postgresql/connection.ts';
import { refuseOwnAccount } from './postgresql/own-account.ts';
import { rehearse } from './postgresql/rehearsal.ts';
import { revokeAccount } from './postgresql/revocation.ts';
import { shortfallsOf, toldWithRemedy } from './postgresql/rights.ts';
import {
  checkPostgresqlRole,
  newPostgresqlRole,
  type PostgresqlRole,
  postgresqlRoleFields,
  saysItsEnd,
  statementsOf,
} from './postgresql/role.ts';
import { scramVerifier } from './postgresql/scram.ts';
import { PostgresqlServer } from './postgresql/server.ts';
import { PostgresqlRefusal } from './postgresql/session.ts';
import { inTransaction, RoleRefusal, runAtOnce, runStatements } from './postgresql/transaction.ts';
import { quoteLiteral, render } from './statements.ts';

interface PostgresqlMaterial {
  readonly password: Secret;
}

type PostgresqlHandle = Readonly<Record<string, never>>;
type Ref = CredentialRef<PostgresqlRole, PostgresqlMaterial, PostgresqlHandle>;

const SALT_BYTES = 16;

/** Accounts of a PostgreSQL server, made by the statements of an operator. */
export const postgresqlEngine: CredentialEngine<PostgresqlConnection, PostgresqlRole, PostgresqlMaterial, PostgresqlHandle> = {
  kind: 'postgresql',
  summary: 'Accounts of PostgreSQL',
  mount: 'database',
  plugins: ['postgresql-database-plugin'],
  traits: { revocation: 'hard', renewable: true, targetExpires: true, naming: 'ours' },
  connection: {
    fields: postgresqlConnectionFields,
    initial: newPostgresqlConnection,
    address: ['connectionUrl'],
    clear: [
      'connectionUrl',
      'username',
      'maxOpenConnections',
      'maxIdleConnections',
      'maxConnectionLifetime',
      'tlsCa',
      'tlsCertificate',
      'passwordAuthentication',
      'ownedObjectsTo',
    ],
    check: checkPostgresqlConnection,
    account: { username: 'username', password: 'password' },
  },
  role: { fields: postgresqlRoleFields, initial: newPostgresqlRole, check: checkPostgresqlRole },
  prepare: (_role, _lease, { random }) => ({ password: newPassword(random) }),
  open: (connection, on) => new PostgresqlTarget(connection, on),
};

class PostgresqlTarget implements Target<PostgresqlRole, PostgresqlMaterial, PostgresqlHandle> {
  readonly #server: PostgresqlServer;
  readonly #ownedObjectsTo: string;
  readonly #on: EngineDependencies;

  constructor(connection: PostgresqlConnection, on: EngineDependencies) {
    this.#server = new PostgresqlServer(connection);
    this.#ownedObjectsTo = connection.ownedObjectsTo;
    this.#on = on;
  }

  check(roles: readonly PostgresqlRole[], call: TargetCall): Promise<readonly Shortfall[]> {
    const question = { username: this.#server.username, roles, ownedObjectsTo: this.#ownedObjectsTo };
    return this.#server.session(call, [], (session) => shortfallsOf(session, question, this.#on));
  }

  async tryRole(role: PostgresqlRole, call: TargetCall): Promise<void> {
    try {
      refuseOwnAccount(role, this.#server.username);
      await this.#server.session(call, [], async (session) => {
        await rehearse(session, role, await ownAccount(session), this.#on);
      });
    } catch (error) {
      if (!(error instanceof PostgresqlRefusal)) throw error;
      const where = error instanceof RoleRefusal ? error.field : 'creation_statements';
      throw new WatchwordError('engine.invalid', toldWithRemedy(error, this.#server.username), { where, cause: error });
    }
  }

  async create(ref: Ref, call: TargetCall): Promise<Created<PostgresqlHandle>> {
    const { lease, role, material } = ref;
    if (material === undefined) throw new TargetError('refused', 'it was given already');
    // Roles are kept untried where the server did not answer.
    refuseOwnAccount(role, this.#server.username);
    const { externalName: name, expiresAt } = lease;
    const verifier = await this.#verifier(material.password);
    const values = { name, username: name, password: verifier, expiration: timestampOf(expiresAt) };
    const statements = statementsOf(role, 'creation_statements');
    // Whatever they say of it, and so that they made the role at all.
    const end = saysItsEnd(statements) ? [] : [validUntil(name, expiresAt)];
    const secrets = [material.password.text, verifier];
    const rendered = [...statements.map((statement) => render(statement, values)), ...end];
    const execution = await this.#server.session(call, secrets, (session) => runAtOnce(session, { on: this.#on }, rendered));
    if (execution === 'ungranted') await this.#takeBack(ref, call);
    if (execution !== 'kept') {
      await this.#server.session(call, secrets, (session) =>
        inTransaction(session, { on: this.#on }, async () => {
          await runStatements(session, statements, { field: 'creation_statements', values });
          for (const statement of end) await session.query(statement);
        }),
      );
    }
    return { handle: {}, output: { username: name, password: material.password } };
  }

  /** Of an account that got less than its role says. */
  async #takeBack(ref: Ref, call: TargetCall): Promise<void> {
    try {
      await this.revoke(ref, call);
    } catch (error) {
      throw new TargetError('unknown-outcome', 'an account without all of its rights was made, and is taken back', {
        cause: error,
      });
    }
  }

  async renew({ lease, role }: Ref, call: TargetCall): Promise<number> {
    const { externalName: name, expiresAt } = lease;
    const values = { name, username: name, expiration: timestampOf(expiresAt) };
    const statements = statementsOf(role, 'renew_statements');
    await this.#server.session(call, [], (session) =>
      inTransaction(session, { on: this.#on }, async () => {
        if ((await accountId(session, name)) === undefined) throw new TargetError('refused', 'the account is gone');
        await runStatements(session, statements, { field: 'renew_statements', values });
        await session.query(validUntil(name, expiresAt));
      }),
    );
    return expiresAt;
  }

  revoke({ lease, role }: Ref, call: TargetCall): Promise<void> {
    const { externalName: name, expiresAt } = lease;
    const recipient = role.ownedObjectsTo || this.#ownedObjectsTo;
    return revokeAccount(this.#server, { name, role, expiresAt, recipient }, call, this.#on);
  }

  probe({ lease }: Ref, call: TargetCall): Promise<number | 'unlimited' | undefined> {
    return this.#server.session(call, [], async (session) => {
      const { rows } = await session.query(
        `SELECT CASE WHEN pg_catalog.isfinite(rolvaliduntil) THEN extract(epoch FROM rolvaliduntil)::float8 * 1000 END AS ends
         FROM pg_catalog.pg_roles WHERE rolname = $1`,
        [lease.externalName],
      );
      const [row] = rows;
      if (row === undefined) return undefined;
      return row['ends'] === null ? 'unlimited' : Math.round(Number(row['ends']));
    });
  }

  list(prefix: string, call: TargetCall): Promise<readonly string[]> {
    return this.#server.session(call, [], async (session) => {
      const { rows } = await session.query(
        `SELECT rolname::text AS name FROM pg_catalog.pg_roles
         WHERE pg_catalog."left"(rolname::text, pg_catalog.length($1::text)) = $1::text`,
        [prefix],
      );
      return rows.map(({ name }) => String(name));
    });
  }

  async setPassword(username: string, password: Secret, call: TargetCall): Promise<void> {
    const verifier = await this.#verifier(password);
    await this.#server.session(call, [password.text, verifier], async (session) => {
      await session.query(`ALTER ROLE ${quoted(username)} PASSWORD ${quoteLiteral(verifier, 'postgresql')}`);
    });
  }

  verifyPassword(username: string, password: Secret, call: TargetCall): Promise<boolean> {
    return this.#server.admits(username, password, call);
  }

  close(): Promise<void> {
    return this.#server.close();
  }

  #verifier(password: Secret): Promise<string> {
    // What another character becomes is a matter of SASLprep.
    if (!/^[ -~]+$/.test(password.text)) throw new TargetError('refused', 'the password must be printable ASCII');
    return scramVerifier(password, this.#on.random.bytes(SALT_BYTES));
  }
}
