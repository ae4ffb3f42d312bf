import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { ADMIN, prepareMariadb } from '../engines/mysql/world.ts';
import { type Mariadb, startMariadb } from '../testing/mariadb.ts';
import { type RunningServer, startServer } from '../testing/server.ts';

describe.skipIf(!inject('services').mariadb)('a role at a MariaDB that cannot undo what it tries', () => {
  let server: RunningServer;
  let mariadb: Mariadb;
  let token: string;

  async function put(path: string, body: object) {
    const sent = { method: 'POST', headers: { 'X-Vault-Token': token }, body: JSON.stringify(body) };
    const answer = await fetch(`${server.url}/v1/${path}`, sent);
    const text = await answer.text();
    return { status: answer.status, warnings: text === '' ? null : JSON.parse(text).warnings };
  }
  const connect = (name: string, port: number, password: string, more: object = {}) =>
    put(`database/config/${name}`, {
      plugin_name: 'mysql-database-plugin',
      allowed_roles: '*',
      connection_url: `{{username}}:{{password}}@tcp(127.0.0.1:${port})/`,
      username: ADMIN,
      password,
      ...more,
    });
  const role = (grants: string, connection = 'features') =>
    put('database/roles/train', { db_name: connection, grants, default_ttl: '1h' });

  beforeAll(async () => {
    [server, mariadb] = await Promise.all([startServer(), startMariadb()]);
    token = await server.rootToken();
    const password = await prepareMariadb(mariadb);
    await put('sys/mounts/database', { type: 'database' });
    expect((await connect('features', mariadb.port, password)).status).toBe(204);
    expect((await connect('gone', 1, password, { verify_connection: false })).status).toBe(204);
  }, 60_000);
  afterAll(() => Promise.all([server?.stop(), mariadb?.stop()]));

  test('that needs what the configured account lacks is kept, and the answer warns with the statement that gives it', async () => {
    const { status, warnings } = await role('SELECT, DELETE ON features.*');
    expect([status, warnings]).toEqual([
      200,
      [
        `what this role needs is missing at its target: pass on DELETE on features.*. What to do: GRANT DELETE ON features.* TO '${ADMIN}'@'%' WITH GRANT OPTION`,
      ],
    ]);
    await mariadb.sql(`GRANT DELETE ON features.* TO '${ADMIN}'@'%' WITH GRANT OPTION`);
    expect(await role('SELECT, DELETE ON features.*')).toEqual({ status: 204, warnings: null });
  });

  test('of a server that is down is kept, and the answer says that it was not tried', async () => {
    const { status, warnings } = await role('SELECT ON features.*', 'gone');
    expect([status, warnings]).toEqual([
      200,
      [expect.stringMatching(/^the role could not be tried.*engine test database\/gone`/)],
    ]);
  });
});
