import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { nodeNetwork } from '../../src/foundation/node-network.ts';
import { systemClock, systemRandom } from '../../src/foundation/node-ports.ts';
import { Secret } from '../../src/foundation/secret.ts';
import { openaiEngine } from '../../src/leases/engines/openai.ts';
import { type FakeOpenai, startFakeOpenai } from '../testing/fake-openai.ts';
import { reply } from '../testing/json-server.ts';
import { conformanceSuite, newLease, type Output, within } from './conformance.ts';

const on = { network: nodeNetwork, clock: systemClock, random: systemRandom };

async function listModels({ server }: FakeOpenai, key: string): Promise<void> {
  const answer = await nodeNetwork.request({
    url: `${server.origin}/v1/models`,
    method: 'GET',
    headers: { authorization: `Bearer ${key}` },
    ca: server.ca,
    allowPrivate: true,
    maxBytes: 65_536,
    timeoutMs: 5000,
  });
  if (answer.status !== 200) throw new Error(`status ${answer.status}`);
}

const textOf = (output: Output, name: string) => {
  const value = output[name];
  return value instanceof Secret ? value.text : String(value);
};

const connectionTo = (fake: FakeOpenai, adminKey = fake.adminKey) => ({
  ...openaiEngine.connection.initial,
  adminKey: Secret.fromText(adminKey),
  projectId: fake.project,
  apiUrl: `${fake.server.origin}/v1`,
  tlsCa: fake.server.ca,
  internal: true,
});

describe('by the documented schema of OpenAI', () => {
  conformanceSuite({
    engine: openaiEngine,
    waitsForEnd: true,
    async start() {
      const fake = await startFakeOpenai();
      return {
        connection: connectionTo(fake),
        role: {},
        powerless: connectionTo(fake, fake.weakKey),
        wrongPassword: connectionTo(fake, 'admin-wrong-and-long'),
        nobody: { ...connectionTo(fake), apiUrl: 'https://localhost:1/v1' },
        async logIn(output) {
          const use = () => listModels(fake, textOf(output, 'apiKey'));
          await use();
          return { use, close: async () => {} };
        },
        stop: () => fake.server.stop(),
      };
    },
  });
});

describe('a key of OpenAI', () => {
  let fake: FakeOpenai;
  beforeAll(async () => {
    fake = await startFakeOpenai();
  });
  beforeEach(() => {
    fake.before = () => undefined;
    fake.after = () => undefined;
    fake.accounts.clear();
    fake.asked.length = 0;
  });
  afterAll(() => fake.server.stop());

  const target = () => openaiEngine.open(connectionTo(fake), on);
  const ask = (scopes: readonly string[] = [], lease = newLease()) => ({
    lease,
    role: { scopes },
    material: {},
    handle: undefined,
  });
  const posted = ({ method }: { method: string }) => method === 'POST';

  test('belongs to an account of its own, called as the lease, and ends with it', async () => {
    const asked = ask();
    const { output, expiresAt } = await target().create(asked, within(5000));
    const [account] = fake.accounts.values();
    expect(account).toMatchObject({ id: output['serviceAccountId'], name: asked.lease.externalName });
    expect(output['projectId']).toBe(fake.project);
    expect(JSON.stringify(output)).toContain('"apiKey":"[redacted]"');
    expect(Number(expiresAt)).toBeLessThanOrEqual(asked.lease.expiresAt + 1000);
  });

  test('with scopes has those alone; the first one of its account, which has all, ends at once and is given to nobody', async () => {
    const { output } = await target().create(ask(['api.model.request']), within(5000));
    const [first, second] = [...fake.accounts.values()][0]?.keys ?? [];
    expect(second?.scopes).toEqual(['api.model.request']);
    expect(textOf(output, 'apiKey')).toBe(second?.value);
    expect(Number(first?.expiresAt)).toBeLessThanOrEqual(Date.now() / 1000 + 1);
  });

  test('whose scopes are refused leaves no account behind', async () => {
    fake.before = (request) =>
      request.path.endsWith('/api_keys') ? reply(400, { error: { code: 'invalid_scope', message: 'no such scope' } }) : undefined;
    await expect(target().create(ask(['no.such']), within(5000))).rejects.toMatchObject({
      kind: 'refused',
      message: expect.stringContaining('invalid_scope'),
    });
    expect(fake.accounts.size).toBe(0);
  });

  test('whose account can’t be deleted again is not said to be refused', async () => {
    fake.before = (request) => (request.path.endsWith('/api_keys') || request.method === 'DELETE' ? reply(500, {}) : undefined);
    await expect(target().create(ask(['a']), within(5000))).rejects.toMatchObject({ kind: 'unknown-outcome' });
  });

  test.each([
    ['no end', null],
    ['an end long after its lease', Date.now() / 1000 + 100_000],
  ])('with %s is deleted again, and refused', async (_what, end) => {
    fake.after = (request, answer) => {
      if (!posted(request)) return undefined;
      const json = answer.json as { api_key: object };
      return reply(200, { ...json, api_key: { ...json.api_key, expires_at: end } });
    };
    await expect(target().create(ask(), within(5000))).rejects.toMatchObject({ kind: 'refused' });
    expect(fake.accounts.size).toBe(0);
  });

  test('that was made although no answer came is found by its name, each time it was made', async () => {
    fake.after = (request) => (posted(request) ? 'cut' : undefined);
    const asked = ask();
    await expect(target().create(asked, within(5000))).rejects.toMatchObject({ kind: 'unknown-outcome' });
    await expect(target().create(asked, within(5000))).rejects.toMatchObject({ kind: 'unknown-outcome' });
    expect(fake.accounts.size).toBe(2);
    expect(await target().list?.('ww_conform1_', within(5000))).toEqual([asked.lease.externalName]);
    expect(await target().probe(asked, within(5000))).toBe('unlimited');
    await target().revoke(asked, within(5000));
    expect(fake.accounts.size).toBe(0);
  });

  test('for which the API takes the request and says nothing may be there, at the end of the time', async () => {
    fake.before = () => 'hang';
    await expect(target().create(ask(), within(300))).rejects.toMatchObject({ kind: 'unknown-outcome' });
  });

  test('is found among more accounts than one page holds; those of others stay', async () => {
    for (let at = 0; at < 250; at += 1)
      fake.accounts.set(`svc_acct_${at}`, { id: `svc_acct_${at}`, name: `other-${at}`, keys: [] });
    fake.accounts.set('svc_acct_like', { id: 'svc_acct_like', name: 'ww_conform1_', keys: [] });
    const asked = ask();
    await target().create(asked, within(5000));
    expect(await target().list?.('ww_conform1_', within(5000))).toEqual(['ww_conform1_', asked.lease.externalName]);
    await target().revoke(asked, within(5000));
    expect(fake.accounts.size).toBe(251);
  });

  test('is not said to be gone by half a list', async () => {
    fake.after = (request, answer) =>
      request.method === 'GET' ? reply(200, { ...(answer.json as object), data: [], has_more: true }) : undefined;
    await expect(target().revoke(ask(), within(5000))).rejects.toMatchObject({ kind: 'refused' });
    expect(fake.asked).toHaveLength(1);
  });

  test('that is still there after it was deleted is not said to be gone', async () => {
    const asked = ask();
    const { handle } = await target().create(asked, within(5000));
    fake.before = (request) => (request.method === 'DELETE' ? reply(200, { deleted: true }) : undefined);
    await expect(target().revoke({ ...asked, handle }, within(5000))).rejects.toMatchObject({ kind: 'unknown-outcome' });
  });

  test('is asked for again later where there are too many requests', async () => {
    fake.before = () => reply(429, { error: { code: 'rate_limit_exceeded', message: 'slow down' } });
    await expect(target().create(ask(), within(5000))).rejects.toMatchObject({ kind: 'throttled' });
  });

  test('is made in no project that is archived or not there', async () => {
    fake.before = (request) =>
      request.path.endsWith(fake.project) ? reply(200, { id: fake.project, status: 'archived' }) : undefined;
    expect(await target().check([], within(5000))).toEqual([
      expect.objectContaining({ what: expect.stringContaining(fake.project) }),
    ]);
    const other = openaiEngine.open({ ...connectionTo(fake), projectId: 'proj_none' }, on);
    expect(await other.check([], within(5000))).toHaveLength(1);
  });

  test.each([
    [{ adminKey: undefined }, 'admin_key'],
    [{ adminKey: Secret.fromText('two words') }, 'admin_key'],
    [{ projectId: '../users' }, 'project_id'],
    [{ projectId: '' }, 'project_id'],
    [{ apiUrl: 'http://api.openai.com/v1' }, 'api_url'],
    [{ apiUrl: 'https://api.openai.com/v1/../admin' }, 'api_url'],
    [{ tlsCa: 'none' }, 'tls_ca'],
  ])('is not set up with %o', (more, where) => {
    expect(() => openaiEngine.connection.check({ ...connectionTo(fake), ...more })).toThrow(where);
  });
});
