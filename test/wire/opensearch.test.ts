import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { type Login, type Opensearch, startOpensearch } from '../testing/opensearch.ts';
import { type RunningServer, startServer } from '../testing/server.ts';

const { opensearch: programs = '' } = inject('services');
const statement = {
  opensearch_role_definition: { index_permissions: [{ index_patterns: ['features'], allowed_actions: ['read'] }] },
};

describe.skipIf(!programs)("OpenSearch below Vault's paths of databases", () => {
  let server: RunningServer;
  let opensearch: Opensearch;
  let token: string;

  // biome-ignore lint/suspicious/noExplicitAny: answers of every shape.
  async function ask(method: string, path: string, body?: object): Promise<any> {
    const sent = { method, headers: { 'X-Vault-Token': token }, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
    const answer = await fetch(`${server.url}/v1/${path}`, sent);
    const text = await answer.text();
    return { status: answer.status, text, ...(text === '' ? {} : JSON.parse(text)) };
  }
  const connect = (more: object = {}) =>
    ask('POST', 'database/config/search', {
      plugin_name: 'opensearch-database-plugin',
      allowed_roles: '*',
      url: opensearch.url,
      tls_ca: opensearch.tlsCa,
      ...opensearch.account,
      ...more,
    });
  const search = (login: Login) => opensearch.ask('GET', 'features/_search', undefined, login);
  const role = { db_name: 'search', default_ttl: '5m' };

  beforeAll(async () => {
    [server, opensearch] = await Promise.all([startServer(), startOpensearch(programs)]);
    token = await server.rootToken();
    await opensearch.ask('PUT', 'features/_doc/1?refresh=true', { value: 42 });
    await ask('POST', 'sys/mounts/database', { type: 'database' });
    expect(await connect()).toMatchObject({ status: 204 });
  }, 150_000);
  afterAll(() => Promise.all([server?.stop(), opensearch?.stop()]));

  test('a credential is issued, used, renewed and revoked', async () => {
    const creation_statements = JSON.stringify(statement);
    expect(await ask('POST', 'database/roles/train', { ...role, creation_statements })).toMatchObject({ status: 204 });
    expect((await ask('GET', 'database/roles/train')).data).toMatchObject({ creation_statements: [creation_statements] });
    const { data, lease_id, renewable, lease_duration } = await ask('GET', 'database/creds/train');
    expect({ renewable, lease_duration }).toEqual({ renewable: true, lease_duration: 300 });
    expect((await search(data)).body.hits.hits[0]._source).toEqual({ value: 42 });
    expect(await ask('PUT', 'sys/leases/renew', { lease_id, increment: 600 })).toMatchObject({ lease_duration: 600 });
    expect(await ask('PUT', 'sys/leases/revoke', { lease_id, sync: true })).toMatchObject({ status: 204 });
    expect(await search(data)).toMatchObject({ status: 401 });
    const left = await opensearch.ask('GET', `_plugins/_security/api/roles/${data.username}`);
    expect(left).toMatchObject({ status: 404 });
  }, 60_000);

  test.each<[string, string, RegExp]>([
    ['a member that nobody knows', '{"opensearch_roles": ["reader"], "superuser": true}', /superuser/],
    ["Elasticsearch's own words", '{"elasticsearch_roles": ["reader"]}', /elasticsearch_roles/],
    ['no JSON', 'CREATE USER', /is no JSON/],
    ['a role that nobody has', '{"opensearch_roles": ["nowhere"]}', /the server says: .*'nowhere' not found/],
    ['a role that makes users', '{"opensearch_roles": ["all_access"]}', /outlive/],
  ])('a role with %s is refused with the reason', async (_what, creation_statements, reason) => {
    const { status, errors } = await ask('POST', 'database/roles/wrong', { ...role, creation_statements });
    expect([status, errors]).toEqual([400, [expect.stringMatching(reason)]]);
    expect(errors[0]).toMatch(/^creation_statements: /);
  });

  test('a connection is told without its password, and refused to what is not the server', async () => {
    const { data, text } = await ask('GET', 'database/config/search');
    expect(data.connection_details).toMatchObject({ url: opensearch.url, username: 'watchword' });
    expect(text).not.toContain(opensearch.account.password);
    const { status, errors } = await connect({ tls_ca: '' });
    expect(status).toBeGreaterThanOrEqual(400);
    expect(errors[0]).toMatch(/certificate is not accepted/);
  }, 60_000);

  test('the password of the account is rotated, and that of an account that stays', async () => {
    const before = opensearch.account;
    const whoami = async (login: Login) => (await opensearch.ask('GET', '_plugins/_security/authinfo', undefined, login)).status;
    expect(await ask('POST', 'database/rotate-root/search')).toMatchObject({ status: 204 });
    expect(await whoami(before)).toBe(401);
    const account = { db_name: 'search', username: 'dashboards', rotation_period: '1h' };
    const made = await opensearch.ask('PUT', '_plugins/_security/api/internalusers/dashboards', { password: before.password });
    expect(made).toMatchObject({ status: 201 });
    expect(await ask('POST', 'database/static-roles/dashboards', account)).toMatchObject({ status: 204 });
    const { data } = await ask('GET', 'database/static-creds/dashboards');
    expect(await whoami(data)).toBe(200);
    expect(await whoami({ username: 'dashboards', password: before.password })).toBe(401);
  }, 60_000);
});
