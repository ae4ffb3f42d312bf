import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { Agent, request } from 'node:https';
import { createServer } from 'node:net';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { nodeNetwork } from '../../src/foundation/node-network.ts';
import { systemClock, systemRandom } from '../../src/foundation/node-ports.ts';
import { Secret } from '../../src/foundation/secret.ts';
import { newOpensearchConnection } from '../../src/leases/engines/opensearch/connection.ts';
import { opensearchEngine } from '../../src/leases/engines/opensearch.ts';
import { newPassword } from '../../src/leases/engines/password.ts';
import { freePort, until } from '../testing/daemon.ts';
import { type Login, type Opensearch, startOpensearch } from '../testing/opensearch.ts';
import { conformanceSuite, newLease, type Output, within } from './conformance.ts';

const on = { network: nodeNetwork, clock: systemClock, random: systemRandom };
const run = promisify(execFile);
const { opensearch: programs = '' } = inject('services');
const API = '_plugins/_security/api';
const MS = 20_000;

const says = (statement: object) => ({ creationStatements: [JSON.stringify(statement)] });
const READER = says({ opensearch_roles: ['reader'] });
const OWN = { index_permissions: [{ index_patterns: ['features-*'], allowed_actions: ['read'] }] };
const NARROW = says({ opensearch_role_definition: OWN });

describe.skipIf(!programs)('opensearch, at a real server', () => {
  let server: Opensearch;
  const started = Promise.withResolvers<Opensearch>();
  beforeAll(async () => {
    server = await startOpensearch(programs);
    await server.ask('PUT', 'features-1/_doc/1?refresh=true', { value: 42 });
    await server.ask('PUT', 'secrets/_doc/1?refresh=true', { value: 43 });
    const role = { index_permissions: [{ index_patterns: ['features-*'], allowed_actions: ['read', 'write'] }] };
    expect(await server.ask('PUT', `${API}/roles/reader`, role)).toMatchObject({ status: 201 });
    started.resolve(server);
  }, 150_000);
  afterAll(() => server?.stop());

  const settings = (more: object = {}) => ({
    ...newOpensearchConnection,
    url: server.url,
    username: server.account.username,
    password: Secret.fromText(server.account.password),
    tlsCa: server.tlsCa,
    ...more,
  });
  const open = (more: object = {}) => opensearchEngine.open(settings(more), on);
  const loginOf = (output: Output): Login => ({
    username: String(output['username']),
    password: (output['password'] as Secret).text,
  });
  async function ask(role = READER) {
    opensearchEngine.role.check(role);
    const lease = newLease();
    return { lease, role, material: await opensearchEngine.prepare(role, lease, on, {}), handle: undefined };
  }
  /** What curl gets, with a connection of its own. */
  async function curl({ username, password }: Login, path: string): Promise<{ hits: { hits: { _source: object }[] } }> {
    const words = ['--silent', '--show-error', '--fail', '--cacert', server.tlsCaFile, '--user', `${username}:${password}`];
    const { stdout } = await run('curl', [...words, `${server.url}/${path}`]);
    return JSON.parse(stdout);
  }
  async function values(login: Login, index = 'features-1'): Promise<object[]> {
    const { hits } = await curl(login, `${index}/_search`);
    return hits.hits.map(({ _source }) => _source);
  }

  conformanceSuite({
    engine: opensearchEngine,
    startMs: 150_000,
    async start() {
      await started.promise;
      const powerless = { username: 'powerless', password: newPassword(systemRandom).text };
      const { username, password } = powerless;
      expect(await server.ask('PUT', `${API}/internalusers/${username}`, { password })).toMatchObject({ status: 201 });
      return {
        connection: settings(),
        role: READER,
        powerless: settings({ username, password: Secret.fromText(password) }),
        wrongPassword: settings({ password: Secret.fromText('quite wrong') }),
        nobody: settings({ url: `https://127.0.0.1:${await freePort()}` }),
        async logIn(output) {
          const login = loginOf(output);
          await curl(login, '_plugins/_security/authinfo');
          return {
            use: async () => expect(await values(login)).toEqual([{ value: 42 }]),
            close: async () => {},
          };
        },
        stop: async () => {},
      };
    },
  });

  test('a user with a role of its own may do what that says and nothing beside it, and the role goes with it', async () => {
    const asked = await ask(NARROW);
    const target = open();
    const { output } = await target.create(asked, within(MS));
    const login = loginOf(output);
    expect(await values(login)).toEqual([{ value: 42 }]);
    const refused = [
      await server.ask('GET', 'secrets/_search', undefined, login),
      await server.ask('PUT', 'features-1/_doc/2', { value: 1 }, login),
      await server.ask('GET', `${API}/internalusers`, undefined, login),
      await server.ask('PUT', `${API}/internalusers/second`, { password: 'Second-1-second-1' }, login),
      await server.ask('GET', '.opendistro_security/_search', undefined, login),
    ];
    expect(refused.map(({ status }) => status)).toEqual([403, 403, 403, 403, 403]);
    const { externalName } = asked.lease;
    expect(await target.list?.(externalName, within(MS))).toEqual([externalName]);
    await target.revoke(asked, within(MS));
    for (const kind of ['internalusers', 'roles']) {
      expect(await server.ask('GET', `${API}/${kind}/${externalName}`)).toMatchObject({ status: 404 });
    }
    await expect(values(login)).rejects.toThrow('401');
  }, 60_000);

  test('a role that was left without its user is found, and taken back', async () => {
    const asked = await ask(NARROW);
    const { externalName } = asked.lease;
    await server.ask('PUT', `${API}/roles/${externalName}`, OWN);
    const target = open();
    expect(await target.list?.(externalName, within(MS))).toEqual([externalName]);
    expect(await target.probe(asked, within(MS))).toBe('unlimited');
    await target.revoke(asked, within(MS));
    expect(await target.probe(asked, within(MS))).toBeUndefined();
  }, 60_000);

  test('a connection that is open, and a scroll on it, are refused at once', async () => {
    const asked = await ask();
    const target = open();
    const login = loginOf((await target.create(asked, within(MS))).output);
    const agent = new Agent({ keepAlive: true, maxSockets: 1, ca: server.tlsCa });
    const first = await keptAlive(agent, login, { path: '/features-1/_search?scroll=1m&size=1' });
    const scroll_id = JSON.parse(first.text)._scroll_id;
    const next = { path: '/_search/scroll', body: { scroll_id } };
    const before = await keptAlive(agent, login, next);
    await target.revoke(asked, within(MS));
    const after = [await keptAlive(agent, login, next), await keptAlive(agent, login, { path: '/features-1/_search' })];
    expect([first, before, ...after].map(({ status }) => status)).toEqual([200, 200, 401, 401]);
    expect(new Set([first, before, after[0]].map((each) => each?.port)).size).toBe(1);
    agent.destroy();
  }, 60_000);

  async function keptAlive(agent: Agent, login: Login, { path, body }: { path: string; body?: object }) {
    const headers = { 'content-type': 'application/json' };
    const auth = `${login.username}:${login.password}`;
    const sent = request(`${server.url}${path}`, { agent, auth, headers, method: body === undefined ? 'GET' : 'POST' });
    sent.end(body === undefined ? undefined : JSON.stringify(body));
    const [answer] = await once(sent, 'response');
    const port: number = answer.socket.localPort;
    let text = '';
    for await (const part of answer) text += part;
    return { status: answer.statusCode as number, port, text };
  }

  test('many at once, and by two of us, are all good and are all taken back: the server keeps all users in one document', async () => {
    const targets = [open(), open()];
    const asked = await Promise.all(Array.from({ length: 10 }, (_each, at) => ask(at % 2 === 0 ? READER : NARROW)));
    const each = <Result>(work: (target: (typeof targets)[0], at: number) => Promise<Result>) =>
      Promise.all(asked.map((_one, at) => work(targets[at % 2 === 0 ? 0 : 1] as (typeof targets)[0], at)));
    const made = await each((target, at) => target.create(asked[at] as (typeof asked)[0], within(60_000)));
    for (const { output } of made) expect(await values(loginOf(output))).toEqual([{ value: 42 }]);
    await each((target, at) => target.revoke(asked[at] as (typeof asked)[0], within(60_000)));
    for (const { output } of made) await expect(values(loginOf(output))).rejects.toThrow('401');
  }, 120_000);

  test.each<[string, object, RegExp]>([
    ['a role that nobody has', { opensearch_roles: ['nowhere'] }, /role 'nowhere' not found/],
    ['a backend role that is mapped to everything', { backend_roles: ['admin'] }, /make users that outlive/],
  ])(
    '%s is refused when the role is written, and leaves nothing behind',
    async (_what, statement, reason) => {
      const target = open();
      const tried = target.tryRole?.(says(statement), within(MS));
      await expect(tried).rejects.toMatchObject({ code: 'engine.invalid', message: expect.stringMatching(reason) });
      expect(await target.list?.('ww_try_', within(MS))).toEqual([]);
    },
    60_000,
  );

  test('so is a role of another name by which its holders may use the plugin', async () => {
    const rights = { cluster_permissions: ['restapi:admin/internalusers'] };
    const made = await server.ask('PUT', `${API}/roles/innocent`, rights);
    // The plugin refuses whoever has not got the right itself, as long as it is not the super administrator.
    expect([201, 403]).toContain(made.status);
    await server.ask('PUT', `${API}/rolesmapping/security_rest_api_access`, { backend_roles: ['innocent'] });
    const tried = open().tryRole?.(says({ backend_roles: ['innocent'] }), within(MS));
    await expect(tried).rejects.toThrow(/make users that outlive/);
  }, 60_000);

  test('so is a role by which its holders make tokens, with which they would go on', async () => {
    const rights = { cluster_permissions: ['security:*'], index_permissions: OWN.index_permissions };
    expect(await server.ask('PUT', `${API}/roles/tokens`, rights)).toMatchObject({ status: 201 });
    for (const statement of [
      { opensearch_roles: ['tokens'] },
      { opensearch_role_definition: { ...OWN, cluster_permissions: ['*'] } },
    ]) {
      await expect(open().tryRole?.(says(statement), within(MS))).rejects.toThrow(/make tokens that outlive/);
    }
  }, 60_000);

  test('a role that can be given is tried, and nothing is left of that', async () => {
    const target = open();
    for (const role of [READER, NARROW]) await target.tryRole?.(role, within(MS));
    expect(await target.list?.('ww_try_', within(MS))).toEqual([]);
    expect(await target.check([says({ opensearch_roles: ['nowhere'] })], within(MS))).toEqual([
      { what: 'give the role nowhere', remedy: expect.stringContaining('roles/nowhere') },
    ]);
  }, 60_000);

  test('a user with a role that is refused in the middle leaves no role', async () => {
    const asked = await ask(says({ opensearch_roles: ['nowhere'], opensearch_role_definition: OWN }));
    await expect(open().create(asked, within(MS))).rejects.toMatchObject({ kind: 'refused' });
    expect(await server.ask('GET', `${API}/roles/${asked.lease.externalName}`)).toMatchObject({ status: 404 });
  }, 60_000);

  test('an account that the plugin keeps from a part of what is needed is told which', async () => {
    const { username, password } = { username: 'half', password: newPassword(systemRandom).text };
    expect(await server.ask('PUT', `${API}/roles/half`, { cluster_permissions: [] })).toMatchObject({ status: 201 });
    const user = { password, opendistro_security_roles: ['half'] };
    expect(await server.ask('PUT', `${API}/internalusers/${username}`, user)).toMatchObject({ status: 201 });
    expect(await open({ username, password: Secret.fromText(password) }).check([], within(MS))).toEqual([
      { what: 'PATCH, DELETE INTERNALUSERS', remedy: expect.stringContaining('endpoints_disabled') },
    ]);
  }, 60_000);

  test('the password of the configured account is rotated, and that of an account that stays; what it may do stays too', async () => {
    const account = { username: 'rotated', password: newPassword(systemRandom).text };
    const body = { password: account.password, opendistro_security_roles: ['security_rest_api_access'], attributes: { a: 'b' } };
    expect(await server.ask('PUT', `${API}/internalusers/rotated`, body)).toMatchObject({ status: 201 });
    const as = (password: Secret) => open({ username: account.username, password });
    const [first, second] = [Secret.fromText(account.password), newPassword(systemRandom)];
    await as(first).setPassword?.('rotated', second, within(MS));
    expect(await as(second).verifyPassword?.('rotated', second, within(MS))).toBe(true);
    await as(second).setPassword?.('rotated', second, within(MS));
    expect(await open().verifyPassword?.('rotated', first, within(MS))).toBe(false);
    expect(await as(second).check([], within(MS))).toEqual([]);
    await expect(as(first).check([], within(MS))).rejects.toMatchObject({ kind: 'refused', lockedOut: true });
    const { body: kept } = await server.ask('GET', `${API}/internalusers/rotated`);
    expect(kept.rotated).toMatchObject({ opendistro_security_roles: ['security_rest_api_access'], attributes: { a: 'b' } });
  }, 60_000);

  test.each(['missing', '..', '.', '', '../roles/reader', '*', 'kept'])(
    'no password is set for %j, who is not there, leads elsewhere or is reserved',
    async (name) => {
      const set = open().setPassword?.(name, Secret.fromText('Any password 1'), within(MS));
      await expect(set).rejects.toMatchObject({ kind: 'refused' });
      expect((await server.ask('GET', `${API}/internalusers/missing`)).status).toBe(404);
    },
  );

  test.each([
    ['a hash that we made, whose password is in no log', false, '"audit_request_body":"{\\"hash\\":\\"$2y$04$'],
    ['the password, which the server keeps out of its logs', true, '"audit_request_body":"__SENSITIVE__"'],
  ])(
    'the server gets %s, though the audit log has the bodies of all requests',
    async (_what, sendPassword, logged) => {
      const target = open({ sendPassword });
      const asked = await ask(NARROW);
      const { output } = await target.create(asked, within(MS));
      const login = loginOf(output);
      expect(await values(login)).toEqual([{ value: 42 }]);
      const other = newPassword(systemRandom);
      await target.setPassword?.(login.username, other, within(MS));
      await target.revoke(asked, within(MS));
      const mine = (line: string) => line.includes('"audit_request_body"') && line.includes(`/internalusers/${login.username}"`);
      let log = '';
      await until(10_000, async () => {
        log = await server.log();
        return log.split('\n').filter(mine).length >= 2;
      });
      expect(log.split('\n').filter(mine).join('\n')).toContain(logged);
      for (const password of [login.password, other.text]) expect(log.includes(password)).toBe(false);
    },
    60_000,
  );

  test('over TLS only the named authority is believed', async () => {
    for (const more of [{ tlsCa: '' }, { url: server.url.replace('127.0.0.1', 'localhost') }]) {
      await expect(open(more).check([], within(MS))).rejects.toMatchObject({ kind: 'refused' });
    }
    await expect(open({ url: server.url.replace('https', 'http') }).check([], within(MS))).rejects.toThrow();
  });

  test('one that accepts and never answers leaves the outcome unknown by the deadline', async () => {
    const silent = createServer().listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as { port: number };
    const target = open({ url: `http://127.0.0.1:${port}` });
    const asked = await ask();
    await expect(target.create(asked, within(300))).rejects.toMatchObject({ kind: 'unknown-outcome' });
    await expect(target.revoke(asked, within(300))).rejects.toMatchObject({ kind: 'unknown-outcome' });
    await expect(target.check([], within(300))).rejects.toMatchObject({ kind: 'unreachable' });
    await expect(target.create(asked, { signal: AbortSignal.abort() })).rejects.toMatchObject({ kind: 'unreachable' });
    silent.close();
  });

  test('what a killed server knew is taken back once it is there again', async () => {
    const target = open();
    const asked = await ask(NARROW);
    const login = loginOf((await target.create(asked, within(MS))).output);
    await server.kill();
    await expect(target.revoke(asked, within(MS))).rejects.toMatchObject({ kind: 'unreachable' });
    await server.restart();
    expect(await values(login)).toEqual([{ value: 42 }]);
    await target.revoke(asked, within(MS));
    await expect(values(login)).rejects.toThrow('401');
    expect(await target.probe(asked, within(MS))).toBeUndefined();
  }, 150_000);
});
