import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { type MongodbServer, startMongodb } from '../testing/mongodb.ts';
import { type RunningServer, startServer } from '../testing/server.ts';

const { mongodb: python = '' } = inject('services');
const find = { find: 'vectors', projection: { value: 1, _id: 0 } };

describe.skipIf(!python)("Vault's own words for MongoDB", () => {
  let server: RunningServer;
  let mongodb: MongodbServer;
  let token: string;
  let url: string;

  // biome-ignore lint/suspicious/noExplicitAny: answers of every shape.
  async function ask(method: string, path: string, body?: object): Promise<any> {
    const sent = { method, headers: { 'X-Vault-Token': token }, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
    const answer = await fetch(`${server.url}/v1/${path}`, sent);
    const text = await answer.text();
    return { status: answer.status, text, ...(text === '' ? {} : JSON.parse(text)) };
  }
  const connect = (more: object = {}) =>
    ask('POST', 'database/config/features', {
      plugin_name: 'mongodb-database-plugin',
      allowed_roles: '*',
      connection_url: url,
      write_concern: '{"wmode": "majority", "wtimeout": 5000}',
      tls_ca: mongodb.ca,
      username: mongodb.admin.username,
      password: mongodb.admin.password,
      ...more,
    });
  const value = async (login: { username: string; password: string }) => {
    const { cursor } = await mongodb.command(login, 'features', find);
    return cursor.firstBatch[0].value;
  };

  beforeAll(async () => {
    [server, mongodb] = await Promise.all([startServer(), startMongodb(python)]);
    token = await server.rootToken();
    url = `mongodb://{{username}}:{{password}}@127.0.0.1:${mongodb.port}/admin?tls=true&directConnection=true`;
    await ask('POST', 'sys/mounts/database', { type: 'database' });
    expect(await connect()).toMatchObject({ status: 204 });
  }, 60_000);
  afterAll(() => Promise.all([server?.stop(), mongodb?.stop()]));

  test('a credential is issued, used, renewed and revoked', async () => {
    const creation_statements = '{"db": "admin", "roles": [{"role": "read", "db": "features"}]}';
    const role = { db_name: 'features', creation_statements, revocation_statements: '{"db": "admin"}', default_ttl: '5m' };
    expect(await ask('POST', 'database/roles/train', role)).toMatchObject({ status: 204 });
    expect((await ask('GET', 'database/roles/train')).data).toMatchObject({ creation_statements: [creation_statements] });
    const { data, lease_id, renewable, lease_duration } = await ask('GET', 'database/creds/train');
    expect({ renewable, lease_duration }).toEqual({ renewable: true, lease_duration: 300 });
    expect(await value(data)).toBe(42);
    expect(await ask('PUT', 'sys/leases/renew', { lease_id, increment: 600 })).toMatchObject({ lease_duration: 600 });
    expect(await ask('PUT', 'sys/leases/revoke', { lease_id, sync: true })).toMatchObject({ status: 204 });
    await expect(value(data)).rejects.toThrow(/^18 /);
  }, 30_000);

  test('a list of one statement is taken as well, and a role that nobody has is refused with the reason', async () => {
    const role = { db_name: 'features', default_ttl: '5m' };
    const list = { ...role, creation_statements: ['{"roles": [{"role": "readWrite", "db": "features"}]}'] };
    expect(await ask('POST', 'database/roles/write', list)).toMatchObject({ status: 204 });
    const unknown = { ...role, creation_statements: '{"roles": ["reed"]}' };
    const { status, errors } = await ask('POST', 'database/roles/wrong', unknown);
    expect([status, errors]).toEqual([400, [expect.stringMatching(/^creation_statements: the server says: .*\(31\)/)]]);
  }, 30_000);

  test('a connection is told without its password, and refused where it would believe anybody', async () => {
    const { data, text } = await ask('GET', 'database/config/features');
    expect(data.connection_details).toMatchObject({ connection_url: url, username: 'watchword' });
    expect(text).not.toContain(mongodb.admin.password);
    const { status, errors } = await connect({ connection_url: `${url}&tlsInsecure=true` });
    expect([status, errors]).toEqual([400, [expect.stringMatching(/^connection_url: tlsInsecure lets anybody be the server/)]]);
  }, 30_000);

  test('the password of the account is rotated, and that of an account that stays', async () => {
    const before = mongodb.admin;
    expect(await ask('POST', 'database/rotate-root/features')).toMatchObject({ status: 204 });
    await expect(mongodb.open(before)).rejects.toThrow(/^18 /);
    const { username } = mongodb.powerless;
    const account = { db_name: 'features', username, rotation_period: '1h' };
    expect(await ask('POST', 'database/static-roles/reader', account)).toMatchObject({ status: 204 });
    await expect(mongodb.open(mongodb.powerless)).rejects.toThrow(/^18 /);
    const { data } = await ask('GET', 'database/static-creds/reader');
    expect(await value(data)).toBe(42);
  }, 30_000);
});
