import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { newPostgresqlRole, type PostgresqlRole } from '../../src/leases/engines/postgresql/role.ts';
import { within } from './conformance.ts';
import { create, errorOf, reads, startWorld } from './postgresql-world.ts';

describe.skipIf(!inject('services').postgresql)('whoever writes roles of PostgreSQL', () => {
  let world: Awaited<ReturnType<typeof startWorld>>;
  beforeAll(async () => {
    world = await startWorld();
    await world.server.query(
      'CREATE TABLE other (id int); CREATE ROLE bystander LOGIN; CREATE ROLE inner_group; GRANT vault TO inner_group',
    );
  }, 60_000);
  afterAll(() => world?.stop(), 30_000);

  const roleOf = (more: Partial<PostgresqlRole>) => ({ ...newPostgresqlRole, ...more });
  const refused = (more: Partial<PostgresqlRole>, target = world.open()) =>
    errorOf(Promise.resolve().then(() => target.tryRole?.(roleOf(more), within(10_000))));
  /** What the server would see of its roles, passwords included. */
  const everybody = () => world.server.query('SELECT rolname, rolpassword, rolvaliduntil FROM pg_authid ORDER BY oid');

  describe('is told the statement that gives a missing right', () => {
    test.for([
      [
        'GRANT SELECT ON other TO {{name}}',
        /\((?:42501|01007)\)\. What to do: GRANT SELECT ON other TO "vault" WITH GRANT OPTION$/,
      ],
      [
        'GRANT SELECT, INSERT ON features.images TO {{name}}',
        /\(01007\)\. What to do: GRANT SELECT, INSERT ON features\.images TO "vault" WITH GRANT OPTION$/,
      ],
      ['GRANT postgres TO {{name}}', /\(42501\)\. What to do: leave out of the statement what only a superuser may give$/],
    ] as const)('%s', async ([statement, message]) => {
      const error = await refused({ creationStatements: [create, statement] });
      expect(error).toMatchObject({
        code: 'engine.invalid',
        where: 'creation_statements',
        message: expect.stringMatching(message),
      });
    });

    test('also that of making roles at all', async () => {
      const error = await refused({ creationStatements: [create] }, world.open(world.powerless));
      expect(error.message).toMatch(/statement 1: .*\(42501\)\. What to do: ALTER ROLE "powerless" CREATEROLE$/);
    });

    test('and nothing of rights for another mistake', async () => {
      const error = await refused({ creationStatements: [create, 'GRANT SELECT ON features.nothing TO {{name}}'] });
      expect(error.message).not.toContain('What to do');
    });
  });

  describe('makes no credential a member of the configured account', () => {
    test.for([
      'GRANT vault TO {{name}}',
      'GRANT job_results, "vault" TO {{name}}',
      'GRANT CURRENT_USER TO {{name}}',
      'GRANT inner_group TO {{name}}',
      "DO $$ BEGIN EXECUTE 'GRANT ' || current_user || ' TO \"{{name}}\"'; END $$",
    ])('%s', async (statement) => {
      const error = await refused({ creationStatements: [create, statement] });
      expect(error).toMatchObject({
        code: 'engine.invalid',
        where: 'creation_statements',
        message: expect.stringMatching(/^creation_statements: .*would make the credential a member of the configured account/),
      });
    });
  });

  describe('does not change the configured account', () => {
    const statements = [
      "ALTER ROLE vault PASSWORD '{{password}}'",
      "alter user /* a */ VAULT with password '{{password}}'",
      `ALTER ROLE "vault" PASSWORD '{{password}}'`,
      "ALTER ROLE CURRENT_USER VALID UNTIL '2020-01-01'",
      'ALTER USER SESSION_USER NOLOGIN',
      "DO $$ BEGIN ALTER ROLE vault PASSWORD 'x'; END $$",
      "DO $$ BEGIN ALTER ROLE vault PASSWORD '{{password}}'; END $$",
      'REVOKE ALL ON features.images FROM bystander, vault',
      'DROP OWNED BY CURRENT_USER',
      'REVOKE "job_results" FROM vault',
    ];
    test.for(statements)('by %s, tried or not', async (statement) => {
      const more = { creationStatements: [create, statement] };
      const before = await everybody();
      expect((await refused(more)).message).toMatch(/creation_statements: statement 2, character \d+: would change the account/);
      const untried = await errorOf(world.open().create(await world.ask(more), within(10_000)));
      expect(untried).toMatchObject({ kind: 'refused', message: expect.stringContaining('would change the account') });
      expect(await everybody()).toEqual(before);
    });

    test('by statements that are put together at run time, as far as it shows', async () => {
      const hidden = (what: string) => [create, `DO $$ BEGIN EXECUTE 'ALTER ROLE ' || current_user || ' ${what}'; END $$`];
      const open = hidden('CONNECTION LIMIT 1');
      expect((await refused({ creationStatements: open })).message).toMatch(/^creation_statements: would change the account/);
      const joins = [create, "DO $$ BEGIN EXECUTE 'GRANT bystander TO ' || current_user; END $$"];
      expect((await refused({ creationStatements: joins })).message).toMatch(/^creation_statements: would change the account/);
      const secretly = roleOf({ creationStatements: hidden("PASSWORD ''x''") });
      expect(await world.open().check([secretly], within(10_000))).toEqual([
        { what: expect.stringContaining('which role the statements change'), remedy: expect.any(String) },
      ]);
    });

    test('later either', async () => {
      for (const field of ['renewStatements', 'revocationStatements'] as const) {
        const error = await refused({ creationStatements: reads, [field]: ['ALTER ROLE vault NOLOGIN'] });
        expect(error).toMatchObject({ where: expect.stringMatching(/^re/), message: expect.stringContaining('would change') });
      }
      const revocationStatements = ["DO $$ BEGIN EXECUTE 'ALTER ROLE ' || current_user || ' NOINHERIT'; END $$"];
      expect(await refused({ creationStatements: reads, revocationStatements })).toMatchObject({
        where: 'revocation_statements',
      });
    });
  });

  describe('makes no other accounts unnoticed', () => {
    test.for([
      'CREATE ROLE "ww_abcdefgh_x"',
      'CREATE ROLE "{{name}}_too"',
      "DO $$ BEGIN EXECUTE 'CREATE ROLE ww' || '_x'; END $$",
    ])('with the name of a credential: %s is refused', async (statement) => {
      const error = await refused({ creationStatements: [create, statement] });
      expect(error).toMatchObject({ code: 'engine.invalid', message: expect.stringContaining('names that begin with ww_') });
    });

    test('but is warned of one that stays', async () => {
      const role = roleOf({ creationStatements: [create, 'CREATE ROLE backdoor'] });
      await world.open().tryRole?.(role, within(10_000));
      expect(await world.open().check([role], within(10_000))).toEqual([
        { what: expect.stringMatching(/"backdoor".*besides \{\{name\}\}/), remedy: expect.any(String) },
      ]);
      const tidy = { ...role, revocationStatements: ['DROP ROLE backdoor'] };
      expect(await world.open().check([tidy], within(10_000))).toEqual([]);
    });

    test('and of a bystander that is changed', async () => {
      const role = roleOf({ creationStatements: [create, 'ALTER ROLE bystander NOLOGIN'] });
      expect(await world.open().check([role], within(10_000))).toEqual([
        { what: expect.stringContaining('"bystander"'), remedy: expect.any(String) },
      ]);
      const password = roleOf({ creationStatements: [create, "ALTER ROLE bystander PASSWORD 'x'"] });
      expect(await world.open().check([password], within(10_000))).toHaveLength(1);
    });
  });

  test('may change the credential itself, and give the membership in it back', async () => {
    const role = roleOf({
      creationStatements: [...reads, 'ALTER ROLE {{name}} CONNECTION LIMIT 2; ALTER ROLE "{{name}}" SET work_mem = \'1MB\''],
      renewStatements: ["ALTER USER {{username}} VALID UNTIL '{{expiration}}'"],
      revocationStatements: [
        'REVOKE ALL ON features.images FROM {{name}}',
        'REVOKE {{name}} FROM vault',
        'DROP OWNED BY {{name}}',
      ],
    });
    const { revocationStatements: _, ...kept } = role;
    expect(await world.open().check([roleOf(kept)], within(10_000))).toEqual([]);
    await world
      .open()
      .tryRole?.(roleOf({ ...kept, revocationStatements: role.revocationStatements.slice(0, 2) }), within(10_000));
  });

  test('is not confused by what is issued meanwhile', async () => {
    const target = world.open({ maxOpenConnections: 6 });
    const tries = Array.from({ length: 12 }, () => target.check([roleOf({ creationStatements: reads })], within(20_000)));
    const issued = await Promise.all(Array.from({ length: 12 }, () => world.issue({}, target)));
    for (const shortfalls of await Promise.all(tries)) expect(shortfalls).toEqual([]);
    await Promise.all(issued.map(({ ref }) => target.revoke(ref, within(30_000))));
  }, 60_000);
});
