import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { nodeNetwork } from '../../src/foundation/node-network.ts';
import { systemClock, systemRandom } from '../../src/foundation/node-ports.ts';
import { Secret } from '../../src/foundation/secret.ts';
import type { LeaseFacts, Target } from '../../src/leases/engines/engine.ts';
import { redisEngine } from '../../src/leases/engines/redis.ts';
import { freePort } from '../testing/daemon.ts';
import { type RedisCli, type RedisLogin, type RedisServer, startRedis } from '../testing/redis.ts';
import { startStallingProxy } from '../testing/stalling-proxy.ts';
import { conformanceSuite, newLease, type Output, within } from './conformance.ts';

const on = { network: nodeNetwork, clock: systemClock, random: systemRandom };
const rules = ['["~features:*", "+@read", "+@connection"]'];
const role = { ...redisEngine.role.initial, creationStatements: rules };
const secretOf = (value: unknown): string => (value instanceof Secret ? value.text : '');
const loginOf = (output: Output): RedisLogin => ({
  username: String(output['username']),
  password: secretOf(output['password']),
});

const settingsOf = ({ port, ca, admin }: RedisServer, { username, password }: RedisLogin = admin) => ({
  ...redisEngine.connection.initial,
  host: '127.0.0.1',
  port,
  tls: true,
  caCert: ca,
  username,
  password: Secret.fromText(password),
});

async function inUse(cli: RedisCli): Promise<void> {
  const answer = await cli.ask('GET features:answer');
  if (answer !== '42') throw new Error(answer);
}

describe.skipIf(!inject('services').redis)('redis', () => {
  describe('as every engine', () => {
    conformanceSuite({
      engine: redisEngine,
      async start() {
        const server = await startRedis();
        await server.command(server.root, 'SET', 'features:answer', '42');
        return {
          connection: settingsOf(server),
          role,
          powerless: settingsOf(server, server.powerless),
          wrongPassword: settingsOf(server, { ...server.admin, password: 'this is another one' }),
          nobody: { ...settingsOf(server), port: await freePort() },
          async logIn(output) {
            const cli = server.open(loginOf(output));
            return { use: () => inUse(cli), close: () => cli.close() };
          },
          stop: server.stop,
        };
      },
    });
  });

  describe('a server with a file of users', () => {
    let server: RedisServer;
    let target: Target;
    const opened: Target[] = [];
    const open = (settings: object = {}): Target => {
      const made = redisEngine.open({ ...settingsOf(server), ...settings }, on) as unknown as Target;
      opened.push(made);
      return made;
    };
    async function issue(statements: readonly string[] = rules, by = target) {
      const lease = newLease();
      const asked = { lease, role: { creationStatements: statements }, material: await material(lease), handle: undefined };
      return { asked, login: loginOf((await by.create(asked, within(10_000))).output) };
    }
    const material = async (lease: LeaseFacts) => redisEngine.prepare(role, lease, on, {});
    beforeAll(async () => {
      server = await startRedis();
      await server.command(server.root, 'MSET', 'features:answer', '42', 'salaries:all', '7');
      target = open();
    }, 30_000);
    afterAll(async () => {
      await Promise.all(opened.map((each) => each.close()));
      await server?.stop();
    });

    test('lets a user do what the rules say and nothing else', async () => {
      const { login } = await issue();
      expect(await server.command(login, 'GET', 'features:answer')).toBe('42');
      await expect(server.command(login, 'GET', 'salaries:all')).rejects.toThrow(/NOPERM/);
      await expect(server.command(login, 'SET', 'features:answer', '1')).rejects.toThrow(/NOPERM/);
      await expect(server.command(login, 'PUBLISH', 'anything', '1')).rejects.toThrow(/NOPERM/);
      await expect(server.command(login, 'ACL', 'LIST')).rejects.toThrow(/NOPERM/);
    });

    test('learns no password: not in its log, its list of slow commands, or its file', async () => {
      await server.command(server.root, 'CONFIG', 'SET', 'slowlog-log-slower-than', '0');
      const { asked, login } = await issue();
      const file = await server.aclFile();
      await target.revoke(asked, within(10_000));
      const commands = await server.command(server.root, 'SLOWLOG', 'GET', '128');
      expect(commands).toContain('deluser'.toUpperCase());
      expect(file).toContain(login.username);
      for (const text of [commands, server.log(), file]) {
        expect(text).not.toContain(login.password);
        expect(text).not.toContain(server.admin.password);
      }
    });

    test('has living users after a restart, and no revoked ones', async () => {
      const [living, revoked] = [await issue(), await issue()];
      await target.revoke(revoked.asked, within(10_000));
      await server.restart();
      await server.command(server.root, 'SET', 'features:answer', '42');
      expect(await server.command(living.login, 'GET', 'features:answer')).toBe('42');
      await expect(server.command(revoked.login, 'GET', 'features:answer')).rejects.toThrow(/WRONGPASS/);
      // The connections that were kept are gone; nobody notices.
      await target.revoke(living.asked, within(10_000));
      await expect(server.command(living.login, 'GET', 'features:answer')).rejects.toThrow(/WRONGPASS/);
    }, 30_000);

    test('that cannot write the file has not revoked', async () => {
      const { asked } = await issue();
      await server.breakSaving(true);
      try {
        await expect(target.revoke(asked, within(10_000))).rejects.toMatchObject({ kind: 'unknown-outcome' });
        await expect(issue()).rejects.toMatchObject({ kind: 'unknown-outcome' });
      } finally {
        await server.breakSaving(false);
      }
      expect(await server.aclFile()).toContain(asked.lease.externalName);
      await target.revoke(asked, within(10_000));
      expect(await server.aclFile()).not.toContain(asked.lease.externalName);
    });

    test('names the rights that are missing', async () => {
      await server.command(
        server.root,
        'ACL',
        'SETUSER',
        server.powerless.username,
        '-acl',
        '+acl|dryrun',
        '+acl|users',
        '+acl|save',
      );
      const found = await open(settingsOf(server, server.powerless)).check([], within(10_000));
      expect(found).toEqual([{ what: 'acl setuser, acl deluser, acl getuser', remedy: 'ACL SETUSER powerless +acl' }]);
    });

    test('that lets anybody in is named', async () => {
      await server.command(server.root, 'ACL', 'SETUSER', 'default', 'on', 'nopass');
      const found = await target.check([], within(10_000));
      await server.command(server.root, 'ACL', 'SETUSER', 'default', 'off', 'resetpass');
      expect(found.map(({ remedy }) => remedy)).toEqual(['ACL SETUSER default off']);
      expect(await target.check([], within(10_000))).toEqual([]);
    });

    test('tries the rules and leaves nothing', async () => {
      const before = await server.command(server.root, 'ACL', 'USERS');
      await target.tryRole?.(role, within(10_000));
      const unknown = target.tryRole?.({ creationStatements: ['+@readings'] }, within(10_000));
      await expect(unknown).rejects.toMatchObject({ code: 'engine.invalid', where: 'creation_statements' });
      expect(await server.command(server.root, 'ACL', 'USERS')).toBe(before);
    });

    test.each([
      ["~it's:*", '+get'],
      ['~"quoted"*', '+get'],
      ['~{{name}}*', '~>password', '+get'],
      ['(~features:* +get)', '%R~answers:*', '&news.*', '+publish'],
    ])('takes the words %j as they are', async (...statements) => {
      const { asked, login } = await issue(statements);
      const users = await server.command(server.root, 'ACL', 'LIST');
      expect(users).toContain(login.username);
      await expect(server.command({ ...login, password: 'password' }, 'PING')).rejects.toThrow(/WRONGPASS/);
      await target.revoke(asked, within(10_000));
    });

    test('with another certificate, or without TLS, is told nothing', async () => {
      const other = await startRedis();
      await other.stop();
      await expect(open({ caCert: other.ca }).check([], within(5000))).rejects.toMatchObject({ kind: 'refused' });
      await expect(open({ tls: false, caCert: '' }).check([], within(5000))).rejects.toMatchObject({ kind: 'unreachable' });
    }, 30_000);

    test('makes twenty at once over four connections', async () => {
      const made = await Promise.all(Array.from({ length: 20 }, () => issue()));
      const clients = await server.command(server.root, 'CLIENT', 'LIST');
      expect(clients.match(/user=watchword/g)?.length).toBeLessThanOrEqual(4);
      await Promise.all(made.map(({ asked }) => target.revoke(asked, within(10_000))));
      expect(await target.list?.('ww_conform1_', within(10_000))).not.toContain(made[0]?.login.username);
    }, 30_000);

    test('that falls silent leaves an unknown outcome, and a new connection is made after that', async () => {
      const proxy = await startStallingProxy(server.port);
      const through = open({ port: proxy.port });
      try {
        const { asked } = await issue(rules, through);
        proxy.stall();
        await expect(through.revoke(asked, within(4000))).rejects.toMatchObject({ kind: 'unreachable' });
        proxy.resume();
        await through.revoke(asked, within(10_000));
        // The kept connection shows that it is alive, and that is the last that comes through.
        proxy.stall(1);
        const silent = through.create({ ...asked, lease: newLease() }, within(1500));
        await expect(silent).rejects.toMatchObject({ kind: 'unknown-outcome' });
      } finally {
        await proxy.close();
      }
    }, 30_000);

    test('keeps a password that was changed, and makes no user by that', async () => {
      const [older, newer] = [server.powerless.password, Secret.fromText('another-Password-1')];
      await target.setPassword?.('powerless', newer, within(10_000));
      await target.setPassword?.('powerless', newer, within(10_000));
      await server.restart();
      expect(await target.verifyPassword?.('powerless', newer, within(10_000))).toBe(true);
      expect(await target.verifyPassword?.('powerless', Secret.fromText(older), within(10_000))).toBe(false);
      await expect(target.setPassword?.('nobody', newer, within(10_000))).rejects.toMatchObject({ kind: 'refused' });
      expect(await server.command(server.root, 'ACL', 'USERS')).not.toContain('nobody');
    }, 30_000);
  });

  test('a server without a file of users forgets them, and changes no password that it would forget', async () => {
    const server = await startRedis({ keepsUsers: false });
    const target = redisEngine.open(settingsOf(server), on);
    try {
      const lease = newLease();
      const ref = { lease, role, material: await redisEngine.prepare(role, lease, on, {}), handle: undefined };
      await target.create(ref, within(10_000));
      expect(await target.probe(ref, within(10_000))).toBe('unlimited');
      const change = target.setPassword?.('powerless', Secret.fromText('another'), within(10_000));
      await expect(change).rejects.toMatchObject({ kind: 'refused' });
      expect(await server.command(server.powerless, 'GET', 'nothing')).toBe('');
      await server.restart();
      expect(await target.probe(ref, within(10_000))).toBeUndefined();
      await target.revoke(ref, within(10_000));
    } finally {
      await target.close();
      await server.stop();
    }
  }, 30_000);
});
