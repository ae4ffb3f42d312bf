import { afterEach, describe, expect, inject, test } from 'vitest';
import { nodeNetwork } from '../../src/foundation/node-network.ts';
import { systemClock, systemRandom } from '../../src/foundation/node-ports.ts';
import { Secret } from '../../src/foundation/secret.ts';
import { newKafkaConnection } from '../../src/leases/engines/kafka/connection.ts';
import { kafkaEngine } from '../../src/leases/engines/kafka.ts';
import { type Kafka, startKafka } from '../testing/kafka.ts';
import { openKafka } from '../testing/kafka-client.ts';
import { newLease, within } from './conformance.ts';

const on = { network: nodeNetwork, clock: systemClock, random: systemRandom };
const { kafka: jars = '', kafkaPython: python = '' } = inject('services');
const role = { acls: [{ resource: 'topic', name: 'jobs', pattern: 'literal', operations: ['write'] }] } as const;

describe.skipIf(jars === '' || python === '')('kafka, at clusters of other kinds', () => {
  let server: Kafka | undefined;
  afterEach(() => server?.stop(), 30_000);

  const open = ({ servers, admin }: Kafka) =>
    kafkaEngine.open(
      {
        ...newKafkaConnection,
        bootstrapServers: servers.slice(0, 1),
        username: admin.username,
        password: Secret.fromText(admin.password),
        maxOpenConnections: 1,
      },
      on,
    );
  async function ask() {
    const lease = newLease();
    return { lease, role, material: await kafkaEngine.prepare(role, lease, on, {}), handle: undefined };
  }

  test('of two brokers, both know a user when it is given, and both have forgotten it when it is taken back', async () => {
    const cluster = await startKafka(jars, { brokers: 2 });
    server = cluster;
    const target = open(cluster);
    const asked = await ask();
    const { output } = await target.create(asked, within(20_000));
    const login = { username: asked.lease.externalName, password: (output['password'] as Secret).text };
    for (const address of cluster.servers) await (await openKafka(python, { server: address, ...login })).close();
    const second = cluster.pid(1);
    process.kill(second, 'SIGSTOP');
    await expect(target.revoke(asked, within(1_000))).rejects.toMatchObject({ kind: 'unknown-outcome' });
    const other = await ask();
    // One that is stuck keeps nobody from getting a credential.
    await target.create(other, within(10_000));
    process.kill(second, 'SIGCONT');
    await target.revoke(asked, within(20_000));
    await target.revoke(other, within(20_000));
    for (const address of cluster.servers) {
      await expect(openKafka(python, { server: address, ...login })).rejects.toThrow('not let in');
    }
  }, 240_000);

  test('where whoever has no right may do everything, the check says so: what a user has opened outlives its lease', async () => {
    server = await startKafka(jars, { settings: { 'allow.everyone.if.no.acl.found': 'true' } });
    const target = open(server);
    expect(await target.check([], within(10_000))).toEqual([
      expect.objectContaining({ what: expect.stringContaining('allow.everyone.if.no.acl.found') }),
    ]);
    const asked = await ask();
    const { output } = await target.create(asked, within(10_000));
    const password = (output['password'] as Secret).text;
    const session = await openKafka(python, { server: server.servers[0] ?? '', username: asked.lease.externalName, password });
    await session.createTopic('unguarded');
    await session.produce('unguarded');
    await target.revoke(asked, within(10_000));
    await session.produce('unguarded');
    await session.close();
  }, 180_000);

  test('where nothing asks for rights, the check says so, and nothing is issued', async () => {
    server = await startKafka(jars, { settings: { 'authorizer.class.name': '' } });
    const target = open(server);
    expect(await target.check([], within(10_000))).toEqual([
      expect.objectContaining({ remedy: expect.stringContaining('StandardAuthorizer') }),
    ]);
    const asked = await ask();
    await expect(target.create(asked, within(10_000))).rejects.toMatchObject({ kind: 'refused' });
    await expect(target.probe(asked, within(10_000))).rejects.toMatchObject({ kind: 'refused' });
  }, 180_000);
});
