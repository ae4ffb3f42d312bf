import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { until } from '../testing/daemon.ts';
import { type RedisServer, startRedis } from '../testing/redis.ts';
import { type RunningServer, startServer } from '../testing/server.ts';

/** Leases of a real Redis, by the paths of Vault. */
describe.skipIf(!inject('services').redis)('leases', () => {
  let server: RunningServer;
  let redis: RedisServer;
  let token: string;

  beforeAll(async () => {
    [server, redis] = await Promise.all([startServer(), startRedis()]);
    token = await server.rootToken();
    expect((await ask('POST', 'sys/mounts/database', { type: 'database' })).status).toBe(204);
    await setUp('database');
  }, 60_000);
  afterAll(() => Promise.all([server?.stop(), redis?.stop()]));

  async function ask(method: string, path: string, body?: object, headers: Readonly<Record<string, string>> = {}) {
    const answer = await fetch(`${server.url}/v1/${path}`, {
      method,
      headers: { 'X-Vault-Token': token, ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    return { status: answer.status, body: text === '' ? undefined : JSON.parse(text) };
  }

  async function setUp(mount: string) {
    const { port, ca, admin } = redis;
    const config = {
      plugin_name: 'redis-database-plugin',
      host: '127.0.0.1',
      port,
      tls: true,
      ca_cert: ca,
      allowed_roles: ['*'],
    };
    expect((await ask('POST', `${mount}/config/cache`, { ...config, ...admin })).status).toBe(204);
    const role = { db_name: 'cache', creation_statements: '["~features:*","+@read"]', default_ttl: '1h', max_leases: 2 };
    expect((await ask('POST', `${mount}/roles/reader`, role)).status).toBe(204);
  }

  const issue = async (mount: string, more: object = {}, headers = {}) => ask('POST', `${mount}/creds/reader`, more, headers);
  const works = (login: { username: string; password: string }, key = 'features:x') =>
    redis.command(login, 'GET', key).then(
      () => true,
      () => false,
    );

  test('a mount that is moved takes back what it has issued, keeps its static roles, and leaves its old path free', {
    timeout: 90_000,
  }, async () => {
    await redis.command(redis.root, 'ACL', 'SETUSER', 'app', 'on', '>theirs', '~app:*', '+@all');
    const staticRole = { db_name: 'cache', username: 'app', rotation_period: '5s' };
    expect((await ask('POST', 'database/static-roles/app', staticRole)).status).toBe(204);
    const logins = [(await issue('database')).body.data, (await issue('database')).body.data];
    expect(await Promise.all(logins.map((login) => works(login)))).toEqual([true, true]);
    expect((await issue('database')).status).toBe(429);

    const moved = await ask('POST', 'sys/remount', { from: 'database', to: 'elsewhere/database' });
    expect([moved.status, moved.body.migration_id]).toEqual([200, expect.any(String)]);
    await until(30_000, async () => !(await works(logins[0])) && !(await works(logins[1])));
    expect((await ask('LIST', 'sys/leases/lookup/database/creds/reader')).status).toBe(404);

    const fresh = await issue('elsewhere/database');
    expect(fresh.body.lease_id).toMatch(/^elsewhere\/database\/creds\/reader\//);
    expect((await issue('database')).status).toBe(404);
    const account = async () => (await ask('GET', 'elsewhere/database/static-creds/app')).body.data;
    const before = await account();
    await until(30_000, async () => {
      const now = await account();
      return now.password !== before.password && (await works(now, 'app:x'));
    });

    expect((await ask('POST', 'sys/mounts/database', { type: 'database' })).status).toBe(204);
    await setUp('database');
    const other = await issue('database');
    expect((await ask('PUT', 'sys/leases/revoke-prefix/database', { sync: true })).status).toBe(204);
    expect([await works(other.body.data), await works(fresh.body.data)]).toEqual([false, true]);
  });

  test('an idempotency key that comes with another request is refused with 422, and the same gets the same', async () => {
    const headers = { 'Idempotency-Key': 'run-7' };
    const first = await issue('database', { ttl: '10m' }, headers);
    expect((await issue('database', { ttl: '600s' }, headers)).body).toMatchObject({
      lease_id: first.body.lease_id,
      data: first.body.data,
    });
    const other = await issue('database', { ttl: '20m' }, headers);
    expect([other.status, other.body]).toEqual([422, { errors: [expect.stringContaining('stands for another request')] }]);
    expect(await works(first.body.data)).toBe(true);
  });

  test('one that is damaged in the database is shown as that, among the others', async () => {
    const { lease_id } = (await issue('database')).body;
    const attacker = new DatabaseSync(join(server.dataDirectory, 'watchword.db'));
    attacker.prepare(`UPDATE lease SET sealed = x'00' WHERE lease_id = ?`).run(lease_id);
    attacker.close();
    const { leases } = (await ask('GET', 'sys/leases/search?prefix=database')).body.data;
    expect(leases).toContainEqual({ id: lease_id, state: 'active', damaged: true });
    expect(leases.filter(({ damaged }: { damaged?: boolean }) => damaged === undefined)).toHaveLength(1);
    expect((await ask('PUT', 'sys/leases/lookup', { lease_id })).status).toBe(500);
  });
});
