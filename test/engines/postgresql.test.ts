import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { systemClock, systemRandom } from '../../src/foundation/node-ports.ts';
import { Secret } from '../../src/foundation/secret.ts';
import { newPassword } from '../../src/leases/engines/password.ts';
import { newPostgresqlRole } from '../../src/leases/engines/postgresql/role.ts';
import { postgresqlEngine } from '../../src/leases/engines/postgresql.ts';
import { freePort } from '../testing/daemon.ts';
import { conformanceSuite, type Output, type World, within } from './conformance.ts';
import { create, errorOf, on, own, reads, startWorld } from './postgresql-world.ts';

const textOf = (value: Output[string] | undefined): string => (value instanceof Secret ? value.text : String(value));

describe.skipIf(!inject('services').postgresql)('the engine of PostgreSQL', () => {
  conformanceSuite({
    engine: postgresqlEngine,
    waitsForEnd: true,
    async start(): Promise<World> {
      const { server, connection, powerless, stop } = await startWorld();
      return {
        connection: connection(),
        role: { creationStatements: reads },
        powerless: connection(powerless),
        wrongPassword: connection({ password: Secret.fromText(own()) }),
        nobody: connection({ connectionUrl: `postgresql://{{username}}:{{password}}@127.0.0.1:${await freePort()}/postgres` }),
        async logIn({ username, password }) {
          const client = await server.connect({ username: textOf(username), password: textOf(password) });
          return { use: async () => void (await client.query('SELECT id FROM features.images')), close: () => client.end() };
        },
        stop,
      };
    },
  });
});

describe.skipIf(!inject('services').postgresql)('PostgreSQL', () => {
  let world: Awaited<ReturnType<typeof startWorld>>;
  beforeAll(async () => {
    world = await startWorld();
  }, 60_000);
  afterAll(() => world?.stop(), 30_000);

  test('never hears or logs a password', async () => {
    const { ref, target, login } = await world.issue();
    expect(await world.server.psql(login, 'SELECT count(*) FROM features.images')).toBe('1');
    const next = newPassword(systemRandom);
    await target.setPassword?.(login.username, next, within(10_000));
    expect(await target.verifyPassword?.(login.username, next, within(10_000))).toBe(true);
    expect(await target.verifyPassword?.(login.username, ref.material.password, within(10_000))).toBe(false);
    await target.revoke(ref, within(20_000));
    const log = await world.server.log();
    expect(log).toContain(login.username);
    for (const password of [ref.material.password.text, next.text]) expect(log).not.toContain(password);
  });

  test('ends what is open in psql, before its next statement', async () => {
    const { ref, target, login } = await world.issue();
    const running = world.server.psql(
      login,
      "SELECT pg_sleep(0.2); SELECT id FROM features.images; SELECT pg_sleep(60); SELECT 'alive'",
    );
    running.catch(() => undefined);
    await pause(400);
    const started = Date.now();
    await target.revoke(ref, within(20_000));
    expect(Date.now() - started).toBeLessThan(5000);
    await expect(running).rejects.toThrow(/terminating connection/);
    expect(await world.exists(login.username)).toBe(false);
  });

  test('runs every statement after one that ends in a comment', async () => {
    const grants = 'GRANT USAGE ON SCHEMA features TO {{name}}; GRANT SELECT ON features.images TO {{name}} -- and nothing else';
    const { login } = await world.issue({ creationStatements: [`${create} -- of a job`, grants] });
    const question = "SELECT has_table_privilege($1, 'features.images', 'SELECT') AS reads";
    expect(await world.server.query(question, [login.username])).toEqual([{ reads: true }]);
  });

  test('gives an end to roles whose statements name none', async () => {
    const { ref, target } = await world.issue({ creationStatements: ["CREATE ROLE {{name}} LOGIN PASSWORD '{{password}}'"] });
    expect(await target.probe(ref, within(10_000))).toBe(ref.lease.expiresAt);
    await target.revoke(ref, within(10_000));
  });

  describe('a role that does not work', () => {
    test.for([
      [
        ['CREATE ROLE {{name}} LOGIN PASSWORD {{password}}; GRANT SELEKT ON features.images TO {{name}}'],
        /creation_statements: statement 2: .*selekt/i,
      ],
      [[create, 'GRANT SELECT ON features.images TO {{name}} WIHT GRANT OPTION'], /statement 2, character 45: syntax error/],
      [[create, 'SELECT 1; SELECT missing FROM features.images'], /statement 3, character 8: /],
      [["CREATE ROLE other_{{name}} PASSWORD '{{password}}'"], /touches/],
      [['CREATE ROLE "other_{{name}}" PASSWORD \'{{password}}\''], /does not exist/],
      [[create, 'CREATE DATABASE third'], /statement 2: CREATE DATABASE cannot run inside a transaction block/],
      [[create, 'GRANT INSERT ON features.images TO {{name}}'], /statement 2: .*granted.*01007/],
    ] as const)('is refused with the place in its statements: %s', async ([creationStatements, message]) => {
      const role = { ...newPostgresqlRole, creationStatements };
      const error = await errorOf(Promise.resolve().then(() => world.open().tryRole?.(role, within(10_000))));
      expect(error.message).toMatch(message);
      expect(error).toMatchObject({ code: 'engine.invalid' });
      expect((await world.open().list?.('', within(10_000)))?.filter((name) => /dryrun/.test(name))).toEqual([]);
    });

    test('issues nothing, not even a part of it', async () => {
      const asked = await world.ask({ creationStatements: [...reads, 'GRANT INSERT ON features.images TO {{name}}'] });
      const error = await errorOf(world.open().create(asked, within(10_000)));
      expect(error).toMatchObject({ kind: 'refused', message: expect.stringContaining('statement 4') });
      expect(await world.exists(asked.lease.externalName)).toBe(false);
    });

    test('leaves its account to the ledger, where it can not be taken back at once', async () => {
      const creationStatements = [...reads, 'GRANT INSERT ON features.images TO {{name}}'];
      const asked = await world.ask({ creationStatements, ownedObjectsTo: 'missing' });
      const error = await errorOf(world.open().create(asked, within(10_000)));
      expect(error).toMatchObject({ kind: 'unknown-outcome', message: expect.stringContaining('without all of its rights') });
      expect(await world.exists(asked.lease.externalName)).toBe(true);
      await world.open().revoke({ ...asked, role: { ...asked.role, ownedObjectsTo: '' } }, within(10_000));
    });

    test('that works leaves nothing behind by being tried', async () => {
      const before = await world.server.query('SELECT count(*) FROM pg_roles');
      await world.open().tryRole?.({ ...newPostgresqlRole, creationStatements: reads }, within(10_000));
      expect(await world.server.query('SELECT count(*) FROM pg_roles')).toEqual(before);
    });
  });

  describe('an account that lacks rights', () => {
    test.for([
      [['GRANT INSERT ON features.images TO {{name}}'], 'GRANT INSERT ON features.images TO "vault" WITH GRANT OPTION'],
      [['GRANT SELECT ON secrets.keys TO {{name}}'], 'GRANT USAGE ON SCHEMA secrets TO "vault"'],
    ] as const)('is told the statement that gives them: %s', async ([statements, remedy]) => {
      await world.server.query('CREATE SCHEMA IF NOT EXISTS secrets; CREATE TABLE IF NOT EXISTS secrets.keys (id int)');
      const role = { ...newPostgresqlRole, creationStatements: [create, ...statements] };
      expect(await world.open().check([role], within(10_000))).toEqual([
        { what: expect.stringContaining('statement 2'), remedy },
      ]);
      await world.server.query(remedy);
      const rest = await world.open().check([role], within(10_000));
      expect(rest.map((each) => each.remedy)).not.toContain(remedy);
    });

    test('without CREATEROLE is told that', async () => {
      const shortfalls = await world.open(world.powerless).check([], within(10_000));
      expect(shortfalls).toEqual([{ what: 'create roles', remedy: 'ALTER ROLE "powerless" CREATEROLE' }]);
    });

    test('and a clock that is wrong is told', async () => {
      const clock = { ...systemClock, now: () => Date.now() + 60_000 };
      const target = world.open({}, { ...on, clock });
      const [shortfall] = await target.check([], within(10_000));
      expect(shortfall?.what).toMatch(/clock is 60 s behind ours/);
    });
  });

  describe('what a credential created', () => {
    const writes = [create, 'GRANT USAGE, CREATE ON SCHEMA results TO {{name}}'];

    test('goes to whom the role names, in every database, and is not lost', async () => {
      const { ref, target, login } = await world.issue({ creationStatements: writes, ownedObjectsTo: 'job_results' });
      await world.server.query('GRANT CREATE ON SCHEMA public TO job_results', undefined, 'second');
      await world.server.psql(login, 'CREATE TABLE results.run1 AS SELECT 42 AS metric');
      await world.server.psql(login, 'CREATE TABLE run2 AS SELECT 43 AS metric', 'second');
      await target.revoke(ref, within(20_000));
      expect(await world.exists(login.username)).toBe(false);
      const owner = 'SELECT tableowner FROM pg_tables WHERE tablename = $1';
      expect(await world.server.query(owner, ['run1'])).toEqual([{ tableowner: 'job_results' }]);
      expect(await world.server.query(owner, ['run2'], 'second')).toEqual([{ tableowner: 'job_results' }]);
      expect(await world.server.query('SELECT metric FROM results.run1')).toEqual([{ metric: 42 }]);
    });

    test('is never given to the configured account: what it leaves behind would run with its rights', async () => {
      const { ref, target, login } = await world.issue({ creationStatements: writes });
      await world.server.psql(
        login,
        `CREATE FUNCTION results.trap() RETURNS void SECURITY DEFINER LANGUAGE sql AS 'CREATE ROLE intruder CREATEROLE'`,
      );
      const error = await errorOf(target.revoke(ref, within(20_000)));
      expect(error).toMatchObject({ kind: 'refused', message: expect.stringContaining('owned_objects_to') });
      await expect(world.server.psql(login, 'SELECT 1')).rejects.toThrow(/not permitted to log in/);
      expect(await errorOf(world.open({ ownedObjectsTo: 'vault' }).revoke(ref, within(20_000)))).toMatchObject({
        kind: 'refused',
      });
      await world.open({ ownedObjectsTo: 'job_results' }).revoke(ref, within(20_000));
      expect(await world.exists(login.username)).toBe(false);
      await expect(world.server.query('SELECT results.trap()')).rejects.toThrow(/permission denied/);
      await world.server.query('DROP FUNCTION results.trap()');
    });

    test('is asked for beforehand, where a credential may create something', async () => {
      const role = { ...newPostgresqlRole, creationStatements: writes };
      const [shortfall] = await world.open().check([role], within(10_000));
      expect(shortfall).toMatchObject({
        what: expect.stringContaining('schema results'),
        remedy: expect.stringContaining('NOLOGIN'),
      });
      expect(await world.open().check([{ ...role, ownedObjectsTo: 'job_results' }], within(10_000))).toEqual([]);
      const [powerful] = await world.open().check([{ ...role, ownedObjectsTo: 'postgres' }], within(10_000));
      expect(powerful?.what).toMatch(/can do too much/);
    });
  });

  describe('revocation statements', () => {
    test('run first, and what they leave is done all the same', async () => {
      const revocationStatements = [
        "COMMENT ON ROLE job_results IS 'done {{name}}'",
        'REVOKE SELECT ON features.images FROM {{name}}',
      ];
      const { ref, target, login } = await world.issue({ revocationStatements });
      await target.revoke(ref, within(20_000));
      expect(await world.exists(login.username)).toBe(false);
      const comment = "SELECT shobj_description('job_results'::regrole, 'pg_authid') AS said";
      expect(await world.server.query(comment)).toEqual([{ said: `done ${login.username}` }]);
    });

    test('that fail do not keep the account alive', async () => {
      const { ref, target, login } = await world.issue({ revocationStatements: ['DROP TABLE features.nothing'] });
      await target.revoke(ref, within(20_000));
      expect(await world.exists(login.username)).toBe(false);
    });

    test('may do everything themselves', async () => {
      const { ref, target, login } = await world.issue({ revocationStatements: ['DROP OWNED BY {{name}}; DROP ROLE {{name}}'] });
      await target.revoke(ref, within(20_000));
      expect(await world.exists(login.username)).toBe(false);
    });
  });

  test('makes and takes back many at once that change the rights on one table', async () => {
    const target = world.open({ maxOpenConnections: 6 });
    const issued = await Promise.all(Array.from({ length: 24 }, () => world.issue({}, target)));
    const names = issued.map(({ login }) => login.username);
    const open6 = "SELECT count(*)::int AS n FROM pg_stat_activity WHERE usename = 'vault' AND application_name = 'watchword'";
    expect(Number((await world.server.query(open6))[0]?.['n'])).toBeGreaterThanOrEqual(2);
    await Promise.all(issued.map(({ ref }) => target.revoke(ref, within(30_000))));
    expect(await world.server.query('SELECT rolname FROM pg_roles WHERE rolname = ANY ($1)', [names])).toEqual([]);
  }, 60_000);
});
