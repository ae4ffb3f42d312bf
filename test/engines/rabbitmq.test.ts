import { once } from 'node:events';
import { createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { nodeNetwork } from '../../src/foundation/node-network.ts';
import { systemClock, systemRandom } from '../../src/foundation/node-ports.ts';
import { Secret } from '../../src/foundation/secret.ts';
import { newRabbitmqConnection } from '../../src/leases/engines/rabbitmq/connection.ts';
import { newRabbitmqRole, type RabbitmqRole } from '../../src/leases/engines/rabbitmq/role.ts';
import { rabbitmqEngine } from '../../src/leases/engines/rabbitmq.ts';
import { type AmqpSession, openAmqp } from '../testing/amqp.ts';
import { freePort, until } from '../testing/daemon.ts';
import { type Rabbitmq, startRabbitmq } from '../testing/rabbitmq.ts';
import { conformanceSuite, newLease, type Output, within } from './conformance.ts';

const on = { network: nodeNetwork, clock: systemClock, random: systemRandom };
const JOBS = { configure: '^job\\.', write: '^job\\.', read: '^job\\.' };

describe.skipIf(!inject('services').rabbitmq)('rabbitmq, at a real broker', () => {
  let server: Rabbitmq;
  const started = Promise.withResolvers<Rabbitmq>();
  beforeAll(async () => {
    server = await startRabbitmq();
    started.resolve(server);
  }, 60_000);
  afterAll(() => server?.stop());

  const settings = (more: object = {}) => ({
    ...newRabbitmqConnection,
    connectionUri: server.url,
    username: server.admin.username,
    password: Secret.fromText(server.admin.password),
    ...more,
  });
  const open = (more: object = {}) => rabbitmqEngine.open(settings(more), on);
  const logIn = async (output: Output, vhost = '/'): Promise<AmqpSession> =>
    await openAmqp({
      port: server.amqpPort,
      username: String(output['username']),
      password: (output['password'] as Secret).text,
      vhost,
    });
  async function ask(role: Partial<RabbitmqRole>) {
    const whole = { ...newRabbitmqRole, ...role };
    rabbitmqEngine.role.check(whole);
    const lease = newLease();
    return { lease, role: whole, material: await rabbitmqEngine.prepare(whole, lease, on, {}), handle: undefined };
  }

  conformanceSuite({
    engine: rabbitmqEngine,
    async start() {
      await started.promise;
      await server.ask('PUT', 'users/powerless', { password: 'weak', tags: 'monitoring' });
      return {
        connection: settings(),
        role: { vhosts: { '/': JOBS } },
        powerless: settings({ username: 'powerless', password: Secret.fromText('weak') }),
        wrongPassword: settings({ password: Secret.fromText('quite wrong') }),
        nobody: settings({ connectionUri: `http://127.0.0.1:${await freePort()}` }),
        async logIn(output) {
          const session = await logIn(output);
          return { use: () => session.declareQueue('job.1'), close: session.close };
        },
        stop: async () => {},
      };
    },
  });

  test('a user may do what its role says, and nothing beside it', async () => {
    await server.ask('PUT', 'vhosts/other');
    const asked = await ask({ vhosts: { '/': JOBS } });
    const target = open();
    const { output } = await target.create(asked, within(10_000));
    const session = await logIn(output);
    await session.declareQueue('job.mine');
    for (const name of ['features', 'my.job.1', 'jobs'])
      await expect(session.declareQueue(name)).rejects.toThrow('ACCESS_REFUSED');
    await expect(logIn(output, 'other')).rejects.toThrow('access to vhost');
    const whoami = await fetch(`${server.url}/api/whoami`, { headers: { authorization: basic(output) } });
    expect(whoami.status).toBe(401);
    await target.revoke(asked, within(10_000));
    await expect(session.declareQueue('job.mine')).rejects.toThrow();
  });

  const basic = (output: Output) =>
    `Basic ${Buffer.from(`${output['username']}:${(output['password'] as Secret).text}`).toString('base64')}`;

  test('a role with a tag lets users see the plugin, and not other users', async () => {
    const asked = await ask({ tags: ['management'] });
    const { output } = await open().create(asked, within(10_000));
    const get = async (path: string) =>
      (await fetch(`${server.url}/api/${path}`, { headers: { authorization: basic(output) } })).status;
    expect([await get('whoami'), await get('users')]).toEqual([200, 401]);
    await open().revoke(asked, within(10_000));
    expect(await get('whoami')).toBe(401);
  });

  test('virtual hosts with letters of URLs are those that are meant', async () => {
    const name = 'a/b?c#d%2Fe é"\'';
    await server.ask('PUT', `vhosts/${encodeURIComponent(name)}`);
    const asked = await ask({ vhosts: { [name]: JOBS }, vhostTopics: { [name]: { 'amq.topic': { write: '^a\\.', read: '' } } } });
    const target = open();
    const { output } = await target.create(asked, within(10_000));
    const session = await logIn(output, name);
    await session.declareQueue('job.1');
    const topics = await server.ask('GET', `users/${asked.lease.externalName}/topic-permissions`);
    expect(topics.body).toEqual([expect.objectContaining({ vhost: name, exchange: 'amq.topic', write: '^a\\.', read: '' })]);
    await target.revoke(asked, within(10_000));
  });

  test('a role that the broker refuses leaves no user behind', async () => {
    const target = open();
    for (const vhosts of [{ nowhere: JOBS }, { '/': { ...JOBS, read: '(' } }]) {
      const asked = await ask({ vhosts });
      await expect(target.create(asked, within(10_000))).rejects.toMatchObject({ kind: 'refused' });
      expect(await target.probe(asked, within(10_000))).toBeUndefined();
    }
    const shortfalls = await target.check([{ ...newRabbitmqRole, vhosts: { nowhere: JOBS } }], within(10_000));
    expect(shortfalls).toEqual([expect.objectContaining({ remedy: "rabbitmqctl add_vhost 'nowhere'" })]);
  });

  test('many at once are all good, and the same twice at once is one', async () => {
    const target = open();
    const asked = await Promise.all(Array.from({ length: 8 }, () => ask({ vhosts: { '/': JOBS } })));
    const made = await Promise.all(asked.map((each) => target.create(each, within(10_000))));
    const [first] = asked;
    if (first === undefined) throw new Error('nothing was asked');
    await Promise.all([target.create(first, within(10_000)), target.create(first, within(10_000))]);
    for (const { output } of made) await (await logIn(output)).close();
    await Promise.all([first, ...asked].map((each) => target.revoke(each, within(10_000))));
    for (const { output } of made) await expect(logIn(output)).rejects.toThrow('ACCESS_REFUSED');
  });

  test('a user with several connections loses all of them', async () => {
    await server.ask('PUT', 'vhosts/second');
    const asked = await ask({ vhosts: { '/': JOBS, second: JOBS } });
    const target = open();
    const { output } = await target.create(asked, within(10_000));
    const sessions = [await logIn(output), await logIn(output), await logIn(output, 'second')];
    await target.revoke(asked, within(10_000));
    for (const session of sessions) await expect(session.declareQueue('job.1')).rejects.toThrow();
  });

  test('a client that is too busy to notice has lost its connection as well', async () => {
    const asked = await ask({ vhosts: { '/': JOBS } });
    const target = open();
    const { output } = await target.create(asked, within(10_000));
    const password = (output['password'] as Secret).text;
    const session = await openAmqp({ port: server.amqpPort, username: asked.lease.externalName, password, busy: true });
    await target.revoke(asked, within(15_000));
    expect((await server.ask('GET', `connections/username/${asked.lease.externalName}`)).body).toEqual([]);
    await expect(session.declareQueue('job.1')).rejects.toThrow();
  });

  test.each(['plain', 'with "quotes\' and \\', 'with:colon', 'Pässwörter 日本', ' '])(
    'another password is set, tags stay, and it is told from wrong ones: %j',
    async (password) => {
      const target = open();
      const [right, wrong] = [Secret.fromText(password), Secret.fromText(`${password}x`)];
      for (const [name, tags] of [
        ['static:colon', ''],
        ['static-plain', ''],
        ['static-tagged', 'management,custom'],
      ] as const) {
        await server.ask('PUT', `users/${name}`, { password: 'first', tags });
        await target.setPassword?.(name, right, within(10_000));
        await target.setPassword?.(name, right, within(10_000));
        expect(await target.verifyPassword?.(name, right, within(10_000))).toBe(true);
        expect(await target.verifyPassword?.(name, wrong, within(10_000))).toBe(false);
        const { body } = await server.ask('GET', `users/${name}`);
        expect(body).toMatchObject({ tags: tags === '' ? [] : tags.split(',') });
        await (await openAmqp({ port: server.amqpPort, username: name, password }).catch(onlyVhost)).close();
      }
    },
  );

  /** Let in, and to no virtual host. */
  const onlyVhost = (error: Error) => {
    if (!error.message.includes('access to vhost')) throw error;
    return { close: async () => {} };
  };

  test('no password is set for somebody who is not there, or whose name leads elsewhere', async () => {
    const target = open();
    for (const name of ['missing', '..', '.', '']) {
      await expect(target.setPassword?.(name, Secret.fromText('any'), within(10_000))).rejects.toMatchObject({ kind: 'refused' });
    }
    expect((await server.ask('GET', 'users/missing')).status).toBe(404);
  });

  test('the configured account changes its own password', async () => {
    await server.ask('PUT', 'users/configured', { password: 'first', tags: 'administrator' });
    const as = (password: string) => open({ username: 'configured', password: Secret.fromText(password) });
    const target = as('first');
    await target.setPassword?.('configured', Secret.fromText('second'), within(10_000));
    expect(await target.verifyPassword?.('configured', Secret.fromText('second'), within(10_000))).toBe(true);
    expect(await target.verifyPassword?.('configured', Secret.fromText('first'), within(10_000))).toBe(false);
    await expect(target.check([], within(10_000))).rejects.toMatchObject({ kind: 'refused' });
    expect(await as('second').check([], within(10_000))).toEqual([]);
  });

  test('an account without a tag for the plugin is told what it lacks', async () => {
    await server.ask('PUT', 'users/untagged', { password: 'first', tags: '' });
    const target = open({ username: 'untagged', password: Secret.fromText('first') });
    expect(await target.check([], within(10_000))).toEqual([
      expect.objectContaining({ remedy: 'rabbitmqctl set_user_tags untagged administrator' }),
    ]);
  });

  test('over TLS only the named authority is believed', async () => {
    const good = open({ connectionUri: server.tlsUrl, tlsCa: server.tlsCa });
    expect(await good.check([], within(10_000))).toEqual([]);
    for (const more of [{}, { connectionUri: server.url.replace('http:', 'https:'), tlsCa: server.tlsCa }]) {
      const target = open({ connectionUri: server.tlsUrl, ...more });
      await expect(target.check([], within(10_000))).rejects.toMatchObject({ kind: 'refused' });
    }
  });

  test('one that accepts and never answers leaves the outcome unknown by the deadline', async () => {
    const silent = createServer().listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as { port: number };
    const target = open({ connectionUri: `http://127.0.0.1:${port}` });
    const asked = await ask({ vhosts: { '/': JOBS } });
    await expect(target.create(asked, within(300))).rejects.toMatchObject({ kind: 'unknown-outcome' });
    await expect(target.revoke(asked, within(300))).rejects.toMatchObject({ kind: 'unknown-outcome' });
    await expect(target.check([], within(300))).rejects.toMatchObject({ kind: 'unreachable' });
    await expect(target.create(asked, { signal: AbortSignal.abort() })).rejects.toMatchObject({ kind: 'unreachable' });
    silent.close();
  });

  test('no log of the broker holds a password, and what a killed broker knew is taken back once it is there again', async () => {
    const target = open();
    const asked = await ask({ vhosts: { '/': JOBS } });
    const { output } = await target.create(asked, within(10_000));
    const session = await logIn(output);
    let logs = '';
    await until(10_000, async () => {
      logs = await server.logs();
      return logs.includes(asked.lease.externalName);
    });
    expect(logs.includes((output['password'] as Secret).text)).toBe(false);
    await server.kill();
    await expect(target.revoke(asked, within(10_000))).rejects.toMatchObject({ kind: 'unreachable' });
    await expect(session.declareQueue('job.1')).rejects.toThrow();
    await server.restart();
    await (await logIn(output)).close();
    await target.revoke(asked, within(10_000));
    await expect(logIn(output)).rejects.toThrow('ACCESS_REFUSED');
  }, 90_000);
});
