import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { nodeNetwork } from '../../src/foundation/node-network.ts';
import { systemClock, systemRandom } from '../../src/foundation/node-ports.ts';
import { Secret } from '../../src/foundation/secret.ts';
import type { Target } from '../../src/leases/engines/engine.ts';
import { mongodbEngine } from '../../src/leases/engines/mongodb.ts';
import { type MongodbServer, startMongodb } from '../testing/mongodb.ts';
import { newLease, within } from './conformance.ts';

const { mongodb: python = '' } = inject('services');
const on = { network: nodeNetwork, clock: systemClock, random: systemRandom };
const role = { ...mongodbEngine.role.initial, creationStatements: ['{"roles": [{"role": "read", "db": "features"}]}'] };

/** What a server can be made to say by its own failpoints: https://github.com/mongodb/mongo/wiki/The-%22failCommand%22-fail-point */
describe.skipIf(!python)('mongodb, when the server fails', () => {
  let server: MongodbServer;
  let target: Target;
  beforeAll(async () => {
    server = await startMongodb(python);
    const { port, ca, admin } = server;
    target = mongodbEngine.open(
      {
        ...mongodbEngine.connection.initial,
        connectionUrl: `mongodb://{{username}}:{{password}}@127.0.0.1:${port}/?tls=true&directConnection=true`,
        tlsCa: ca,
        username: admin.username,
        password: Secret.fromText(admin.password),
      },
      on,
    ) as unknown as Target;
  }, 60_000);
  afterAll(async () => {
    await target?.close();
    await server?.stop();
  });

  const newRef = async () => {
    const lease = newLease();
    return { lease, role, material: await mongodbEngine.prepare(role, lease, on, {}), handle: undefined };
  };
  const fail = (command: string, data: object) =>
    server.command(server.root, 'admin', {
      configureFailPoint: 'failCommand',
      mode: { times: 1 },
      data: { failCommands: [command], ...data },
    });

  test.each([
    ['refused', { errorCode: 13 }],
    ['throttled', { errorCode: 112 }],
    ['unreachable', { errorCode: 10_107 }],
    ['unknown-outcome', { errorCode: 11_600 }],
    ['unknown-outcome', { closeConnection: true }],
    [
      'unknown-outcome',
      { writeConcernError: { code: 64, codeName: 'WriteConcernFailed', errmsg: 'waiting for replication timed out' } },
    ],
  ])(
    'making a user is %s by %j, and works when it is tried again',
    async (kind, data) => {
      const ref = await newRef();
      await fail('createUser', data);
      await expect(target.create(ref, within(10_000))).rejects.toMatchObject({ kind });
      await target.create(ref, within(10_000));
      expect(await target.probe(ref, within(10_000))).toBe('unlimited');
      await target.revoke(ref, within(10_000));
    },
    30_000,
  );

  test.each([
    ['unknown-outcome', { closeConnection: true }],
    [
      'unknown-outcome',
      { writeConcernError: { code: 64, codeName: 'WriteConcernFailed', errmsg: 'waiting for replication timed out' } },
    ],
    ['refused', { errorCode: 13 }],
  ])(
    'dropping a user is %s by %j, and works when it is tried again',
    async (kind, data) => {
      const ref = await newRef();
      await target.create(ref, within(10_000));
      await fail('dropUser', data);
      await expect(target.revoke(ref, within(10_000))).rejects.toMatchObject({ kind });
      await target.revoke(ref, within(10_000));
      expect(await target.probe(ref, within(10_000))).toBeUndefined();
    },
    30_000,
  );

  test('whoever may not end what users do has not revoked, though the user is gone', async () => {
    const ref = await newRef();
    await target.create(ref, within(10_000));
    await fail('killAllSessions', { errorCode: 13 });
    await expect(target.revoke(ref, within(10_000))).rejects.toMatchObject({ kind: 'refused' });
    expect(await target.probe(ref, within(10_000))).toBeUndefined();
    await target.revoke(ref, within(10_000));
    await fail('killAllSessions', { errorCode: 13 });
    expect(await target.check([role], within(10_000))).toMatchObject([{ what: 'killAnySession in the cluster' }]);
  }, 30_000);

  test.each([59, 115, 8000])(
    'a server that cannot end what users do (%i) has revoked all the same',
    async (errorCode) => {
      const ref = await newRef();
      await target.create(ref, within(10_000));
      await fail('killAllSessions', { errorCode });
      await target.revoke(ref, within(10_000));
      expect(await target.probe(ref, within(10_000))).toBeUndefined();
    },
    30_000,
  );

  test('a user that is there after it was dropped is not revoked', async () => {
    const ref = await newRef();
    await target.create(ref, within(10_000));
    await fail('dropUser', { errorCode: 11 });
    await expect(target.revoke(ref, within(10_000))).rejects.toMatchObject({ kind: 'unknown-outcome' });
    await target.revoke(ref, within(10_000));
  }, 30_000);

  test('a server that is slow leaves an unknown outcome by the deadline', async () => {
    const ref = await newRef();
    await fail('createUser', { blockConnection: true, blockTimeMS: 3000 });
    await expect(target.create(ref, within(1000))).rejects.toMatchObject({ kind: 'unknown-outcome' });
    await target.revoke(ref, within(10_000));
  }, 30_000);
});
