import { describe, expect, inject, test } from 'vitest';
import { startKafka } from '../testing/kafka.ts';
import { openKafka } from '../testing/kafka-client.ts';
import { startServer } from '../testing/server.ts';
import { VaultClient } from '../testing/vault-client.ts';

const { kafka: jars = '', kafkaPython: python = '' } = inject('services');
const CHANGES = 10;
const WORKERS = 3;
const acls = JSON.stringify([
  { resource: 'topic', name: 'jobs', operations: ['write', 'create'] },
  { resource: 'cluster', operations: ['describe'] },
]);

describe.skipIf(jars === '' || python === '')('kafka, over the wire', () => {
  test('is set up, issues and takes back, while the password of its account changes again and again', async () => {
    const kafka = await startKafka(jars);
    const admin = await openKafka(python, { server: kafka.servers[0] ?? '', ...kafka.admin });
    await admin.user('watchword', 'SCRAM-SHA-512', 'the first password');
    await admin.permit('watchword', ['Alter', 'Describe']);
    const server = await startServer();
    const client = new VaultClient(server.url, await server.rootToken());
    const ask = async (method: string, path: string, body: object = {}) => {
      const answer = await client.send(method, path, method === 'GET' ? {} : { body });
      if (answer.status >= 300) throw new Error(`${path}: ${answer.status} ${answer.text}`);
      return answer.json;
    };
    try {
      await ask('POST', 'sys/mounts/kafka', { type: 'kafka' });
      const connection = { bootstrap_servers: kafka.servers.join(','), username: 'watchword', password: 'the first password' };
      await ask('POST', 'kafka/config/connection', connection);
      const kept = await ask('GET', 'kafka/config/connection');
      expect(kept?.data).toMatchObject({ bootstrap_servers: kafka.servers, username: 'watchword', mechanism: 'SCRAM-SHA-512' });
      expect(JSON.stringify(kept)).not.toContain('the first password');
      expect((await ask('GET', 'kafka/test/connection'))?.data).toMatchObject({ reached: true, shortfalls: [] });
      await ask('POST', 'kafka/roles/train', { acls, default_ttl: '60s', max_ttl: '600s' });
      expect((await ask('GET', 'kafka/roles/train'))?.data).toMatchObject({
        acls: [expect.objectContaining({ name: 'jobs' }), expect.objectContaining({ resource: 'cluster' })],
      });
      let changing = true;
      const work = async () => {
        while (changing) {
          const issued = await ask('POST', 'kafka/creds/train');
          await ask('POST', 'sys/leases/renew', { lease_id: issued?.lease_id });
          await ask('POST', 'sys/leases/revoke', { lease_id: issued?.lease_id, sync: true });
        }
      };
      const workers = Array.from({ length: WORKERS }, work);
      for (let change = 0; change < CHANGES; change += 1) await ask('POST', 'kafka/rotate-root');
      changing = false;
      await Promise.all(workers);
      const { data, lease_id } = (await ask('POST', 'kafka/creds/train')) ?? {};
      const login = { server: kafka.servers[0] ?? '', username: String(data?.username), password: String(data?.password) };
      const session = await openKafka(python, { ...login, mechanism: String(data?.mechanism) });
      await session.createTopic('jobs');
      await session.produce('jobs');
      await ask('POST', 'sys/leases/revoke', { lease_id, sync: true });
      await expect(session.produce('jobs')).rejects.toThrow('AuthorizationFailed');
      await session.close();
      await expect(openKafka(python, login)).rejects.toThrow('not let in');
    } finally {
      client.close();
      await server.stop();
      await admin.close();
      await kafka.stop();
    }
  }, 180_000);
});
