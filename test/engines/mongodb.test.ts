import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { nodeNetwork } from '../../src/foundation/node-network.ts';
import { systemClock, systemRandom } from '../../src/foundation/node-ports.ts';
import { Secret } from '../../src/foundation/secret.ts';
import { makeAuthority } from '../../src/identity/x509/testing/certificate-writer.ts';
import type { Target } from '../../src/leases/engines/engine.ts';
import { mongodbEngine } from '../../src/leases/engines/mongodb.ts';
import { freePort } from '../testing/daemon.ts';
import { type MongodbLogin, type MongodbServer, type MongodbSession, startMongodb } from '../testing/mongodb.ts';
import { startStallingProxy } from '../testing/stalling-proxy.ts';
import { conformanceSuite, newLease, type Output, within } from './conformance.ts';

const { mongodb: python = '' } = inject('services');
const on = { network: nodeNetwork, clock: systemClock, random: systemRandom };
const features = '{"db": "admin", "roles": [{"role": "read", "db": "features"}]}';
const roleOf = (statement = features) => ({ ...mongodbEngine.role.initial, creationStatements: [statement] });
const find = { find: 'vectors', filter: { name: 'answer' }, projection: { value: 1, _id: 0 } };
const loginOf = (output: Output, db = 'admin'): MongodbLogin => {
  const { username, password } = output;
  return { username: String(username), password: password instanceof Secret ? password.text : '', db };
};
const urlTo = (port: number, parameters = 'tls=true&directConnection=true') =>
  `mongodb://{{username}}:{{password}}@127.0.0.1:${port}/admin?${parameters}`;
const settingsOf = ({ port, ca, admin }: MongodbServer, { username, password }: MongodbLogin = admin) => ({
  ...mongodbEngine.connection.initial,
  connectionUrl: urlTo(port),
  tlsCa: ca,
  username,
  password: Secret.fromText(password),
});

async function use(session: MongodbSession): Promise<void> {
  const { cursor } = await session.ask('features', find);
  if (cursor.firstBatch[0]?.value !== 42) throw new Error(JSON.stringify(cursor));
}

describe.skipIf(!python)('mongodb', () => {
  describe('as every engine', () => {
    conformanceSuite({
      engine: mongodbEngine,
      async start() {
        const server = await startMongodb(python);
        const connection = settingsOf(server);
        return {
          connection,
          role: roleOf(),
          powerless: settingsOf(server, server.powerless),
          wrongPassword: { ...connection, password: Secret.fromText('this is another one') },
          nobody: { ...connection, connectionUrl: urlTo(await freePort()) },
          async logIn(output) {
            const session = await server.open(loginOf(output));
            return { use: () => use(session), close: session.close };
          },
          stop: server.stop,
        };
      },
    });
  });

  describe('a server that asks who somebody is', () => {
    let server: MongodbServer;
    let target: Target;
    const opened: Target[] = [];
    const open = (settings: object = {}): Target => {
      const made = mongodbEngine.open({ ...settingsOf(server), ...settings }, on) as unknown as Target;
      opened.push(made);
      return made;
    };
    async function issue(statement = features, by = target) {
      const lease = newLease();
      const role = roleOf(statement);
      const asked = { lease, role, material: await mongodbEngine.prepare(role, lease, on, {}), handle: undefined };
      return { asked, login: loginOf((await by.create(asked, within(10_000))).output, JSON.parse(statement).db) };
    }
    const ask = (login: MongodbLogin, db: string, command: object) => server.command(login, db, command);
    beforeAll(async () => {
      server = await startMongodb(python);
      target = open();
    }, 60_000);
    afterAll(async () => {
      await Promise.all(opened.map((each) => each.close()));
      await server?.stop();
    });

    test('lets a user do what the roles say and nothing else', async () => {
      const { asked, login } = await issue();
      const session = await server.open(login);
      await use(session);
      await expect(session.ask('salaries', { find: 'all' })).rejects.toThrow(/^13 /);
      const insert = { insert: 'vectors', documents: [{ name: 'other' }] };
      await expect(session.ask('features', insert)).rejects.toThrow(/^13 /);
      await expect(session.ask('admin', { createUser: 'other', pwd: 'other', roles: [] })).rejects.toThrow(/^13 /);
      await expect(session.ask('admin', { usersInfo: 1 })).rejects.toThrow(/^13 /);
      await session.close();
      await target.revoke(asked, within(10_000));
    }, 30_000);

    test('belongs to the database that the role says, and is found and taken back there', async () => {
      const { asked, login } = await issue('{"db": "features", "roles": ["read"]}');
      const session = await server.open(login);
      await use(session);
      await session.close();
      await expect(server.open({ ...login, db: 'admin' })).rejects.toThrow(/^18 /);
      expect(await target.list?.('ww_conform1_', within(10_000))).toContain(login.username);
      await target.revoke(asked, within(10_000));
      await expect(server.open(login)).rejects.toThrow(/^18 /);
      expect(await target.probe(asked, within(10_000))).toBeUndefined();
    }, 30_000);

    test('that keeps what a connection may do lets an open one go on, and no new one in', async () => {
      const { asked, login } = await issue();
      const session = await server.open(login);
      await target.revoke(asked, within(10_000));
      await use(session);
      await expect(server.open(login)).rejects.toThrow(/^18 /);
      await session.close();
    }, 30_000);

    test('prints no password', async () => {
      const { asked, login } = await issue();
      await target.revoke(asked, within(10_000));
      expect(server.log()).toMatch(/connected from/);
      for (const { password } of [login, server.admin]) expect(server.log()).not.toContain(password);
    });

    test('has living users after a restart, and no revoked ones', async () => {
      const [living, revoked] = [await issue(), await issue()];
      await target.revoke(revoked.asked, within(10_000));
      await server.restart();
      await use(await server.open(living.login));
      await expect(server.open(revoked.login)).rejects.toThrow(/^18 /);
      // The connections that were kept are gone; nobody notices.
      await target.revoke(living.asked, within(10_000));
      await expect(server.open(living.login)).rejects.toThrow(/^18 /);
    }, 60_000);

    test('names the rights that are missing', async () => {
      const found = await open(settingsOf(server, server.powerless)).check([roleOf()], within(10_000));
      const [first] = found;
      expect(found.map(({ what }) => what)).toEqual([
        'createUser, grantRole in admin',
        'dropUser in admin',
        'changePassword, revokeRole in admin',
        'viewUser in admin',
        'find in admin.system.users',
      ]);
      expect(first?.remedy).toBe(
        'db.getSiblingDB("admin").grantPrivilegesToRole("watchword", [{"resource":{"db":"","collection":""},"actions":["createUser","grantRole"]}])',
      );
      const { users } = await ask(server.root, 'admin', { usersInfo: 1 });
      expect(users.map(({ user }: { user: string }) => user)).not.toContain('ww_check');
    }, 30_000);

    test('tries a role and leaves nothing', async () => {
      const names = async () => await target.list?.('ww_', within(10_000));
      const before = await names();
      await target.tryRole?.(roleOf(), within(10_000));
      for (const role of ['reed', "read'", 'read", "db": "salaries', '$where', '{{username}}']) {
        const statement = JSON.stringify({ db: 'admin', roles: [{ role, db: 'features' }] });
        const tried = target.tryRole?.(roleOf(statement), within(10_000));
        await expect(tried).rejects.toMatchObject({ code: 'engine.invalid', where: 'creation_statements' });
      }
      expect(await names()).toEqual(before);
    }, 30_000);

    test('takes the prefix of a list as it is', async () => {
      const { asked, login } = await issue();
      expect(await target.list?.(login.username, within(10_000))).toEqual([login.username]);
      expect(await target.list?.('.*', within(10_000))).toEqual([]);
      expect(await target.list?.('(', within(10_000))).toEqual([]);
      await target.revoke(asked, within(10_000));
    });

    test('with another certificate, or without TLS, is told nothing', async () => {
      const { pem } = makeAuthority('somebody else', Date.now());
      await expect(open({ tlsCa: pem }).check([], within(9000))).rejects.toMatchObject({ kind: 'refused' });
      const plain = { connectionUrl: urlTo(server.port, 'tls=false&directConnection=true'), tlsCa: '' };
      await expect(open(plain).check([], within(9000))).rejects.toMatchObject({ kind: 'unreachable' });
    }, 60_000);

    test('makes twenty at once over four connections', async () => {
      const connections = async () => {
        const { inprog } = await ask(server.root, 'admin', { currentOp: 1 });
        const users = inprog.flatMap(({ effectiveUsers = [] }: { effectiveUsers?: { user: string }[] }) => effectiveUsers);
        return users.filter(({ user }: { user: string }) => user === 'watchword').length;
      };
      const [before, by] = [await connections(), open()];
      const made = await Promise.all(Array.from({ length: 20 }, () => issue(features, by)));
      const more = (await connections()) - before;
      expect(more).toBeGreaterThan(0);
      expect(more).toBeLessThanOrEqual(4);
      expect(new Set(made.map(({ login }) => login.username)).size).toBe(20);
      await Promise.all(made.map(({ asked }) => by.revoke(asked, within(10_000))));
      const left = await by.list?.('ww_conform1_', within(10_000));
      expect(made.filter(({ login }) => left?.includes(login.username))).toEqual([]);
    }, 60_000);

    test('that falls silent leaves an unknown outcome, and a new connection is made after that', async () => {
      const proxy = await startStallingProxy(server.port);
      const through = open({ connectionUrl: urlTo(proxy.port), maxOpenConnections: 1 });
      try {
        const { asked } = await issue(features, through);
        proxy.stall();
        await expect(through.revoke(asked, within(4000))).rejects.toMatchObject({ kind: 'unreachable' });
        proxy.resume();
        await through.revoke(asked, within(10_000));
        // The kept connection shows that it is alive, and that is the last that comes through.
        proxy.stall(1);
        const silent = through.create({ ...asked, lease: newLease() }, within(1500));
        await expect(silent).rejects.toMatchObject({ kind: 'unknown-outcome' });
        proxy.resume();
        await through.revoke(asked, within(10_000));
      } finally {
        await proxy.close();
      }
    }, 60_000);

    test('keeps a password that was changed, and makes no user by that', async () => {
      const [older, newer] = [Secret.fromText(server.powerless.password), Secret.fromText('another-Password-1 %$"')];
      await target.setPassword?.('powerless', newer, within(10_000));
      await target.setPassword?.('powerless', newer, within(10_000));
      await server.restart();
      expect(await target.verifyPassword?.('powerless', newer, within(10_000))).toBe(true);
      expect(await target.verifyPassword?.('powerless', older, within(10_000))).toBe(false);
      await expect(target.setPassword?.('nobody', newer, within(10_000))).rejects.toMatchObject({ kind: 'refused' });
      expect(await target.verifyPassword?.('nobody', newer, within(10_000))).toBe(false);
    }, 60_000);

    test('lets the account change its own password, and the next connection needs the new one', async () => {
      const newer = Secret.fromText('another-Password-2');
      await target.setPassword?.(server.admin.username, newer, within(10_000));
      expect(await open({ password: newer }).check([], within(10_000))).toEqual([]);
      await expect(open().check([], within(10_000))).rejects.toMatchObject({ kind: 'refused', lockedOut: true });
      await open({ password: newer }).setPassword?.('watchword', Secret.fromText(server.admin.password), within(10_000));
    }, 30_000);
  });

  test('a server that asks nobody who they are is named', async () => {
    const server = await startMongodb(python, { asksWho: false });
    const target = mongodbEngine.open(settingsOf(server), on);
    try {
      const found = await target.check([], within(10_000));
      expect(found.map(({ remedy }) => remedy)).toEqual(['security.authorization: enabled in mongod.conf, and a restart']);
    } finally {
      await target.close();
      await server.stop();
    }
  }, 60_000);
});
