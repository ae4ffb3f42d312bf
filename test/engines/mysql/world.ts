import { randomBytes } from 'node:crypto';
import { nodeNetwork } from '../../../src/foundation/node-network.ts';
import { systemClock, systemRandom } from '../../../src/foundation/node-ports.ts';
import { Secret } from '../../../src/foundation/secret.ts';
import { TargetError } from '../../../src/leases/engines/engine.ts';
import { type MysqlConnection, newMysqlConnection } from '../../../src/leases/engines/mysql/connection.ts';
import { type MysqlRole, newMysqlRole } from '../../../src/leases/engines/mysql/role.ts';
import { mysqlEngine } from '../../../src/leases/engines/mysql.ts';
import { type Mariadb, startMariadb } from '../../testing/mariadb.ts';
import { newLease } from '../conformance.ts';

/** The configured account in tests, with the rights that the documentation names. */
export const ADMIN = 'watchword';

export const grantsRole = { grants: ['SELECT ON features.*'] };
export const statementsRole = {
  creationStatements: ["CREATE USER '{{name}}'@'%' IDENTIFIED BY '{{password}}'; GRANT SELECT ON features.* TO '{{name}}'@'%'"],
  revocationStatements: ["REVOKE ALL PRIVILEGES, GRANT OPTION FROM '{{name}}'@'%'"],
};

/** A database with something in it, the configured account, and `powerless` with the same password, which is given. */
export async function prepareMariadb({ sql }: Mariadb): Promise<string> {
  const password = randomBytes(12).toString('hex');
  await sql(`
    CREATE DATABASE features;
    CREATE TABLE features.vectors (v INT);
    INSERT INTO features.vectors VALUES (1), (2);
    CREATE USER '${ADMIN}'@'%' IDENTIFIED BY '${password}';
    GRANT CREATE USER, PROCESS, CONNECTION ADMIN ON *.* TO '${ADMIN}'@'%';
    GRANT SELECT ON mysql.user TO '${ADMIN}'@'%';
    GRANT SELECT, INSERT ON features.* TO '${ADMIN}'@'%' WITH GRANT OPTION;
    CREATE USER 'powerless'@'%' IDENTIFIED BY '${password}';
  `);
  return password;
}

export function adminOf({ port, ca }: Mariadb, password: string, tls = false): MysqlConnection {
  const place = tls ? `localhost:${port}` : `127.0.0.1:${port}`;
  return {
    ...newMysqlConnection,
    connectionUrl: `{{username}}:{{password}}@tcp(${place})/`,
    username: ADMIN,
    password: Secret.fromText(password),
    tlsCa: tls ? ca : '',
  };
}

const on = { network: nodeNetwork, clock: systemClock, random: systemRandom };

export const roleOf = (role: Partial<MysqlRole>): MysqlRole => ({ ...newMysqlRole, ...role });

/** What work was refused with. Rejects where it succeeds, or fails otherwise. */
export const failureOf = (work: Promise<unknown> | undefined): Promise<TargetError> =>
  Promise.resolve(work).then(
    () => Promise.reject(new Error('it succeeded')),
    (error: unknown) => (error instanceof TargetError ? error : Promise.reject(error)),
  );

/** A prepared server, and targets that are opened at it. */
export class MysqlWorld {
  #server: Mariadb | undefined;
  #password = '';
  readonly #opened: { close(): Promise<void> }[] = [];

  async start(): Promise<void> {
    this.#server = await startMariadb();
    this.#password = await prepareMariadb(this.#server);
  }

  async stop(): Promise<void> {
    await Promise.all(this.#opened.map((target) => target.close()));
    await this.#server?.stop();
  }

  get server(): Mariadb {
    if (this.#server === undefined) throw new TypeError('it was not started');
    return this.#server;
  }

  /** Of the configured account and of `powerless`. */
  get password(): string {
    return this.#password;
  }

  /** How many targets were opened. */
  get opened(): number {
    return this.#opened.length;
  }

  /** A target of the configured account, without TLS unless the settings say so. */
  readonly open = (settings: Partial<MysqlConnection> = {}) => {
    const target = mysqlEngine.open({ ...adminOf(this.server, this.password), ...settings }, on);
    this.#opened.push(target);
    return target;
  };

  /** A credential of this role that the server has not heard of. */
  readonly refOf = async (role: Partial<MysqlRole>) => {
    const lease = newLease();
    const material = await mysqlEngine.prepare(roleOf(role), lease, on, {});
    return { lease, role: roleOf(role), material, handle: undefined };
  };

  /** Accounts of this name: digits. */
  readonly countOf = async (name: string) =>
    (await this.server.sql(`SELECT COUNT(*) FROM mysql.user WHERE User = '${name}'`)).trim();
}
