import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { decodeJwt, SignJWT } from 'jose';
import { describe, expect, test } from 'vitest';
import { WatchwordError } from '../../src/foundation/errors.ts';
import { systemClock, systemRandom } from '../../src/foundation/node-ports.ts';
import { Secret } from '../../src/foundation/secret.ts';
import type { IdentityTokens } from '../../src/leases/engines/engine.ts';
import type { FederateConnection } from '../../src/leases/engines/federate/connection.ts';
import { presets } from '../../src/leases/engines/federate/presets.ts';
import type { FederateRole } from '../../src/leases/engines/federate/role.ts';
import { federateEngine } from '../../src/leases/engines/federate.ts';
import { documented, FakeTokenEndpoint, json } from '../testing/fake-token-endpoint.ts';
import { newLease, within } from './conformance.ts';

const HOUR = 3_600_000;
const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });

/** An issuer with one role, `models`, which lets every audience but one. */
class TestIssuer implements IdentityTokens {
  readonly signed: string[] = [];
  /** Who has which session, where it matters. */
  readonly subjects = new Map<string, string>();

  async check({ role, audience }: { readonly role: string; readonly audience: string }): Promise<void> {
    if (role !== 'models') throw new WatchwordError('issuer.invalid', `role "${role}" not found`);
    if (audience === 'https://never.test') throw new WatchwordError('issuer.audience');
  }

  async sign(request: Parameters<IdentityTokens['sign']>[0]) {
    await this.check(request);
    const [id, issuer] = [randomUUID(), 'https://watchword.test'];
    const subject = this.subjects.get(request.session) ?? 'slurm_1:train';
    const audience = request.audience || 'client-id';
    const now = Math.floor(Date.now() / 1000);
    const token = await new SignJWT({ iss: issuer, sub: subject, aud: audience, jti: id, iat: now, exp: now + request.ttl })
      .setProtectedHeader({ alg: 'ES256' })
      .sign(privateKey);
    this.signed.push(token);
    return { token: Secret.fromText(token), id, issuer, subject, audience };
  }
}

/** What a customer of each vendor says. */
const said: Readonly<Record<string, { connection: Partial<FederateConnection>; role?: Partial<FederateRole>; ttl?: number }>> = {
  anthropic: {
    connection: { parameters: { federation_rule_id: 'fdrl_1', organization_id: 'org', service_account_id: 'svac_1' } },
    role: { parameters: { workspace_id: 'wrkspc_1' } },
  },
  azure: {
    connection: { tokenUrl: documented['azure']?.url ?? '', clientId: 'app' },
    role: { scope: 'https://ml.azure.com/.default' },
    ttl: 2 * HOUR,
  },
  databricks: { connection: { tokenUrl: documented['databricks']?.url ?? '', clientId: 'principal' } },
  gcp: { connection: { audience: 'features', parameters: { audience: '//iam.googleapis.com/projects/1/pools/p' } } },
  huggingface: { connection: {}, role: { parameters: { resource: 'acme/awesome-model' } } },
  openai: { connection: { parameters: { identity_provider_id: 'idp_1', service_account_id: 'sa_1' } } },
  openrouter: { connection: {}, role: { parameters: { federation_policy_id: 'policy' } } },
  wandb: { connection: {} },
};

function openWorld(preset: string, more: Partial<FederateConnection> = {}) {
  const [network, issuer] = [new FakeTokenEndpoint(publicKey), new TestIssuer()];
  const on = { network, clock: systemClock, random: systemRandom, identityTokens: issuer };
  const { connection: own = {}, role: ownRole = {}, ttl = HOUR } = said[preset] ?? {};
  const connection = { ...federateEngine.connection.initial, preset, oidcRole: 'models', ...own, ...more };
  federateEngine.connection.check(connection);
  const target = federateEngine.open(connection, on);
  const roleOf = (role: Partial<FederateRole>): FederateRole => ({ ...federateEngine.role.initial, ...ownRole, ...role });
  const issue = (role: Partial<FederateRole> = {}, lifetimeMs = ttl) =>
    target.create({ lease: newLease(lifetimeMs), role: roleOf(role), material: {}, handle: undefined }, within(5000));
  return { network, issuer, target, issue, roleOf };
}

test('every preset has a documented form that it is held against', () => {
  expect(Object.keys(documented).sort()).toEqual(Object.keys(presets).sort());
  expect(Object.keys(said).sort()).toEqual(Object.keys(presets).sort());
});

describe.for(Object.keys(presets))('the preset %s', (preset) => {
  test('asks as the vendor documents it, and gives what the vendor gave', async () => {
    const { network, issuer, issue } = openWorld(preset);
    const { output, expiresAt } = await issue();
    expect(network.asked.map(({ vendor }) => vendor)).toEqual([preset]);
    expect((output['accessToken'] as Secret).text).toBe(network.given[0]);
    const seconds = Number(documented[preset]?.answer['expires_in']);
    expect(Math.abs(Number(expiresAt) - Date.now() - seconds * 1000)).toBeLessThanOrEqual(5000);
    const texts = Object.values(output).map((value) => (value instanceof Secret ? value.text : String(value)));
    for (const token of issuer.signed) expect(texts.join(' ')).not.toContain(token);
  });

  test('tells what the vendor refused, and nothing of what it was shown', async () => {
    const { network, issuer, target, roleOf } = openWorld(preset);
    const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey;
    const doubting = new FakeTokenEndpoint(stranger);
    network.instead.push(() => doubting.request(network.requests.at(-1) as never));
    const ref = { lease: newLease(2 * HOUR), role: roleOf({}), material: {}, handle: undefined };
    const error = await target.create(ref, within(5000)).then(
      () => new Error('it was given'),
      (thrown: Error) => thrown,
    );
    expect(error).toMatchObject({ kind: 'refused' });
    expect(error.message).toContain('the token is not believed: [redacted]');
    expect(error.message).toContain('sub=slurm_1:train');
    for (const part of issuer.signed.flatMap((token) => token.split('.').slice(1))) expect(error.message).not.toContain(part);
  });

  test('is asked without a token to see whether somebody is there', async () => {
    const { network, issuer, target, roleOf } = openWorld(preset);
    expect(await target.check([roleOf({})], within(5000))).toEqual([]);
    expect(network.requests).toHaveLength(1);
    expect(issuer.signed).toEqual([]);
  });

  test('needs what the vendor needs, and says so before anybody is asked', async () => {
    const required = presets[preset]?.required ?? [];
    const { network, issuer, target } = openWorld(preset, { parameters: {}, clientId: '' });
    const role = federateEngine.role.initial;
    const shortfalls = (await target.check([role], within(5000))).map(({ what }) => what);
    const missing = required.filter((name) => !(name === 'scope' && presets[preset]?.scope !== undefined));
    expect(shortfalls).toEqual(missing.map((name) => `${preset} needs ${name}`));
    if (missing.length === 0) return;
    network.requests.length = 0;
    await expect(target.tryRole?.(role, within(5000))).rejects.toMatchObject({ code: 'engine.invalid', where: 'parameters' });
    const ref = { lease: newLease(2 * HOUR), role, material: {}, handle: undefined };
    await expect(target.create(ref, within(5000))).rejects.toMatchObject({ kind: 'refused' });
    expect([network.requests, issuer.signed]).toEqual([[], []]);
  });
});

describe('a service account of Google’s', () => {
  const account = 'train@project.iam.gserviceaccount.com';

  test('is asked for with the first token, with the scope of the role and for as long as the lease lasts', async () => {
    const { network, issue } = openWorld('gcp');
    const scope = 'https://www.googleapis.com/auth/devstorage.read_only';
    const { output, expiresAt } = await issue({ impersonate: account, scope }, 600_000);
    expect(network.asked).toEqual([
      { vendor: 'gcp', parameters: expect.objectContaining({ scope: 'https://www.googleapis.com/auth/cloud-platform' }) },
      { vendor: 'gcp-impersonation', parameters: { scope, lifetime: expect.stringMatching(/^(?:599|600)s$/) } },
    ]);
    expect((output['accessToken'] as Secret).text).toBe(network.given[1]);
    expect(Math.abs(Number(expiresAt) - Date.now() - 600_000)).toBeLessThanOrEqual(5000);
  });

  test('is asked for an hour at most, and the lease ends with that', async () => {
    const { network, issue } = openWorld('gcp');
    const { expiresAt } = await issue({ impersonate: account }, 4 * HOUR);
    expect(network.asked[1]?.parameters['lifetime']).toBe('3600s');
    expect(Number(expiresAt)).toBeLessThanOrEqual(Date.now() + HOUR);
  });

  test('that may not be impersonated is refused, and the first token is given to nobody', async () => {
    const { network, issue } = openWorld('gcp');
    network.instead.push(
      () => json(200, { access_token: 'first-token', token_type: 'Bearer', expires_in: 3599 }),
      () => json(403, { error: { code: 403, status: 'PERMISSION_DENIED', message: 'denied to first-token' } }),
    );
    await expect(issue({ impersonate: account })).rejects.toMatchObject({
      kind: 'refused',
      message: expect.stringMatching(/^a token of train@.*: 403 PERMISSION_DENIED: denied to \[redacted\]$/),
    });
  });

  test('is nothing that others have', async () => {
    await expect(openWorld('openai').issue({ impersonate: account })).rejects.toMatchObject({
      kind: 'refused',
      message: 'openai lets nobody impersonate',
    });
  });
});

describe('what an endpoint answers', () => {
  const good = { access_token: 'a-token', token_type: 'Bearer', expires_in: 60 };

  test.each<[string, unknown]>([
    ['nothing', {}],
    ['a list', []],
    ['a token of another type', { ...good, token_type: 'DPoP' }],
    ['a token without a type', { ...good, token_type: undefined }],
    ['a token without an end', { ...good, expires_in: undefined }],
    ['a token that has ended', { ...good, expires_in: 0 }],
    ['a token that ends at no time', { ...good, expires_in: 'soon' }],
    ['a token that no header may hold', { ...good, access_token: 'a\r\nb' }],
    ['a token that is none', { ...good, access_token: { a: 1 } }],
    ['a token that goes on for longer than the lease', { ...good, expires_in: 7200 }],
  ])('is no token where it is %s', async (_what, answer) => {
    const { network, issue } = openWorld('wandb');
    network.instead.push(() => json(200, answer));
    await expect(issue()).rejects.toMatchObject({ kind: 'refused' });
  });

  test('is no token where it is the one that was shown', async () => {
    const { network, issuer, issue } = openWorld('wandb');
    network.instead.push(() => json(200, { ...good, access_token: issuer.signed.at(-1) }));
    await expect(issue()).rejects.toMatchObject({ kind: 'refused', message: expect.stringContaining('came back') });
  });

  test('may be an end in a text, and a token to refresh by, which nobody gets', async () => {
    const { network, issue } = openWorld('wandb');
    network.instead.push(() => json(200, { ...good, expires_in: '60', refresh_token: 'forever' }));
    const { output, expiresAt } = await issue();
    expect(Object.keys(output)).toEqual(['accessToken', 'tokenType', 'expiresIn']);
    expect(output['expiresIn']).toBe(60);
    expect(Number(expiresAt)).toBeLessThanOrEqual(Date.now() + 60_000);
  });

  test.each([
    [429, 'throttled'],
    [500, 'unknown-outcome'],
    [503, 'unknown-outcome'],
    [400, 'refused'],
    [302, 'refused'],
  ])('with the status %i is told as %s', async (status, kind) => {
    const { network, issue } = openWorld('wandb');
    network.instead.push(() => json(status, { error: 'invalid_grant' }));
    await expect(issue()).rejects.toMatchObject({ kind });
  });

  test.each([
    ['ECONNREFUSED', 'unreachable'],
    ['ECONNRESET', 'unknown-outcome'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'refused'],
  ])('is missing by %s: %s', async (code, kind) => {
    const { network, issue } = openWorld('wandb');
    network.instead.push(() => Promise.reject(Object.assign(new Error('failed'), { code })));
    await expect(issue()).rejects.toMatchObject({ kind });
  });
});

test('a repository of Hugging Face is told who publishes and who loads, by one role that names it', async () => {
  const { network, issuer, target, roleOf } = openWorld('huggingface');
  const subjects = ['kubernetes_1:build', 'kubernetes_1:serve'];
  for (const subject of subjects) {
    issuer.subjects.set(`session of ${subject}`, subject);
    const lease = { ...newLease(HOUR), session: `session of ${subject}` };
    await target.create({ lease, role: roleOf({}), material: {}, handle: undefined }, within(5000));
  }
  const shown = network.asked.map(({ parameters: { resource, subject_token = '' } }) => ({
    resource,
    ...decodeJwt(subject_token),
  }));
  expect(shown.map(({ resource, sub, aud }) => ({ resource, sub, aud }))).toEqual(
    subjects.map((sub) => ({ resource: 'acme/awesome-model', sub, aud: 'https://huggingface.co' })),
  );
  expect(new Set(network.given).size).toBe(2);
});

describe('a lease', () => {
  test.each(['gcp', 'huggingface', 'azure'])(
    'that is shorter than tokens of %s is refused before anybody is asked',
    async (preset) => {
      const { network, issue, issuer } = openWorld(preset);
      await expect(issue({}, 600_000)).rejects.toMatchObject({
        kind: 'refused',
        message: expect.stringContaining('default_ttl='),
      });
      expect([network.requests, issuer.signed]).toEqual([[], []]);
    },
  );

  test('whose role says what the connection says already is refused', async () => {
    const { issue } = openWorld('openai');
    await expect(issue({ parameters: { service_account_id: 'another' } })).rejects.toMatchObject({
      kind: 'refused',
      message: 'the connection says service_account_id, so the role may not',
    });
  });

  test.each([
    [{ oidcRole: 'none' }, 'role "none" not found'],
    [{ audience: 'https://never.test' }, 'audience'],
  ])('is refused where our issuer signs no such token: %o', async (more, message) => {
    const { network, issue, target } = openWorld('wandb', more);
    await expect(issue()).rejects.toMatchObject({ kind: 'refused', message: expect.stringContaining(message) });
    expect(network.requests).toEqual([]);
    expect(await target.check([], within(5000))).toEqual([
      {
        what: expect.stringContaining(message),
        remedy: expect.stringContaining(`identity/oidc/role/${'oidcRole' in more ? 'none' : 'models'}`),
      },
    ]);
  });
});
