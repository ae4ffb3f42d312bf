import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { TestClock } from '../../src/access/testing/test-door.ts';
import { nodeNetwork } from '../../src/foundation/node-network.ts';
import { systemClock, systemRandom } from '../../src/foundation/node-ports.ts';
import { Secret } from '../../src/foundation/secret.ts';
import { newGithubConnection } from '../../src/leases/engines/github/connection.ts';
import type { GithubRequest } from '../../src/leases/engines/github/request.ts';
import { type GithubRole, newGithubRole } from '../../src/leases/engines/github/role.ts';
import { githubEngine } from '../../src/leases/engines/github.ts';
import { freePort } from '../testing/daemon.ts';
import { APP, type FakeGithub, INSTALLATION, OWNER, POOR_INSTALLATION, startFakeGithub } from '../testing/fake-github.ts';
import { conformanceSuite, newLease, type Output, within } from './conformance.ts';

const on = { network: nodeNetwork, clock: systemClock, random: systemRandom };
const READER: Partial<GithubRole> = { repositories: ['features'], permissions: { contents: 'read' } };
const somePem = (modulusLength = 2048) =>
  generateKeyPairSync('rsa', { modulusLength }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

describe('github, at a fake of its API', () => {
  let server: FakeGithub;
  const started = Promise.withResolvers<FakeGithub>();
  beforeAll(async () => {
    server = await startFakeGithub();
    started.resolve(server);
  }, 30_000);
  afterAll(() => server?.stop());
  beforeEach(() => {
    Object.assign(server, { suspended: false, lag: 0, twist: {} });
    server.instead.length = 0;
  });

  const settings = (more: object = {}) => ({
    ...newGithubConnection,
    appId: APP,
    privateKey: Secret.fromText(server.privateKey),
    installationId: String(INSTALLATION),
    apiUrl: server.url,
    internal: true,
    tlsCa: server.ca,
    ...more,
  });
  const open = (more: object = {}, clock = systemClock) => {
    githubEngine.connection.check(settings(more));
    return githubEngine.open(settings(more), { ...on, clock });
  };
  const whole = (role: Partial<GithubRole>) => ({ ...newGithubRole, ...role });
  async function ask(role: Partial<GithubRole> = READER, request: GithubRequest = {}, lease = newLease()) {
    githubEngine.role.check(whole(role));
    return {
      lease,
      role: whole(role),
      material: await githubEngine.prepare(whole(role), lease, on, request as never),
      handle: undefined,
    };
  }
  async function issue(role: Partial<GithubRole> = READER, request: GithubRequest = {}, target = open()) {
    const ref = await ask(role, request);
    const created = await target.create(ref, within(10_000));
    return { ...created, ref: { ...ref, handle: created.handle }, token: (created.output['token'] as Secret).text };
  }
  async function statusOf(token: string, path: string, method: 'GET' | 'PUT' = 'GET'): Promise<number> {
    const accept = 'application/vnd.github+json';
    const headers = { accept, authorization: `Bearer ${token}`, 'user-agent': 'a job', 'x-github-api-version': '2022-11-28' };
    const url = `${server.url}/repos/${OWNER}/${path}`;
    const asked = { url, method, headers, ca: server.ca, allowPrivate: true, maxBytes: 100_000, timeoutMs: 5000 };
    return (await nodeNetwork.request(asked)).status;
  }

  conformanceSuite({
    engine: githubEngine,
    async start() {
      await started.promise;
      return {
        connection: settings(),
        role: READER,
        powerless: settings({ installationId: String(POOR_INSTALLATION) }),
        wrongPassword: settings({ privateKey: Secret.fromText(somePem()) }),
        async logIn(output: Output) {
          const use = async () => {
            const status = await statusOf((output['token'] as Secret).text, 'features/contents/a');
            if (status !== 200) throw new Error(`status ${status}`);
          };
          await use();
          return { use, close: async () => {} };
        },
        stop: async () => {},
      };
    },
  });

  describe('a token', () => {
    test('is for the repositories and permissions of the role, and for no more', async () => {
      const { token, output } = await issue();
      expect(await statusOf(token, 'features/contents/a')).toBe(200);
      expect(await statusOf(token, 'features/contents/a', 'PUT')).toBe(403);
      expect(await statusOf(token, 'weights/contents/a')).toBe(404);
      expect(output).toMatchObject({ username: 'x-access-token', repositories: ['features'] });
      expect(JSON.stringify(output)).not.toContain(token);
    });

    test('may be asked for with less than the role allows, and not with more', async () => {
      const role: Partial<GithubRole> = { repositoryIds: [11, 12], permissions: { contents: 'write', issues: 'read' } };
      const { token } = await issue(role, { repositoryIds: [12], permissions: { contents: 'read' } });
      expect(await statusOf(token, 'weights/contents/a')).toBe(200);
      expect(await statusOf(token, 'weights/contents/a', 'PUT')).toBe(403);
      expect(await statusOf(token, 'features/contents/a')).toBe(404);
      const before = server.asked.length;
      await expect(ask(role, { permissions: { issues: 'write' } })).rejects.toMatchObject({ where: 'permissions' });
      await expect(ask(role, { permissions: { members: 'read' } })).rejects.toMatchObject({ where: 'permissions' });
      await expect(ask(role, { repositoryIds: [13] })).rejects.toMatchObject({ where: 'repository_ids' });
      await expect(ask(role, { repositories: ['features'] })).rejects.toMatchObject({ where: 'repositories' });
      expect(server.asked).toHaveLength(before);
    });

    test('ends with its hour, however long the lease may be', async () => {
      const lease = newLease(7_200_000);
      const { expiresAt = 0 } = await open().create(await ask(READER, {}, lease), within(5000));
      expect(lease.expiresAt - expiresAt).toBeGreaterThan(3_500_000);
    });

    test.each<[string, Readonly<Record<string, unknown>>]>([
      ['every repository', { repository_selection: 'all', repositories: undefined }],
      ['another repository', { repositories: [{ id: 13, name: 'secrets' }] }],
      ['more permissions', { permissions: { contents: 'write', metadata: 'read' } }],
      ['permissions at a level that nobody knows', { permissions: { contents: 'owner' } }],
      ['a day of life', { expires_at: new Date(Date.now() + 86_400_000).toISOString() }],
    ])('for %s is taken back, and not given', async (_what, twist) => {
      server.twist = twist;
      const before = new Set(server.tokens.keys());
      await expect(issue()).rejects.toMatchObject({ kind: 'refused' });
      const [made = ''] = [...server.tokens.keys()].filter((token) => !before.has(token));
      expect(await statusOf(made, 'features/contents/a')).toBe(401);
    });
  });

  describe('taking back', () => {
    test('is over when the token is no longer good, not when GitHub says so', async () => {
      server.lag = 3;
      const clock = new TestClock();
      clock.time = Date.now();
      const target = open({}, clock);
      const { ref, token } = await issue(READER, {}, target);
      await target.revoke(ref, within(10_000));
      expect(await statusOf(token, 'features/contents/a')).toBe(401);
      server.lag = 1000;
      const stubborn = await issue(READER, {}, target);
      await expect(target.revoke(stubborn.ref, within(10_000))).rejects.toMatchObject({ kind: 'unknown-outcome' });
    });

    test('a login page in the way is no word of GitHub', async () => {
      const target = open();
      const { ref } = await issue(READER, {}, target);
      server.instead.push({ status: 401, json: '<html>' });
      await expect(target.revoke(ref, within(5000))).rejects.toMatchObject({ kind: 'refused' });
      server.instead.push({ status: 204 }, { status: 401, json: '<html>' });
      await expect(target.revoke(ref, within(5000))).rejects.toMatchObject({ kind: 'refused' });
      await target.revoke(ref, within(5000));
    });

    test('what has ended by itself needs nobody', async () => {
      const { ref } = await issue();
      const handle = { token: Secret.fromText('long gone'), expiresAt: Date.now() - 400_000 };
      const before = server.asked.length;
      await open({ apiUrl: `https://localhost:${await freePort()}` }).revoke({ ...ref, handle }, within(5000));
      expect(server.asked).toHaveLength(before);
    });

    test('whose answer was lost, nobody has; a server that is down is told', async () => {
      const down = open({ apiUrl: `https://localhost:${await freePort()}` });
      await down.revoke(await ask(), within(5000));
      const { ref } = await issue();
      await expect(down.revoke(ref, within(5000))).rejects.toMatchObject({ kind: 'unreachable' });
      await expect(down.create(await ask(), within(5000))).rejects.toMatchObject({ kind: 'unreachable' });
      await expect(down.check([], within(5000))).rejects.toMatchObject({ kind: 'unreachable' });
    });
  });

  describe('the App', () => {
    test('is told which permissions and repositories its installation lacks', async () => {
      const role = whole({
        repositories: ['features', 'gone'],
        permissions: { contents: 'read', issues: 'write', actions: 'read' },
      });
      const made = server.tokens.size;
      expect(await open().check([role], within(5000))).toEqual([
        { what: 'the permission issues: write', remedy: expect.stringContaining('grant the App issues: write') },
        { what: 'the permission actions: read', remedy: expect.any(String) },
        { what: `the repository ${OWNER}/gone`, remedy: expect.any(String) },
      ]);
      expect(server.tokens.size).toBe(made);
    });

    test('that is suspended, or not installed there, is told so', async () => {
      expect(await open({ installationId: '5' }).check([], within(5000))).toMatchObject([
        { what: 'the App has no such installation' },
      ]);
      server.suspended = true;
      expect(await open().check([], within(5000))).toMatchObject([{ what: 'the installation is suspended' }]);
      await expect(issue()).rejects.toMatchObject({ kind: 'refused', message: expect.stringContaining('suspended') });
    });

    test('tries a role with a token that it takes back', async () => {
      const before = new Set(server.tokens.keys());
      await open().tryRole?.(whole(READER), within(5000));
      const [made = ''] = [...server.tokens.keys()].filter((token) => !before.has(token));
      expect(await statusOf(made, 'features/contents/a')).toBe(401);
      const wide = open().tryRole?.(whole({ ...READER, permissions: { contents: 'admin' } }), within(5000));
      await expect(wide).rejects.toMatchObject({ code: 'engine.invalid', where: 'permissions' });
      const gone = open().tryRole?.(whole({ ...READER, repositories: ['gone'] }), within(5000));
      await expect(gone).rejects.toMatchObject({ code: 'engine.invalid', where: 'repositories' });
    });

    test('that asks too often is told to wait, and nothing was made', async () => {
      const spent = { 'x-ratelimit-remaining': '0' };
      server.instead.push({ status: 403, json: { message: 'API rate limit exceeded' }, headers: spent });
      await expect(issue()).rejects.toMatchObject({ kind: 'throttled' });
      server.instead.push({ status: 500 }, { status: 201, json: { token: 'a' } });
      await expect(issue()).rejects.toMatchObject({ kind: 'unknown-outcome' });
      await expect(issue()).rejects.toMatchObject({ kind: 'unknown-outcome' });
    });
  });
});

describe('what is set', () => {
  const good = { ...newGithubConnection, appId: APP, privateKey: Secret.fromText(somePem()), installationId: '1' };
  test.each<[string, object, string]>([
    ['no App', { appId: '' }, 'app_id'],
    ['an installation that leads elsewhere', { installationId: '1/access_tokens' }, 'installation_id'],
    ['what is no key', { privateKey: Secret.fromText('no key') }, 'private_key'],
    ['a key that is too short', { privateKey: Secret.fromText(somePem(1024)) }, 'private_key'],
    ['plain HTTP', { apiUrl: 'http://github.example' }, 'api_url'],
    ['private addresses for GitHub itself', { internal: true }, 'internal'],
  ])('%s is refused', (_what, more, where) => {
    githubEngine.connection.check(good);
    expect(() => githubEngine.connection.check({ ...good, ...more })).toThrow(expect.objectContaining({ where }));
  });

  test.each<[string, Partial<GithubRole>, string]>([
    ['no repositories', { permissions: { contents: 'read' } }, 'repositories'],
    ['names and ids', { repositories: ['a'], repositoryIds: [1], permissions: { contents: 'read' } }, 'repositories'],
    ['no permissions', { repositories: ['a'] }, 'permissions'],
    ['all permissions', { repositories: ['a'], permissions: { all: 'read' } }, 'permissions'],
  ])('a role with %s is refused: GitHub takes nothing for everything', (_what, role, where) => {
    expect(() => githubEngine.role.check({ ...newGithubRole, ...role })).toThrow(expect.objectContaining({ where }));
  });

  test('names of repositories hold no owner and lead nowhere else', () => {
    const { repositories = z.never() } = githubEngine.role.fields;
    const isName = (name: string) => z.safeParse(repositories, [name]).success;
    expect(['features', '.github', 'a.b_c-d'].map(isName)).toEqual([true, true, true]);
    expect(['vision-lab/features', '..', '.', 'a b', ''].map(isName)).not.toContain(true);
  });

  test('what counts beyond the repositories, and what can give itself more, is warned of', () => {
    const role = { ...newGithubRole, repositories: ['a'], permissions: { members: 'read', workflows: 'write' } as const };
    expect(githubEngine.role.check(role)).toEqual([expect.stringContaining('members'), expect.stringContaining('workflows')]);
  });
});
