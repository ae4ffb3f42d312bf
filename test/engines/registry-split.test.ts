import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { type PostgresqlServer, startPostgresql } from '../testing/postgresql.ts';
import { type RunningServer, startServer } from '../testing/server.ts';
import { splitPolicies } from '../testing/split-page.ts';
import { VaultClient } from '../testing/vault-client.ts';

const { postgresql } = inject('services');
const LOGIN = `CREATE ROLE {{name}} LOGIN PASSWORD '{{password}}' VALID UNTIL '{{expiration}}';`;

/** The roles and policies of docs/how-to/split-registry-credentials.md, at a registry whose versions are rows. */
describe.skipIf(postgresql === undefined)('a model registry on PostgreSQL', () => {
  let server: RunningServer;
  let root: VaultClient;
  let registry: PostgresqlServer;

  async function done(path: string, body: object) {
    const answer = await root.send('POST', path, { body });
    if (answer.status >= 300) throw new Error(`${path}: ${answer.status} ${answer.text}`);
    return answer.json;
  }
  async function tokenOf(name: string): Promise<string> {
    return (await done('auth/token/create', { policies: [name], ttl: '1h' })).auth.client_token;
  }
  async function ask(token: string, role: string) {
    const { status, json } = await root.send('GET', `database/creds/${role}`, { token });
    return { status, lease: json?.lease_id as string, login: json?.data as { username: string; password: string } };
  }
  const may = (login: { username: string; password: string }, statement: string) =>
    registry.psql(login, statement, 'registry').then(
      () => true,
      () => false,
    );
  const READ = 'SELECT count(*) FROM model_versions';
  const WRITE = "INSERT INTO model_versions (name, version) VALUES ('churn', 1)";

  beforeAll(async () => {
    [server, registry] = await Promise.all([startServer(), startPostgresql(postgresql ?? '')]);
    root = new VaultClient(server.url, await server.rootToken());
    await registry.query('CREATE DATABASE registry');
    await registry.query('CREATE TABLE model_versions (name text, version int)', undefined, 'registry');
    const { username, password } = registry.admin;
    await done('sys/mounts/database', { type: 'database' });
    await done('database/config/registry', {
      plugin_name: 'postgresql-database-plugin',
      connection_url: `postgresql://{{username}}:{{password}}@127.0.0.1:${registry.port}/registry`,
      allowed_roles: ['registry-build', 'registry-serve'],
      username,
      password,
    });
    const grants = { 'registry-build': 'SELECT, INSERT, UPDATE', 'registry-serve': 'SELECT' };
    for (const [role, grant] of Object.entries(grants)) {
      const creation_statements = `${LOGIN} GRANT ${grant} ON model_versions TO {{name}}`;
      await done(`database/roles/${role}`, { db_name: 'registry', default_ttl: '1h', creation_statements });
    }
    for (const [name, policy] of await splitPolicies()) await done(`sys/policies/acl/${name}`, { policy });
  }, 60_000);
  afterAll(() => Promise.all([server?.stop(), registry?.stop()]));

  test('the pipeline writes, the inference service reads, and neither gets the other’s credential', async () => {
    const [build, serve] = [await tokenOf('registry-build'), await tokenOf('registry-serve')];
    const { login: writer } = await ask(build, 'registry-build');
    const { login: reader } = await ask(serve, 'registry-serve');
    expect([await may(writer, WRITE), await may(reader, READ), await may(reader, WRITE)]).toEqual([true, true, false]);
    expect([(await ask(build, 'registry-serve')).status, (await ask(serve, 'registry-build')).status]).toEqual([403, 403]);
  });

  test('general engineering gets neither, and cannot make itself a way to them', async () => {
    const engineer = await tokenOf('engineering');
    const status = async (method: 'GET' | 'POST', path: string, body?: object) =>
      (await root.send(method, path, { token: engineer, ...(body === undefined ? {} : { body }) })).status;
    for (const role of ['registry-build', 'registry-serve']) {
      for (const mount of ['aws', 'database', 'mlflow', 'oci']) expect(await status('GET', `${mount}/creds/${role}`)).toBe(403);
      expect(await status('GET', `database/roles/${role}`)).toBe(403);
      expect(await status('POST', 'auth/token/create', { policies: [role] })).toBe(403);
      expect(await status('POST', `sys/policies/acl/${role}`, { policy: (await splitPolicies()).get('engineering') })).toBe(403);
    }
    expect(await status('GET', 'database/config/registry')).toBe(403);
    expect(await status('POST', 'database/roles/mine', { db_name: 'registry', creation_statements: LOGIN })).toBe(403);
  });

  test('the page gives the pipeline and the service policies that have nothing in common', async () => {
    const written = await splitPolicies();
    const pathsOf = (name: string) => [...(written.get(name) ?? '').matchAll(/path "([^"]+)"/g)].map(([, path = '']) => path);
    const [build, serve] = [pathsOf('registry-build'), pathsOf('registry-serve')];
    expect([build.length, serve.length]).toEqual([4, 4]);
    expect(build.filter((path) => serve.includes(path) || path.includes('*'))).toEqual([]);
  });

  test('one is taken back, and the other goes on', async () => {
    const { login: writer } = await ask(await tokenOf('registry-build'), 'registry-build');
    const { login: reader } = await ask(await tokenOf('registry-serve'), 'registry-serve');
    await root.send('PUT', 'sys/leases/revoke-prefix/database/creds/registry-build', { body: { sync: true } });
    expect([await may(writer, READ), await may(reader, READ)]).toEqual([false, true]);
  });
});
