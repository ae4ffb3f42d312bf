import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { nodeNetwork } from '../../src/foundation/node-network.ts';
import { systemClock, systemRandom } from '../../src/foundation/node-ports.ts';
import { Secret } from '../../src/foundation/secret.ts';
import { openrouterRoleFields } from '../../src/leases/engines/openrouter/role.ts';
import { openrouterEngine } from '../../src/leases/engines/openrouter.ts';
import { type FakeOpenrouter, startFakeOpenrouter } from '../testing/fake-openrouter.ts';
import { reply } from '../testing/json-server.ts';
import { conformanceSuite, newLease, type Output, within } from './conformance.ts';

const on = { network: nodeNetwork, clock: systemClock, random: systemRandom };
const textOf = ({ apiKey }: Output) => (apiKey instanceof Secret ? apiKey.text : '');

async function lookAtItself({ server }: FakeOpenrouter, key: string): Promise<void> {
  const answer = await nodeNetwork.request({
    url: `${server.origin}/api/v1/key`,
    method: 'GET',
    headers: { authorization: `Bearer ${key}` },
    ca: server.ca,
    allowPrivate: true,
    maxBytes: 65_536,
    timeoutMs: 5000,
  });
  if (answer.status !== 200) throw new Error(`status ${answer.status}`);
}

const connectionTo = (fake: FakeOpenrouter, managementKey = fake.managementKey) => ({
  ...openrouterEngine.connection.initial,
  managementKey: Secret.fromText(managementKey),
  apiUrl: `${fake.server.origin}/api/v1`,
  tlsCa: fake.server.ca,
  internal: true,
});

describe('by the documented schema of OpenRouter', () => {
  conformanceSuite({
    engine: openrouterEngine,
    waitsForEnd: true,
    async start() {
      const fake = await startFakeOpenrouter();
      return {
        connection: connectionTo(fake),
        role: { limit: '5' },
        powerless: connectionTo(fake, fake.weakKey),
        wrongPassword: connectionTo(fake, 'manage-wrong-and-long'),
        nobody: { ...connectionTo(fake), apiUrl: 'https://localhost:1/api/v1' },
        async logIn(output) {
          const use = () => lookAtItself(fake, textOf(output));
          await use();
          return { use, close: async () => {} };
        },
        stop: () => fake.server.stop(),
      };
    },
  });
});

describe('a key of OpenRouter', () => {
  let fake: FakeOpenrouter;
  beforeAll(async () => {
    fake = await startFakeOpenrouter();
  });
  beforeEach(() => {
    fake.before = () => undefined;
    fake.after = () => undefined;
    fake.keys.clear();
  });
  afterAll(() => fake.server.stop());

  const target = (more = {}) => openrouterEngine.open({ ...connectionTo(fake), ...more }, on);
  const ask = (role = {}, lease = newLease()) => ({
    lease,
    role: { ...openrouterEngine.role.initial, ...role },
    material: {},
    handle: undefined,
  });
  const settings = () => [...fake.keys.values()].map((key) => key.settings);

  test('is called as the lease, ends with it, and may spend what the role says', async () => {
    const asked = ask({ limit: '12.50', limitReset: 'daily', includeByokInLimit: true });
    const { output, expiresAt } = await target().create(asked, within(5000));
    const end = new Date(Math.floor(asked.lease.expiresAt / 1000) * 1000).toISOString().replace('.000', '');
    expect(settings()).toEqual([
      { name: asked.lease.externalName, limit: 12.5, limit_reset: 'daily', include_byok_in_limit: true, expires_at: end },
    ]);
    expect(expiresAt).toBe(Date.parse(end));
    expect(JSON.stringify(output)).toContain('"apiKey":"[redacted]"');
    expect(fake.keys.has(String(output['apiKeyHash']))).toBe(true);
  });

  test('has no limit where the role says none, and none of nothing where it says nothing', async () => {
    await target().create(ask(), within(5000));
    await target().create(ask({ limit: '0' }), within(5000));
    expect(settings().map(({ limit }) => limit)).toEqual([undefined, 0]);
  });

  test('is made in the workspace of the connection, and looked for there', async () => {
    const asked = ask({ limit: '1' });
    const there = target({ workspaceId: 'w-1' });
    await there.create(asked, within(5000));
    expect(settings()[0]).toMatchObject({ workspace_id: 'w-1' });
    expect(await target().list?.('ww_', within(5000))).toEqual([]);
    expect(await there.list?.('ww_', within(5000))).toEqual([asked.lease.externalName]);
    await there.revoke(asked, within(5000));
    expect(fake.keys.size).toBe(0);
  });

  test('that was made although no answer came is found by its name, each time it was made', async () => {
    fake.after = ({ method }) => (method === 'POST' ? 'cut' : undefined);
    const asked = ask({ limit: '1' });
    await expect(target().create(asked, within(5000))).rejects.toMatchObject({ kind: 'unknown-outcome' });
    await expect(target().create(asked, within(5000))).rejects.toMatchObject({ kind: 'unknown-outcome' });
    expect(fake.keys.size).toBe(2);
    const end = await target().probe(asked, within(5000));
    expect(Math.abs(Number(end) - asked.lease.expiresAt)).toBeLessThanOrEqual(1000);
    await target().revoke(asked, within(5000));
    expect(fake.keys.size).toBe(0);
  });

  test('for which the API takes the request and says nothing may be there, at the end of the time', async () => {
    fake.before = () => 'hang';
    await expect(target().create(ask(), within(300))).rejects.toMatchObject({ kind: 'unknown-outcome' });
  });

  test('is found among more keys than one page holds; those of others stay', async () => {
    for (let at = 0; at < 230; at += 1) {
      fake.keys.set(`hash${at}`, { hash: `hash${at}`, key: `k${at}`, settings: { name: `other-${at}` } });
    }
    const asked = ask({ limit: '1' });
    await target().create(asked, within(5000));
    expect(await target().list?.('ww_conform1_', within(5000))).toEqual([asked.lease.externalName]);
    await target().revoke(asked, within(5000));
    expect(fake.keys.size).toBe(230);
  });

  test.each([
    ['no end', null],
    ['an end long after its lease', '2099-01-01T00:00:00Z'],
  ])('with %s is deleted again, and refused', async (_what, end) => {
    fake.after = ({ method }, answer) => {
      if (method !== 'POST') return undefined;
      const json = answer.json as { data: object };
      return reply(201, { ...json, data: { ...json.data, expires_at: end } });
    };
    await expect(target().create(ask(), within(5000))).rejects.toMatchObject({ kind: 'refused' });
    expect(fake.keys.size).toBe(0);
    fake.before = ({ method }) => (method === 'DELETE' ? reply(500, {}) : undefined);
    await expect(target().create(ask(), within(5000))).rejects.toMatchObject({ kind: 'unknown-outcome' });
  });

  test('that is still there after it was deleted is not said to be gone', async () => {
    const asked = ask();
    const { handle } = await target().create(asked, within(5000));
    fake.before = ({ method }) => (method === 'DELETE' ? reply(200, { deleted: true }) : undefined);
    await expect(target().revoke({ ...asked, handle }, within(5000))).rejects.toMatchObject({ kind: 'unknown-outcome' });
  });

  test('is not said to be gone by an answer that is no list', async () => {
    fake.before = () => reply(200, { data: 'none' });
    await expect(target().revoke(ask(), within(5000))).rejects.toMatchObject({ kind: 'refused' });
  });

  test.each([
    [{ managementKey: undefined }, 'management_key'],
    [{ managementKey: Secret.fromText('two words') }, 'management_key'],
    [{ apiUrl: 'http://openrouter.ai/api/v1' }, 'api_url'],
    [{ apiUrl: 'https://openrouter.ai/api/v1?x' }, 'api_url'],
  ])('is not set up with %o', (more, where) => {
    expect(() => openrouterEngine.connection.check({ ...connectionTo(fake), ...more })).toThrow(where);
  });

  test('has a limit of dollars and cents, and a role without one is warned of', () => {
    const fields = z.strictObject(openrouterRoleFields);
    const role = openrouterEngine.role.initial;
    for (const limit of ['-1', '1e3', '1.234', 'much', ' 1', '99999999']) {
      expect(fields.safeParse({ ...role, limit }).success).toBe(false);
    }
    expect(fields.safeParse({ ...role, limit: '12.5', limitReset: 'monthly' }).success).toBe(true);
    expect(openrouterEngine.role.check(role)).toHaveLength(1);
    expect(openrouterEngine.role.check({ ...role, limit: '0' })).toEqual([]);
    expect(() => openrouterEngine.role.check({ ...role, limitReset: 'daily' })).toThrow('limit_reset');
    expect(() => openrouterEngine.role.check({ ...role, includeByokInLimit: true })).toThrow('include_byok_in_limit');
  });
});
