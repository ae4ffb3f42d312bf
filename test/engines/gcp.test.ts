import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { nodeNetwork } from '../../src/foundation/node-network.ts';
import { systemClock, systemRandom } from '../../src/foundation/node-ports.ts';
import { Secret } from '../../src/foundation/secret.ts';
import { newGcpConnection } from '../../src/leases/engines/gcp/connection.ts';
import type { GcpRequest } from '../../src/leases/engines/gcp/request.ts';
import { type GcpRole, newGcpRole } from '../../src/leases/engines/gcp/role.ts';
import { gcpEngine } from '../../src/leases/engines/gcp.ts';
import { freePort } from '../testing/daemon.ts';
import { ACCOUNT, BUCKET, CONFIGURED, type FakeGcp, POWERLESS, startFakeGcp } from '../testing/fake-gcp.ts';
import { conformanceSuite, newLease, type Output, within } from './conformance.ts';

const on = { network: nodeNetwork, clock: systemClock, random: systemRandom };
const STORAGE = 'https://www.googleapis.com/auth/devstorage.read_only';
const WHOLE: Partial<GcpRole> = { serviceAccountEmail: ACCOUNT, tokenScopes: [STORAGE] };
const PART: Partial<GcpRole> = { serviceAccountEmail: ACCOUNT, bucket: BUCKET, prefix: 'a/', verbs: ['read', 'list'] };

describe('gcp, at a fake of its services', () => {
  let server: FakeGcp;
  const started = Promise.withResolvers<FakeGcp>();
  beforeAll(async () => {
    server = await startFakeGcp();
    started.resolve(server);
  }, 30_000);
  afterAll(() => server?.stop());
  beforeEach(() => {
    Object.assign(server, { excess: 0, saysExpiry: false });
    server.instead.length = 0;
  });

  const settings = (more: object = {}) => ({
    ...newGcpConnection,
    credentials: Secret.fromText(server.keyFile(CONFIGURED)),
    oauthEndpoint: server.url,
    iamCredentialsEndpoint: server.url,
    stsEndpoint: server.url,
    internal: true,
    tlsCa: server.ca,
    ...more,
  });
  const open = (more: object = {}) => {
    gcpEngine.connection.check(settings(more));
    return gcpEngine.open(settings(more), on);
  };
  async function issue(role: Partial<GcpRole>, request: GcpRequest = {}, { target = open(), lease = newLease() } = {}) {
    const whole = { ...newGcpRole, ...role };
    gcpEngine.role.check(whole);
    const material = await gcpEngine.prepare(whole, lease, on, request as never);
    const created = await target.create({ lease, role: whole, material, handle: undefined }, within(10_000));
    return { ...created, lease, token: (created.output['token'] as Secret).text };
  }
  async function statusOf(token: string, path: string, method: 'GET' | 'POST' | 'DELETE' = 'GET'): Promise<number> {
    const headers = { authorization: `Bearer ${token}` };
    const asked = { method, headers, ca: server.ca, allowPrivate: true, maxBytes: 10_000, timeoutMs: 5000 };
    return (await nodeNetwork.request({ ...asked, url: `${server.url}/storage/v1/b/${path}` })).status;
  }
  const otherKey = () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const file = JSON.parse(server.keyFile(CONFIGURED));
    return JSON.stringify({ ...file, private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }) });
  };

  conformanceSuite({
    engine: gcpEngine,
    async start() {
      await started.promise;
      const nowhere = `https://localhost:${await freePort()}`;
      return {
        connection: settings(),
        role: PART,
        powerless: settings({ credentials: Secret.fromText(server.keyFile(POWERLESS)) }),
        wrongPassword: settings({ credentials: Secret.fromText(otherKey()) }),
        nobody: settings({ oauthEndpoint: nowhere, iamCredentialsEndpoint: nowhere, stsEndpoint: nowhere }),
        async logIn(output: Output) {
          const use = async () => {
            const status = await statusOf((output['token'] as Secret).text, `${BUCKET}/o/a%2Fb`);
            if (status !== 200) throw new Error(`status ${status}`);
          };
          await use();
          return { use, close: async () => {} };
        },
        stop: async () => {},
      };
    },
  });

  describe('a token for a part of a bucket', () => {
    test('does there what the verbs say, and nothing anywhere else', async () => {
      const { token } = await issue(PART);
      const tried = {
        [`${BUCKET}/o/a%2Fb`]: 200,
        [`${BUCKET}/o?prefix=a%2F`]: 200,
        [`${BUCKET}/o?prefix=a%2Fdeep`]: 200,
        [`${BUCKET}/o/b%2Fb`]: 403,
        [`${BUCKET}/o/a`]: 403,
        [`${BUCKET}/o`]: 403,
        [`${BUCKET}/o?prefix=b%2F`]: 403,
        'other/o/a%2Fb': 403,
      };
      for (const [path, status] of Object.entries(tried)) expect([path, await statusOf(token, path)]).toEqual([path, status]);
      // Listing must not open the door to objects elsewhere by the prefix that is said with them.
      expect(await statusOf(token, `${BUCKET}/o/b%2Fb?prefix=a%2F`)).toBe(403);
      expect(await statusOf(token, `${BUCKET}/o/a%2Fb`, 'DELETE')).toBe(403);
    });

    test.each<[GcpRole['verbs'], number[]]>([
      [['read'], [200, 403, 403, 403]],
      [['list'], [403, 200, 403, 403]],
      [['create'], [403, 403, 200, 403]],
      [['write'], [403, 403, 200, 200]],
    ])('%o: reading, listing, creating, deleting are %o', async (verbs, statuses) => {
      const { token } = await issue({ ...PART, verbs });
      const object = `${BUCKET}/o/a%2Fb`;
      const listing = `${BUCKET}/o?prefix=a%2F`;
      const tried = [
        statusOf(token, object),
        statusOf(token, listing),
        statusOf(token, object, 'POST'),
        statusOf(token, object, 'DELETE'),
      ];
      expect(await Promise.all(tried)).toEqual(statuses);
    });

    test('may be asked for with less than the role allows, and not with more', async () => {
      const { token } = await issue(PART, { prefix: 'a/b/', verbs: ['read'] });
      expect(await statusOf(token, `${BUCKET}/o/a%2Fb%2Fc`)).toBe(200);
      expect(await statusOf(token, `${BUCKET}/o/a%2Fc`)).toBe(403);
      expect(await statusOf(token, `${BUCKET}/o?prefix=a%2Fb%2F`)).toBe(403);
      const before = server.asked.length;
      await expect(issue(PART, { prefix: 'b/' })).rejects.toMatchObject({ code: 'request.invalid', where: 'prefix' });
      await expect(issue(PART, { verbs: ['write'] })).rejects.toMatchObject({ code: 'request.invalid', where: 'verbs' });
      await expect(issue(WHOLE, { prefix: 'a/' })).rejects.toMatchObject({ code: 'request.invalid', where: 'prefix' });
      const breakout = "a/') || resource.name.startsWith('";
      await expect(issue(PART, { prefix: breakout })).rejects.toMatchObject({ code: 'request.invalid', where: 'prefix' });
      await expect(issue(PART, { prefix: `a/${'\\'}` })).rejects.toMatchObject({ code: 'request.invalid', where: 'prefix' });
      expect(server.asked).toHaveLength(before);
    });

    test('ends with the one that it was had for, whether the exchange says so or not', async () => {
      const lease = newLease(900_000);
      const silent = await issue(PART, {}, { lease });
      server.saysExpiry = true;
      const told = await issue(PART, {}, { lease });
      for (const { expiresAt } of [silent, told]) expect(Math.abs(Number(expiresAt) - lease.expiresAt)).toBeLessThanOrEqual(2000);
    });

    test('the whole one is in no answer', async () => {
      const before = new Set(server.tokens.keys());
      const { output, token } = await issue(PART);
      const made = [...server.tokens.keys()].filter((text) => !before.has(text) && text !== token);
      const given = JSON.stringify({ ...output, token });
      expect(made.length).toBeGreaterThanOrEqual(2);
      for (const text of made) expect(given).not.toContain(text);
    });
  });

  describe('a token of an account', () => {
    test('has the scopes of the role, and what Vault says of it', async () => {
      const { output, token, handle } = await issue(WHOLE);
      expect(server.tokens.get(token)).toMatchObject({ email: ACCOUNT, scopes: [STORAGE] });
      expect(server.tokens.get(token)).not.toHaveProperty('rules');
      expect(output).toMatchObject({ serviceAccountEmail: ACCOUNT, expiresAtSeconds: Math.floor(handle.expiresAt / 1000) });
      expect(Number(output['tokenTtl'])).toBeGreaterThan(3500);
    });

    test('ends after an hour, however long the lease may be; longer it may not be', async () => {
      const { expiresAt, lease } = await issue(WHOLE, {}, { lease: newLease(7_200_000) });
      expect(lease.expiresAt - Number(expiresAt)).toBeGreaterThan(3_500_000);
      server.excess = 40_000;
      await expect(issue(WHOLE)).rejects.toMatchObject({ kind: 'refused', message: expect.stringContaining('longer') });
    });

    test('needs the configured account to sign in once only, until Google forgets it', async () => {
      const target = open();
      const signedIn = () => server.asked.filter(({ path }) => path === '/token').length;
      const before = signedIn();
      await issue(WHOLE, {}, { target });
      await issue(PART, {}, { target });
      expect(signedIn()).toBe(before + 1);
      server.tokens.clear();
      await issue(WHOLE, {}, { target });
      expect(signedIn()).toBe(before + 2);
    });
  });

  describe('the configured account', () => {
    test('is told of which accounts it gets no tokens', async () => {
      const other = { ...newGcpRole, ...WHOLE, serviceAccountEmail: 'other@lab.iam.gserviceaccount.com' };
      expect(await open().check([other, { ...newGcpRole, ...WHOLE }], within(5000))).toEqual([
        {
          what: expect.stringContaining('iam.serviceAccounts.getAccessToken on other@'),
          remedy: expect.stringContaining(`--role=roles/iam.serviceAccountTokenCreator --member=serviceAccount:${CONFIGURED}`),
        },
      ]);
      await expect(open().tryRole?.(other, within(5000))).rejects.toMatchObject({
        code: 'engine.invalid',
        where: 'service_account_email',
      });
    });

    test('what is signed goes where the operator says, not where the key file says', async () => {
      await open().check([], within(5000));
      expect(server.asked.at(-1)?.path).toBe('/token');
    });
  });

  describe('what is said of a failure', () => {
    test('holds nothing that was sent', async () => {
      const wrong = open({ credentials: Secret.fromText(otherKey()) });
      const refused = await wrong.check([], within(5000)).catch((error: unknown) => String(error));
      expect(refused).toContain('invalid_grant Invalid JWT Signature: [redacted]');
      const echo = { error: 'invalid_grant', error_description: '' };
      const target = open();
      await target.check([], within(5000));
      const { token } = await issue(
        { ...WHOLE, tokenScopes: ['https://www.googleapis.com/auth/cloud-platform'] },
        {},
        { target },
      );
      server.tokens.delete(token);
      server.instead.push({ status: 200, json: { accessToken: token, expireTime: new Date(Date.now() + 60_000).toISOString() } });
      server.instead.push({ status: 400, json: { ...echo, error_description: `unknown: ${token}` } });
      const exchanged = await issue(PART, {}, { target }).catch((error: unknown) => String(error));
      expect(exchanged).toContain('a token for a part of a bucket: 400 invalid_grant unknown: [redacted]');
    });

    test.each<[number, unknown, string]>([
      [429, {}, 'throttled'],
      [503, {}, 'unknown-outcome'],
      [200, { access_token: 'x' }, 'refused'],
      [302, {}, 'refused'],
    ])('%i is %s', async (status, json, kind) => {
      const target = open();
      await issue(WHOLE, {}, { target });
      server.instead.push({ status, json });
      await expect(issue(WHOLE, {}, { target })).rejects.toMatchObject({ kind });
    });

    test('silence leaves the outcome open, at the end of the time', async () => {
      const target = open();
      await issue(WHOLE, {}, { target });
      server.instead.push('silence');
      const ref = { lease: newLease(), role: { ...newGcpRole, ...WHOLE }, material: { scope: null }, handle: undefined };
      await expect(target.create(ref, within(300))).rejects.toMatchObject({ kind: 'unknown-outcome' });
    });
  });

  test.each<[string, object, string]>([
    ['no key', { credentials: undefined }, 'credentials'],
    ['the key of a person', { credentials: Secret.fromText('{"type":"authorized_user"}') }, 'credentials'],
    ['what is no JSON', { credentials: Secret.fromText('word') }, 'credentials'],
    ['plain HTTP', { stsEndpoint: 'http://sts.example' }, 'sts_endpoint'],
    ['private addresses for Google', { oauthEndpoint: '', iamCredentialsEndpoint: '', stsEndpoint: '' }, 'internal'],
  ])('a connection with %s is refused', (_what, more, where) => {
    expect(() => gcpEngine.connection.check(settings(more))).toThrow(expect.objectContaining({ where }));
  });

  test('a key of another cloud is not sent to Google', () => {
    const file = JSON.stringify({ ...JSON.parse(server.keyFile(CONFIGURED)), universe_domain: 'cloud.example' });
    const elsewhere = { ...newGcpConnection, credentials: Secret.fromText(file) };
    expect(() => gcpEngine.connection.check(elsewhere)).toThrow(/oauth_endpoint: must be set for accounts of cloud.example/);
  });
});

describe('what is set of a role', () => {
  test.each<[string, Partial<GcpRole>, string]>([
    ['no account', { tokenScopes: [STORAGE] }, 'service_account_email'],
    ['an account that leads elsewhere', { ...WHOLE, serviceAccountEmail: 'a@b/../c' }, 'service_account_email'],
    ['neither scopes nor a bucket', { serviceAccountEmail: ACCOUNT }, 'token_scopes'],
    ['a prefix of no bucket', { ...WHOLE, prefix: 'a/' }, 'prefix'],
    ['verbs about no bucket', { ...WHOLE, verbs: ['read'] }, 'verbs'],
    ['a bucket and no verbs', { ...PART, verbs: [] }, 'verbs'],
    ['a bucket and scopes', { ...PART, tokenScopes: [STORAGE] }, 'token_scopes'],
    ['a quote in its prefix', { ...PART, prefix: "a'" }, 'prefix'],
    ['more than a boundary holds', { ...PART, bucket: 'b'.repeat(200), prefix: `${'a'.repeat(500)}/` }, 'prefix'],
  ])('%s is refused', (_what, role, where) => {
    expect(() => gcpEngine.role.check({ ...newGcpRole, ...role })).toThrow(expect.objectContaining({ where }));
  });

  test('what is wide is warned of', () => {
    const warnings = (role: Partial<GcpRole>) => gcpEngine.role.check({ ...newGcpRole, ...role }).join();
    expect(warnings(PART)).toBe('');
    expect(warnings({ ...PART, prefix: '' })).toContain('the whole bucket');
    expect(warnings({ ...PART, prefix: 'a' })).toContain('a-and-more');
    expect(warnings({ ...WHOLE, tokenScopes: ['https://www.googleapis.com/auth/cloud-platform'] })).toContain('cloud-platform');
  });
});
