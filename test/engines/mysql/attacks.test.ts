import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { Secret } from '../../../src/foundation/secret.ts';
import { mysqlEngine } from '../../../src/leases/engines/mysql.ts';
import { logInToMariadb } from '../../testing/mariadb.ts';
import { within } from '../conformance.ts';
import { ADMIN, failureOf, grantsRole, MysqlWorld, roleOf, statementsRole } from './world.ts';

describe.skipIf(!inject('services').mariadb)('accounts of a real MariaDB', () => {
  const world = new MysqlWorld();
  const { open, refOf, countOf } = world;
  beforeAll(() => world.start(), 60_000);
  afterAll(() => world.stop(), 30_000);

  test.for([
    ['statements', statementsRole],
    ['grants', grantsRole],
  ] as const)('made by %s leave no password in any log of the server', async ([, role]) => {
    const target = open();
    const ref = await refOf(role);
    await target.create(ref, within(10_000));
    await world.server.sql('FLUSH LOGS');
    const logs = await world.server.logs();
    expect(logs).toContain(ref.lease.externalName);
    expect(logs).toContain('IDENTIFIED BY PASSWORD');
    expect(logs).not.toContain(ref.material.password.text);
    await target.revoke(ref, within(10_000));
  });

  test('a password in a place of its own is told of, and works', async () => {
    const role = roleOf({
      creationStatements: ["CREATE USER '{{name}}'@'%' IDENTIFIED VIA mysql_native_password USING PASSWORD('{{password}}')"],
    });
    expect(mysqlEngine.role.check(role)).toEqual([expect.stringContaining('log may show it')]);
    const [target, ref] = [open(), await refOf(role)];
    await target.create(ref, within(10_000));
    const session = await logInToMariadb(world.server.port, ref.lease.externalName, ref.material.password.text);
    await session.close();
    await target.revoke(ref, within(10_000));
  });

  test('a session that carries out a routine of somebody else is ended as well', async () => {
    await world.server.sql(`
      CREATE PROCEDURE features.slow() SQL SECURITY DEFINER SELECT SLEEP(60);
      GRANT EXECUTE ON features.* TO '${ADMIN}'@'%' WITH GRANT OPTION`);
    const [target, ref] = [open(), await refOf({ grants: ['EXECUTE ON features.*'] })];
    const [shortfall, ...others] = await target.check([ref.role], within(10_000));
    expect([shortfall?.remedy, ...others]).toEqual([`GRANT SELECT ON performance_schema.threads TO '${ADMIN}'@'%'`]);
    await world.server.sql(`${shortfall?.remedy}`);
    await target.create(ref, within(10_000));
    const session = await logInToMariadb(world.server.port, ref.lease.externalName, ref.material.password.text);
    const ended = expect(session.ask('CALL features.slow()')).rejects.toThrow('the client ended');
    const asOther = "SELECT USER FROM information_schema.PROCESSLIST WHERE STATE = 'User sleep'";
    await expect.poll(() => world.server.sql(asOther), { timeout: 10_000 }).toBe('root\n');
    await target.revoke(ref, within(10_000));
    await ended;
    await session.close();
    expect(await world.server.sql(asOther)).toBe('');
  });

  test('a role whose statements fail half way leaves no account', async () => {
    const [first = ''] = statementsRole.creationStatements;
    const [target, ref] = [open(), await refOf({ creationStatements: [`${first}; GRANT SELECT ON mysql.* TO '{{name}}'@'%'`] })];
    const failure = await failureOf(target.create(ref, within(10_000)));
    expect(failure.kind).toBe('refused');
    expect(failure.message).toContain('creation_statements, statement 3: ');
    expect(await countOf(ref.lease.externalName)).toBe('0');
  });

  test('statements that make somebody else only are refused', async () => {
    const role = {
      creationStatements: [
        "CREATE USER 'other'@'%' IDENTIFIED BY '{{password}}'; DROP USER 'other'@'%' -- \n; SELECT '{{name}}'",
      ],
    };
    const failure = await failureOf(open().create(await refOf(role), within(10_000)));
    expect(failure).toMatchObject({ kind: 'refused', message: expect.stringContaining('made no account') });
  });

  test('a statement that the server does not understand says nothing of the password', async () => {
    const role = { creationStatements: ["CREATE USER '{{name}}'@'%' IDENTIFED BY '{{password}}'"] };
    const ref = await refOf(role);
    const failure = await failureOf(open().create(ref, within(10_000)));
    expect(failure.kind).toBe('refused');
    expect(JSON.stringify([failure.message, failure.stack, failure.cause])).not.toContain(ref.material.password.text.slice(0, 8));
    await expect(open().tryRole?.(roleOf(role), within(10_000))).rejects.toMatchObject({
      code: 'engine.invalid',
      message: expect.stringMatching(/^creation_statements, statement 1: the server says: .*IDENTIFED/),
    });
  });

  test('a role that needs more than may be passed on is understood by the server: the rights are asked for apart', async () => {
    const role = roleOf({ grants: ['SELECT, DELETE ON features.*', 'SELECT ON *.*'] });
    await open().tryRole?.(role, within(10_000));
    expect((await open().check([role], within(10_000))).map(({ remedy }) => remedy)).toEqual([
      `GRANT DELETE ON features.* TO '${ADMIN}'@'%' WITH GRANT OPTION`,
      `GRANT SELECT ON *.* TO '${ADMIN}'@'%' WITH GRANT OPTION`,
    ]);
  });

  test('a role is tried without an account being made', async () => {
    const before = await world.server.sql('SELECT User, Host FROM mysql.user');
    for (const role of [statementsRole, grantsRole]) await open().tryRole?.(roleOf(role), within(10_000));
    expect(await world.server.sql('SELECT User, Host FROM mysql.user')).toBe(before);
  });

  test('revocation statements that fail are told of once, and the account is gone all the same', async () => {
    const [target, ref] = [open(), await refOf({ ...grantsRole, revocationStatements: ['DROP ROLE nobody_has_it'] })];
    await target.create(ref, within(10_000));
    const failure = await failureOf(target.revoke(ref, within(10_000)));
    expect(failure).toMatchObject({ kind: 'refused', message: expect.stringContaining('revocation_statements, statement 1: ') });
    expect(await countOf(ref.lease.externalName)).toBe('0');
    await target.revoke(ref, within(10_000));
  });

  test('what statements set in a connection does not reach the next one', async () => {
    const target = open({ maxOpenConnections: 1 });
    const [first = ''] = statementsRole.creationStatements;
    const using = await refOf({ creationStatements: ['USE features', first] });
    await target.create(using, within(10_000));
    const role = { creationStatements: [first, "GRANT INSERT ON vectors TO '{{name}}'@'%'"] };
    const failure = await failureOf(target.create(await refOf(role), within(10_000)));
    expect(failure).toMatchObject({ kind: 'refused', message: expect.stringContaining('ER_NO_DB_ERROR') });
    await target.revoke(using, within(10_000));
    expect(await countOf(using.lease.externalName)).toBe('0');
  });

  describe('rights', () => {
    test.for([
      ['PROCESS ON *.*', 'GRANT PROCESS ON *.*'],
      ['CONNECTION ADMIN ON *.*', 'GRANT CONNECTION ADMIN ON *.*'],
      ['CREATE USER ON *.*', 'GRANT CREATE USER ON *.*'],
      ['SELECT ON mysql.user', 'GRANT SELECT ON mysql.user'],
      ['GRANT OPTION ON features.*', 'GRANT SELECT ON features.*'],
    ] as const)('without %s the remedy is named exactly', async ([right, remedy]) => {
      const again = right.startsWith('GRANT OPTION') ? 'SELECT, INSERT ON features.*' : right;
      await world.server.sql(`REVOKE ${right} FROM '${ADMIN}'@'%'`);
      const shortfalls = await open().check([roleOf(grantsRole)], within(10_000));
      await world.server.sql(`GRANT ${again} TO '${ADMIN}'@'%' ${right.startsWith('GRANT OPTION') ? 'WITH GRANT OPTION' : ''}`);
      expect(shortfalls.map((shortfall) => shortfall.remedy)).toEqual([
        `${remedy} TO '${ADMIN}'@'%'${right.startsWith('GRANT OPTION') ? ' WITH GRANT OPTION' : ''}`,
      ]);
      expect(await open().check([roleOf(statementsRole)], within(10_000))).toEqual([]);
    });

    test('by a role are rights as well', async () => {
      await world.server.sql(`
        CREATE ROLE issuers; GRANT CREATE USER, PROCESS, CONNECTION ADMIN ON *.* TO issuers; GRANT SELECT ON mysql.user TO issuers;
        GRANT SELECT ON features.* TO issuers WITH GRANT OPTION;
        CREATE USER member@'%' IDENTIFIED BY '${world.password}'; GRANT issuers TO member@'%'; SET DEFAULT ROLE issuers FOR member@'%'`);
      const [member, ref] = [open({ username: 'member' }), await refOf(grantsRole)];
      expect(await member.check([ref.role], within(10_000))).toEqual([]);
      await member.create(ref, within(10_000));
      await member.revoke(ref, within(10_000));
      expect(await countOf(ref.lease.externalName)).toBe('0');
    });

    test('without sight of sessions no revocation is called done', async () => {
      const [target, ref] = [open(), await refOf(grantsRole)];
      await target.create(ref, within(10_000));
      await world.server.sql(`REVOKE PROCESS ON *.* FROM '${ADMIN}'@'%'`);
      const failure = await failureOf(open().revoke(ref, within(10_000)));
      await world.server.sql(`GRANT PROCESS ON *.* TO '${ADMIN}'@'%'`);
      expect(failure).toMatchObject({ kind: 'refused', message: expect.stringContaining('lacks PROCESS') });
      expect(await countOf(ref.lease.externalName)).toBe('0');
      await open().revoke(ref, within(10_000));
    });

    test('an account without a name is told of, since it stands in front', async () => {
      await world.server.sql("CREATE USER ''@'localhost'");
      const shortfalls = await open().check([], within(10_000));
      await world.server.sql("DROP USER ''@'localhost'");
      expect(shortfalls.map(({ remedy }) => remedy)).toEqual(["DROP USER ''@'localhost'"]);
    });
  });

  test('a server that wants to see passwords is told of, with what to do', async () => {
    await world.server.sql("INSTALL SONAME 'simple_password_check'");
    const shortfalls = await open().check([], within(10_000));
    const failure = await failureOf(open().create(await refOf(grantsRole), within(10_000)));
    await world.server.sql("UNINSTALL SONAME 'simple_password_check'");
    expect(shortfalls.map(({ remedy }) => remedy)).toEqual([expect.stringContaining('strict_password_validation = OFF')]);
    expect(failure).toMatchObject({ kind: 'refused', message: expect.stringContaining('strict-password-validation') });
  });

  describe('passwords of accounts that stay', () => {
    test.for(['plain', 'it\'s \\ "odd"', "x'@'%' IDENTIFIED BY 'y", 'naïve ✓'])('are changed, also of %s', async (username) => {
      const target = open();
      const literal = username.replaceAll('\\', '\\\\').replaceAll("'", "''");
      await world.server.sql(`CREATE USER '${literal}'@'%' IDENTIFIED BY 'before'`);
      const next = Secret.fromText(randomBytes(12).toString('hex'));
      expect(await target.verifyPassword?.(username, next, within(10_000))).toBe(false);
      await target.setPassword?.(username, next, within(10_000));
      await target.setPassword?.(username, next, within(10_000));
      expect(await target.verifyPassword?.(username, next, within(10_000))).toBe(true);
      expect(await target.verifyPassword?.(username, Secret.fromText('before'), within(10_000))).toBe(false);
      expect(await world.server.logs()).not.toContain(next.text);
    });

    test('are not made for accounts that are not there, or that log in otherwise', async () => {
      const target = open();
      const next = Secret.fromText('Aa0Aa0Aa0');
      expect((await failureOf(target.setPassword?.('missing', next, within(10_000)))).kind).toBe('refused');
      expect(await countOf('missing')).toBe('0');
      await world.server.sql('CREATE USER socketed@localhost IDENTIFIED VIA unix_socket');
      const failure = await failureOf(target.setPassword?.('socketed', next, within(10_000)));
      expect(failure).toMatchObject({ kind: 'refused', message: expect.stringContaining('unix_socket') });
    });

    test.for([[[]], [["ALTER USER '{{username}}'@'%' IDENTIFIED BY '{{password}}'"]]] as const)(
      'include the own one, by %j',
      async ([rootRotationStatements]) => {
        await world.server.sql(`
          CREATE OR REPLACE USER rotating@'%' IDENTIFIED BY '${world.password}'; GRANT CREATE USER ON *.* TO rotating@'%';
          GRANT SELECT ON mysql.user TO rotating@'%'; CREATE OR REPLACE USER rotating@'10.1.2.3' IDENTIFIED BY 'theirs'`);
        const target = open({ username: 'rotating', rootRotationStatements });
        const next = Secret.fromText(randomBytes(12).toString('hex'));
        const theirs = () =>
          world.server.sql("SELECT authentication_string FROM mysql.user WHERE User = 'rotating' AND Host <> '%'");
        const before = await theirs();
        await target.setPassword?.('rotating', next, within(10_000));
        expect(await target.verifyPassword?.('rotating', next, within(10_000))).toBe(true);
        expect(await theirs()).toBe(before);
        expect(await world.server.logs()).not.toContain(next.text);
      },
    );
  });
});
