import { randomBytes } from 'node:crypto';
import { inject } from 'vitest';
import { nodeNetwork } from '../../src/foundation/node-network.ts';
import { systemClock, systemRandom } from '../../src/foundation/node-ports.ts';
import { Secret } from '../../src/foundation/secret.ts';
import type { TargetError } from '../../src/leases/engines/engine.ts';
import { newPostgresqlConnection, type PostgresqlConnection } from '../../src/leases/engines/postgresql/connection.ts';
import { newPostgresqlRole, type PostgresqlRole } from '../../src/leases/engines/postgresql/role.ts';
import { postgresqlEngine } from '../../src/leases/engines/postgresql.ts';
import { startPostgresql } from '../testing/postgresql.ts';
import { newLease, within } from './conformance.ts';

export const on = { network: nodeNetwork, clock: systemClock, random: systemRandom };
/** A password that nobody knows. */
export const own = () => randomBytes(12).toString('hex');
export const create = "CREATE ROLE {{name}} LOGIN PASSWORD '{{password}}' VALID UNTIL '{{expiration}}'";
/** Statements of a role that may read a table. */
export const reads = [create, 'GRANT USAGE ON SCHEMA features TO {{name}}; GRANT SELECT ON features.images TO {{name}}'];

/** A server with a table, an account that may issue credentials for it, and one that may only log in. */
export async function startWorld() {
  const server = await startPostgresql(inject('services').postgresql ?? '');
  const passwords = { vault: own(), powerless: own() };
  await server.query(
    `CREATE SCHEMA features; CREATE TABLE features.images (id int); INSERT INTO features.images VALUES (1);
    CREATE SCHEMA results;
    CREATE ROLE vault LOGIN CREATEROLE PASSWORD '${passwords.vault}';
    CREATE ROLE powerless LOGIN PASSWORD '${passwords.powerless}';
    GRANT USAGE ON SCHEMA features, results TO vault WITH GRANT OPTION;
    GRANT SELECT ON features.images TO vault WITH GRANT OPTION;
    GRANT CREATE ON SCHEMA results TO vault WITH GRANT OPTION;
    CREATE ROLE job_results NOLOGIN; GRANT job_results TO vault; GRANT CREATE, USAGE ON SCHEMA results TO job_results`,
  );
  await server.query('CREATE DATABASE second');
  await server.query('GRANT CREATE ON SCHEMA public TO PUBLIC', undefined, 'second');
  const connection = (more: object = {}): PostgresqlConnection => ({
    ...newPostgresqlConnection,
    connectionUrl: `postgresql://{{username}}:{{password}}@127.0.0.1:${server.port}/postgres?sslmode=verify-full`,
    tlsCa: server.ca,
    username: 'vault',
    password: Secret.fromText(passwords.vault),
    ...more,
  });
  const powerless = { username: 'powerless', password: Secret.fromText(passwords.powerless) };
  const opened: { close(): Promise<void> }[] = [];
  /** As `vault`, who lacks no right. */
  const open = (more: object = {}, using = on) => {
    const target = postgresqlEngine.open(connection(more), using);
    opened.push(target);
    return target;
  };
  async function ask(more: Partial<PostgresqlRole> = {}, lease = newLease()) {
    const role = { ...newPostgresqlRole, creationStatements: reads, ...more };
    return { lease, role, material: await postgresqlEngine.prepare(role, lease, on, {}), handle: undefined };
  }
  async function issue(more: Partial<PostgresqlRole> = {}, target = open()) {
    const ref = await ask(more);
    await target.create(ref, within(20_000));
    return { ref, target, login: { username: ref.lease.externalName, password: ref.material.password.text } };
  }
  const exists = async (name: string) => (await server.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [name])).length > 0;
  const stop = async () => {
    await Promise.all(opened.map((each) => each.close()));
    await server.stop();
  };
  return { server, connection, powerless, open, ask, issue, exists, stop };
}

/** @throws Error where it succeeded */
export async function errorOf(work: Promise<unknown> | undefined): Promise<TargetError> {
  const error = await work?.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof Error) return error as TargetError;
  throw new Error('it succeeded');
}
