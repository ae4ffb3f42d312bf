import { once } from 'node:events';
import { createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { nodeNetwork } from '../../src/foundation/node-network.ts';
import { systemClock, systemRandom } from '../../src/foundation/node-ports.ts';
import { Secret } from '../../src/foundation/secret.ts';
import { type KafkaConnection, newKafkaConnection } from '../../src/leases/engines/kafka/connection.ts';
import type { KafkaAcl } from '../../src/leases/engines/kafka/role.ts';
import { kafkaEngine } from '../../src/leases/engines/kafka.ts';
import { freePort } from '../testing/daemon.ts';
import { type Kafka, startKafka } from '../testing/kafka.ts';
import { type KafkaClient, openKafka } from '../testing/kafka-client.ts';
import { startStallingProxy } from '../testing/stalling-proxy.ts';
import { conformanceSuite, newLease, type Output, within } from './conformance.ts';

const on = { network: nodeNetwork, clock: systemClock, random: systemRandom };
const { kafka: jars = '', kafkaPython: python = '' } = inject('services');
const acl = (resource: KafkaAcl['resource'], name: string, operations: KafkaAcl['operations']): KafkaAcl => ({
  resource,
  name,
  pattern: 'literal',
  operations,
});
const JOBS = [acl('topic', 'jobs', ['read', 'write', 'create']), acl('group', 'workers', ['read'])];

describe.skipIf(jars === '' || python === '')('kafka, at a real broker', () => {
  let server: Kafka;
  let admin: KafkaClient;
  const started = Promise.withResolvers<void>();
  beforeAll(async () => {
    server = await startKafka(jars);
    admin = await openKafka(python, { server: server.servers[0] ?? '', ...server.admin });
    await admin.createTopic('jobs');
    await admin.createTopic('features');
    started.resolve();
  }, 180_000);
  afterAll(async () => {
    await admin?.close();
    await server?.stop();
  }, 30_000);

  const settings = (more: Partial<KafkaConnection> = {}): KafkaConnection => ({
    ...newKafkaConnection,
    bootstrapServers: server.servers,
    username: server.admin.username,
    password: Secret.fromText(server.admin.password),
    ...more,
  });
  const open = (more: Partial<KafkaConnection> = {}) => kafkaEngine.open(settings(more), on);
  const logIn = (output: Output) =>
    openKafka(python, {
      server: server.servers[0] ?? '',
      username: String(output['username']),
      password: (output['password'] as Secret).text,
      mechanism: String(output['mechanism']),
    });
  async function ask(acls: readonly KafkaAcl[] = JOBS, lease = newLease()) {
    kafkaEngine.role.check({ acls });
    return { lease, role: { acls }, material: await kafkaEngine.prepare({ acls }, lease, on, {}), handle: undefined };
  }
  /** A user of the configured account's own making, with these rights and no more. */
  async function accountWith(...operations: string[]) {
    const username = `account_${operations.join('_')}`;
    const password = Secret.fromText('password of an account');
    const asked = await ask([acl('topic', 'nothing', ['describe'])], { ...newLease(), externalName: username });
    await open().create({ ...asked, material: { password } }, within(10_000));
    await admin.permit(username, operations);
    return open({ username, password });
  }

  conformanceSuite({
    engine: kafkaEngine,
    startMs: 200_000,
    async start() {
      await started.promise;
      const weak = await ask([acl('topic', 'jobs', ['describe'])], { ...newLease(), externalName: 'powerless' });
      const password = Secret.fromText('weak');
      await open().create({ ...weak, material: { password } }, within(10_000));
      return {
        connection: settings(),
        role: { acls: JOBS },
        powerless: settings({ username: 'powerless', password }),
        wrongPassword: settings({ password: Secret.fromText('quite wrong') }),
        nobody: settings({ bootstrapServers: [`127.0.0.1:${await freePort()}`] }),
        async logIn(output) {
          const session = await logIn(output);
          return { use: () => session.produce('jobs'), close: session.close };
        },
        stop: async () => {},
      };
    },
  });

  test('a user may do what its role says, and nothing beside it', async () => {
    const asked = await ask();
    const target = open();
    const { output } = await target.create(asked, within(10_000));
    expect(await admin.rights(asked.lease.externalName)).toEqual([
      'ALLOW CREATE LITERAL TOPIC jobs *',
      'ALLOW READ LITERAL GROUP workers *',
      'ALLOW READ LITERAL TOPIC jobs *',
      'ALLOW WRITE LITERAL TOPIC jobs *',
    ]);
    const session = await logIn(output);
    await session.produce('jobs', 'mine');
    expect(await session.consume({ topic: 'jobs', group: 'workers', poll: 10_000 })).toContain('mine');
    await expect(session.produce('features')).rejects.toThrow('TopicAuthorizationFailed');
    await expect(session.consume({ topic: 'jobs', group: 'others', poll: 10_000 })).rejects.toThrow('GroupAuthorizationFailed');
    await expect(session.createTopic('jobs-2')).rejects.toThrow('AuthorizationFailed');
    await target.revoke(asked, within(10_000));
    await session.close();
  });

  test('a right on a prefix is for all that begin so', async () => {
    const prefixed = { ...acl('topic', 'jobs', ['write', 'create']), pattern: 'prefixed' } as const;
    const asked = await ask([prefixed, acl('cluster', '', ['describe']), acl('transactional_id', 'it\'s; "*" é', ['write'])]);
    const target = open();
    const { output } = await target.create(asked, within(10_000));
    const session = await logIn(output);
    await session.createTopic('jobs.made');
    await session.produce('jobs.made');
    await expect(session.createTopic('job')).rejects.toThrow('AuthorizationFailed');
    const rights = await admin.rights(asked.lease.externalName);
    expect(rights).toContain('ALLOW WRITE LITERAL TRANSACTIONAL_ID it\'s; "*" é *');
    expect(rights).toContain('ALLOW DESCRIBE LITERAL CLUSTER kafka-cluster *');
    await target.revoke(asked, within(10_000));
    expect(await admin.rights(asked.lease.externalName)).toEqual([]);
    await session.close();
  });

  test('open producers and consumers are refused with the next that they ask for', async () => {
    const asked = await ask([...JOBS, acl('group', 'crew', ['read'])]);
    const target = open();
    const { output } = await target.create(asked, within(10_000));
    const session = await logIn(output);
    await session.produce('jobs');
    await session.consume({ topic: 'jobs', poll: 10_000 });
    await session.consume({ topic: 'jobs', group: 'crew', poll: 10_000 });
    await target.revoke(asked, within(10_000));
    await expect(session.produce('jobs')).rejects.toThrow('TopicAuthorizationFailed');
    // What the client has asked for ahead is there already.
    const ends = async (group?: string) => {
      for (;;) await session.consume({ topic: 'jobs', poll: 1_000, ...(group === undefined ? {} : { group }) });
    };
    await expect(ends()).rejects.toThrow('AuthorizationFailed');
    await expect(ends('crew')).rejects.toThrow('AuthorizationFailed');
    await session.close();
  });

  test('a fetch that waited already is answered once more, and no other', async () => {
    const asked = await ask();
    const target = open();
    const { output } = await target.create(asked, within(10_000));
    const session = await logIn(output);
    const waiting = { topic: 'jobs', wait: 30_000 };
    expect(await session.consume({ ...waiting, poll: 2_000 })).toEqual([]);
    await target.revoke(asked, within(10_000));
    await admin.produce('jobs', 'after the end');
    expect(await session.consume({ ...waiting, poll: 10_000 })).toEqual(['after the end']);
    await admin.produce('jobs', 'later still');
    await expect(session.consume({ ...waiting, poll: 10_000 })).rejects.toThrow('TopicAuthorizationFailed');
    await session.close();
  });

  test('rights of a user that is not there are found and taken back', async () => {
    const asked = await ask();
    const name = asked.lease.externalName;
    await admin.permit(name, ['Describe']);
    const target = open();
    expect(await target.list?.(name, within(10_000))).toEqual([name]);
    expect(await target.probe(asked, within(10_000))).toBe('unlimited');
    await target.revoke(asked, within(10_000));
    expect(await target.probe(asked, within(10_000))).toBeUndefined();
    expect(await admin.rights(name)).toEqual([]);
  });

  test('taking one back touches nobody whose name begins alike', async () => {
    const [one, other] = [await ask(), await ask()];
    const longer = { ...other, lease: { ...other.lease, externalName: `${one.lease.externalName}2` } };
    const target = open();
    await target.create(one, within(10_000));
    const { output } = await target.create(longer, within(10_000));
    await target.revoke(one, within(10_000));
    const session = await logIn(output);
    await session.produce('jobs');
    await session.close();
    await target.revoke(longer, within(10_000));
  });

  test('many at once are all good, and the same twice at once is one', async () => {
    const target = open();
    const asked = await Promise.all(Array.from({ length: 12 }, () => ask()));
    const made = await Promise.all(asked.map((each) => target.create(each, within(20_000))));
    const [first] = asked;
    if (first === undefined) throw new Error('nothing was asked');
    await Promise.all([target.create(first, within(10_000)), target.create(first, within(10_000))]);
    const good = ({ output }: { output: Output }) =>
      target.verifyPassword?.(String(output['username']), output['password'] as Secret, within(10_000));
    expect(new Set(await Promise.all(made.map(good)))).toEqual(new Set([true]));
    await Promise.all([first, ...asked].map((each) => target.revoke(each, within(20_000))));
    expect(new Set(await Promise.all(made.map(good)))).toEqual(new Set([false]));
  });

  test('the other mechanism works as well', async () => {
    const asked = await ask();
    const target = open({ mechanism: 'SCRAM-SHA-256' });
    // The admin was made with the longer one only.
    await expect(target.check([], within(10_000))).rejects.toMatchObject({ kind: 'refused', lockedOut: true });
    await admin.user(server.admin.username, 'SCRAM-SHA-256', server.admin.password);
    const { output } = await target.create(asked, within(10_000));
    const session = await logIn(output);
    await session.produce('jobs');
    await session.close();
    await target.revoke(asked, within(10_000));
  });

  test('the account is told exactly what it lacks', async () => {
    const remedies = async (...operations: string[]) =>
      (await (await accountWith(...operations)).check([], within(10_000))).map(({ remedy }) => remedy);
    expect(await remedies('Alter', 'Describe')).toEqual([]);
    expect(await remedies('Alter')).toEqual([]);
    expect(await remedies('Describe')).toEqual([expect.stringContaining('--operation Alter --cluster')]);
    expect(await remedies()).toEqual([
      expect.stringContaining('--operation Alter --cluster'),
      expect.stringContaining('--operation Describe --cluster'),
    ]);
  });

  test('an account with the two rights alone issues and takes back', async () => {
    const target = await accountWith('Alter', 'Describe');
    const asked = await ask();
    await target.create(asked, within(10_000));
    expect(await target.list?.(asked.lease.externalName, within(10_000))).toEqual([asked.lease.externalName]);
    await target.revoke(asked, within(10_000));
  });

  test.each(['plain', 'with "quotes\', = and ,', 'Pässwörter 日本'])('the account changes its password: %j', async (password) => {
    const name = 'configured,=account';
    await admin.user(name, 'SCRAM-SHA-512', 'first');
    await admin.permit(name, ['Alter', 'Describe']);
    const as = (text: string) => open({ username: name, password: Secret.fromText(text) });
    const next = Secret.fromText(password);
    await as('first').setPassword?.(name, next, within(10_000));
    await as(password).setPassword?.(name, next, within(10_000));
    expect(await as(password).verifyPassword?.(name, next, within(10_000))).toBe(true);
    expect(await as(password).verifyPassword?.(name, Secret.fromText(`${password}x`), within(10_000))).toBe(false);
    await expect(as('first').check([], within(10_000))).rejects.toMatchObject({ kind: 'refused', lockedOut: true });
  });

  test('no password is set for somebody who is not there', async () => {
    const nobody = open().setPassword?.('missing', Secret.fromText('any'), within(10_000));
    await expect(nobody).rejects.toMatchObject({ kind: 'refused' });
    expect(await open().list?.('missing', within(10_000))).toEqual([]);
  });

  test('over TLS only the named authority is believed', async () => {
    const bootstrapServers = [server.tlsServer];
    expect(await open({ bootstrapServers, tls: true, tlsCa: server.tlsCa }).check([], within(10_000))).toEqual([]);
    const stranger = open({ bootstrapServers, tls: true });
    await expect(stranger.check([], within(10_000))).rejects.toMatchObject({ kind: 'refused' });
    const named = open({
      bootstrapServers: [server.tlsServer.replace('127.0.0.1', 'localhost')],
      tls: true,
      tlsCa: server.tlsCa,
    });
    await expect(named.check([], within(10_000))).rejects.toMatchObject({ kind: 'refused' });
  });

  test('the next server is asked where one does not answer, and none where one refuses', async () => {
    const dead = `127.0.0.1:${await freePort()}`;
    expect(await open({ bootstrapServers: [dead, ...server.servers] }).check([], within(10_000))).toEqual([]);
    const wrong = open({ bootstrapServers: [...server.servers, dead], password: Secret.fromText('wrong') });
    await expect(wrong.check([], within(10_000))).rejects.toMatchObject({ kind: 'refused' });
  });

  test('one that falls silent leaves the outcome unknown where something was sent, and not before', async () => {
    const proxy = await startStallingProxy(Number(server.servers[0]?.split(':')[1]));
    const target = open({ bootstrapServers: [`127.0.0.1:${proxy.port}`] });
    const asked = await ask();
    const outcomes = new Set<string>();
    for (let pieces = 0; pieces < 16; pieces += 1) {
      proxy.stall(pieces);
      const outcome = await target.create(asked, within(400)).then(
        () => 'made',
        (error: { kind: string }) => error.kind,
      );
      proxy.resume();
      const there = (await open().probe(asked, within(10_000))) !== undefined;
      // Nothing is ever there of which was said that it is not.
      if (there) expect(['made', 'unknown-outcome']).toContain(outcome);
      outcomes.add(outcome);
      await open().revoke(asked, within(10_000));
    }
    expect(outcomes).toEqual(new Set(['unreachable', 'unknown-outcome', 'made']));
    await proxy.close();
  }, 60_000);

  test('one that accepts and never answers, or speaks something else, is not taken for a broker', async () => {
    const silent = createServer().listen(0, '127.0.0.1');
    const other = createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')).listen(0, '127.0.0.1');
    await Promise.all([once(silent, 'listening'), once(other, 'listening')]);
    const at = (listening: typeof silent) =>
      open({ bootstrapServers: [`127.0.0.1:${(listening.address() as { port: number }).port}`] });
    await expect(at(silent).check([], within(300))).rejects.toMatchObject({ kind: 'unreachable' });
    await expect(at(other).check([], within(5_000))).rejects.toMatchObject({ kind: 'refused' });
    await expect(open().create(await ask(), { signal: AbortSignal.abort() })).rejects.toMatchObject({ kind: 'unreachable' });
    silent.close();
    other.close();
  });

  test('no log of the broker holds a password, and what a killed broker knew is taken back once it is there again', async () => {
    const target = open();
    const asked = await ask();
    const { output } = await target.create(asked, within(10_000));
    const log = await server.log();
    expect(log).toContain(asked.lease.externalName);
    expect(log.includes((output['password'] as Secret).text)).toBe(false);
    await server.kill();
    await expect(target.revoke(asked, within(10_000))).rejects.toMatchObject({ kind: 'unreachable' });
    await server.restart();
    const session = await logIn(output);
    await target.revoke(asked, within(20_000));
    await expect(session.produce('jobs')).rejects.toThrow();
    await expect(logIn(output)).rejects.toThrow('not let in');
    await session.close();
  }, 180_000);
});
