import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Secret } from '../../../foundation/secret.ts';
import { FakeDoor, mount } from '../testing/fake-door.ts';
import { WireClient } from '../testing/wire-client.ts';

const sealStatus = {
  kind: 'shamir',
  initialized: true,
  sealed: false,
  shares: 5,
  threshold: 3,
  progress: 0,
  nonce: '',
  version: '1.2.3',
  buildDate: '',
  clusterName: 'c',
  clusterId: 'id',
  serverTime: 1_700_000_000_999,
};
const issued = {
  token: undefined,
  accessor: 'acc',
  policies: ['default', 'team'],
  metadata: undefined,
  ttl: 3600,
  renewable: true,
  orphan: false,
  usesLeft: 0,
  entityId: '',
};
let client: WireClient;

async function serve(operations: ConstructorParameters<typeof FakeDoor>[0] = {}): Promise<FakeDoor> {
  await client?.stop();
  client = await new WireClient(new FakeDoor(operations)).start();
  for (const name of ['system.initialize', 'system.unseal']) client.door.open.add(name);
  return client.door;
}

beforeEach(() => serve());
afterEach(() => client.stop());

describe('health', () => {
  it.each([
    [{}, '', 200],
    [{}, '?activecode=299', 299],
    [{ sealed: true }, '', 503],
    [{ sealed: true }, '?sealedcode=200', 200],
    [{ sealed: true, initialized: false }, '', 501],
    [{ sealed: true, initialized: false }, '?uninitcode=204&sealedcode=500', 204],
    [{}, '?standbyok=true&perfstandbyok=true', 200],
    [{}, '?activecode=abc', 400],
    [{}, '?activecode=99', 400],
    [{}, '?sealedcode=1000', 400],
  ])('%j with %j is %i', async (state, query, status) => {
    await serve({ 'system.health': () => ({ ...sealStatus, ...state }) });
    const answer = await client.send('GET', `/v1/sys/health${query}`, { token: undefined });
    expect(answer.status).toBe(status);
    const head = await client.send('HEAD', `/v1/sys/health${query}`, { token: undefined });
    expect([head.status, head.text]).toEqual([status, '']);
    expect(status === 204 ? answer.headers['content-length'] : undefined).toBeUndefined();
  });

  it('has the body that Vault gives', async () => {
    await serve({ 'system.health': () => sealStatus });
    expect((await client.send('GET', '/v1/sys/health')).json).toEqual({
      initialized: true,
      sealed: false,
      standby: false,
      performance_standby: false,
      replication_performance_mode: 'disabled',
      replication_dr_mode: 'disabled',
      server_time_utc: 1_700_000_000,
      version: '1.2.3',
      cluster_name: 'c',
      cluster_id: 'id',
    });
  });

  it('answers while sealed, when no mount is known', async () => {
    const door = await serve({ 'system.health': () => ({ ...sealStatus, sealed: true }) });
    door.mounts = [];
    expect((await client.send('GET', '/v1/sys/health', { token: undefined })).status).toBe(503);
  });
});

describe('the seal', () => {
  it('hands keys out in hex and base64', async () => {
    const keys = [Buffer.from('00ff10', 'hex'), Buffer.from('a1b2c3', 'hex')];
    await serve({
      'system.initialize': () => ({ unsealKeys: keys.map(Secret.copy), rootToken: Secret.fromText('root-token') }),
    });
    const body = { secret_shares: 5, secret_threshold: '3' };
    const { status, json } = await client.send('PUT', '/v1/sys/init', { token: undefined, body });
    expect(client.door.last.input).toEqual({ shares: 5, threshold: 3 });
    expect([status, json]).toEqual([
      200,
      { keys: ['00ff10', 'a1b2c3'], keys_base64: keys.map((key) => key.toString('base64')), root_token: 'root-token' },
    ]);
    expect((await client.send('PUT', '/v1/sys/init', { body: { ...body, pgp_keys: ['k'] } })).status).toBe(400);
  });

  it('takes keys in hex and base64, and tells how far it has come', async () => {
    await serve({ 'system.unseal': () => ({ ...sealStatus, sealed: true, progress: 1, nonce: 'n' }) });
    const key = Buffer.alloc(33, 0xc9);
    for (const encoded of [key.toString('hex'), key.toString('hex').toUpperCase(), key.toString('base64')]) {
      const { json } = await client.send('PUT', '/v1/sys/unseal', { token: undefined, body: { key: encoded } });
      expect((client.door.last.input as { key: Secret }).key.bytes).toEqual(key);
      expect(json).toMatchObject({ type: 'shamir', sealed: true, t: 3, n: 5, progress: 1, nonce: 'n', migration: false });
    }
    await client.send('PUT', '/v1/sys/unseal', { body: { reset: true } });
    expect(client.door.last.input).toMatchObject({ key: undefined, reset: true });
    for (const body of [{ key: 'not a key!' }, { key: 'abcd', migrate: true }]) {
      expect((await client.send('PUT', '/v1/sys/unseal', { body })).status).toBe(400);
    }
  });
});

describe('tokens', () => {
  it('are asked for in Vault’s words', async () => {
    await serve({ 'token.create': () => ({ ...issued, token: Secret.fromText('new') }) });
    const body = {
      policies: 'team, other',
      meta: { a: 'b', n: 1 },
      ttl: '1h30m',
      explicit_max_ttl: 7200,
      period: '60',
      num_uses: '3',
      no_parent: 'true',
      renewable: false,
      display_name: 'x',
      type: '',
    };
    const { json } = await client.send('POST', '/v1/auth/token/create', { body });
    expect(client.door.last.input).toMatchObject({
      policies: ['team', 'other'],
      metadata: { a: 'b', n: '1' },
      ttl: 5400,
      explicitMaxTtl: 7200,
      period: 60,
      uses: 3,
      noParent: true,
      renewable: false,
      displayName: 'x',
      type: undefined,
    });
    expect(Object.keys(json.auth)).toEqual([
      'client_token',
      'accessor',
      'policies',
      'token_policies',
      'metadata',
      'lease_duration',
      'renewable',
      'entity_id',
      'token_type',
      'orphan',
      'mfa_requirement',
      'num_uses',
    ]);
    expect(json.auth.client_token).toBe('new');
  });

  it('that were renewed by accessor do not show themselves', async () => {
    await serve({ 'token.renew-accessor': () => issued });
    const { json } = await client.send('PUT', '/v1/auth/token/renew-accessor', { body: { accessor: 'acc', increment: '1h' } });
    expect(client.door.last.input).toEqual({ accessor: 'acc', increment: 3600 });
    expect(json.auth.client_token).toBe('');
  });

  it('are looked up as External Secrets expects: type, ttl and the key expire_time', async () => {
    const facts = { ...issued, id: Secret.fromText('t'), displayName: 'd', path: 'p', createdAt: 1_700_000_000_999 };
    const more = { renewedAt: undefined, creationTtl: 0, explicitMaxTtl: 0, period: 0, role: undefined, boundCidrs: [], ttl: 0 };
    await serve({ 'token.lookup-self': () => ({ ...facts, ...more, expiresAt: undefined }) });
    const { json } = await client.send('GET', '/v1/auth/token/lookup-self');
    expect(json.data).toMatchObject({
      type: 'service',
      ttl: 0,
      expire_time: null,
      creation_time: 1_700_000_000,
      id: 't',
      meta: null,
    });
    await serve({ 'token.lookup-self': () => ({ ...facts, ...more, expiresAt: 1_700_000_001_000, ttl: 1, period: 60 }) });
    const expiring = await client.send('GET', '/v1/auth/token/lookup-self');
    expect(expiring.json.data).toMatchObject({ ttl: 1, expire_time: '2023-11-14T22:13:21.000000000Z', period: 60 });
  });

  it('are themselves looked up when none is named', async () => {
    await client.send('POST', '/v1/auth/token/lookup');
    expect((client.door.last.input as { token: Secret }).token.text).toBe(client.door.validToken);
  });
});

describe('leases and credentials', () => {
  it.each(['lookup', 'renew', 'revoke', 'give-back'])('%s without an id names the field that is missing', async (verb) => {
    const { status, json } = await client.send('POST', `/v1/sys/leases/${verb}`, { body: { lease_id: null } });
    expect([status, json.errors]).toEqual([400, ['lease_id must be set']]);
  });

  it('taking back says how many where somebody asks for it, and is empty as in Vault otherwise', async () => {
    await serve({ 'leases.revoke-prefix': ({ prefix }: { prefix: string }) => ({ count: prefix === 'none' ? 0 : 3 }) });
    for (const [prefix, count] of Object.entries({ none: 0, some: 3 })) {
      const told = await client.send('POST', `/v1/sys/leases/revoke-prefix/${prefix}`, { body: { count: true } });
      expect(told.json).toMatchObject({ data: { count } });
      expect((await client.send('POST', `/v1/sys/leases/revoke-prefix/${prefix}`, { body: { sync: true } })).status).toBe(204);
    }
  });
});

describe('policies and capabilities', () => {
  const rules = 'path "secret/*" { capabilities = ["read"] }';

  it('are read and written at both paths, each in its own words', async () => {
    await serve({ 'policies.read': () => ({ name: 'p', text: rules }), 'policies.list': () => ({ names: ['p', 'root'] }) });
    expect((await client.send('GET', '/v1/sys/policy/p')).json).toMatchObject({ rules, data: { name: 'p', rules } });
    expect((await client.send('GET', '/v1/sys/policies/acl/p')).json.data).toEqual({ name: 'p', policy: rules });
    expect((await client.send('GET', '/v1/sys/policy')).json).toMatchObject({ policies: ['p', 'root'], keys: ['p', 'root'] });
    expect((await client.send('LIST', '/v1/sys/policies/acl')).json.data).toEqual({ keys: ['p', 'root'] });
    for (const policy of [rules, Buffer.from(rules).toString('base64')]) {
      await client.send('PUT', '/v1/sys/policies/acl/team/p', { body: { policy } });
      expect(client.door.last.input).toMatchObject({ name: 'team/p', text: rules, legacyPath: false });
    }
    expect((await client.send('PUT', '/v1/sys/policy/p', { body: { rules: '' } })).status).toBe(400);
  });

  it('name a single path twice, as Vault does', async () => {
    await serve({ 'capabilities.self': ({ paths }: { paths: string[] }) => ({ capabilities: { [paths[0] ?? '']: ['read'] } }) });
    const { json } = await client.send('POST', '/v1/sys/capabilities-self', { body: { paths: ['secret/a'] } });
    expect(json.data).toEqual({ capabilities: ['read'], 'secret/a': ['read'] });
    expect(json['secret/a']).toEqual(['read']);
    const proto = await client.send('POST', '/v1/sys/capabilities-self', { body: { path: '__proto__' } });
    expect(proto.text).toContain('"__proto__":["read"]');
  });
});

describe('mounts', () => {
  it('are enabled and tuned with lifetimes in any form', async () => {
    const config = { default_lease_ttl: '1h', max_lease_ttl: 7200, options: { version: 1 } };
    await client.send('POST', '/v1/sys/mounts/team/kv', { body: { type: 'kv-v2', config, options: null } });
    expect(client.door.last).toMatchObject({
      name: 'mounts.enable',
      input: {
        class: 'engine',
        path: 'team/kv',
        kind: 'kv-v2',
        options: { version: '1' },
        config: { defaultTtl: 3600, maxTtl: 7200 },
      },
    });
    await client.send('POST', '/v1/sys/auth/token/tune', { body: { default_lease_ttl: 'system', listing_visibility: 'unauth' } });
    expect(client.door.last).toMatchObject({
      name: 'mounts.tune',
      input: { class: 'auth', path: 'token', config: { defaultTtl: 0, listingVisibility: 'unauth' } },
    });
  });

  it('are moved, and what became of it can be asked', async () => {
    const move = { id: 'm', from: 'a/', to: 'b/', status: 'success' };
    await serve({ 'mounts.move': () => ({ id: 'm' }), 'mounts.move-status': () => move });
    const moved = await client.send('POST', '/v1/sys/remount', { body: { from: 'a', to: 'b' } });
    expect(moved.json).toMatchObject({ migration_id: 'm', data: { migration_id: 'm' } });
    const { json } = await client.send('GET', '/v1/sys/remount/status/m');
    expect(json.data.migration_info).toEqual({ source_mount: 'a/', target_mount: 'b/', status: 'success' });
  });

  it('show lifetimes as set when listed, and as resolved when tuned', async () => {
    const secret = mount('secret/', 'kv', { version: '2' });
    await serve({ 'mounts.read': () => secret, 'mounts.tune-read': () => secret, 'mounts.visible-at': () => secret });
    expect((await client.send('GET', '/v1/sys/mounts/secret')).json.data.config.default_lease_ttl).toBe(0);
    expect((await client.send('GET', '/v1/sys/mounts/secret/tune')).json.default_lease_ttl).toBe(2_764_800);
    const { json } = await client.send('GET', '/v1/sys/internal/ui/mounts/secret/a/b');
    expect(client.door.last.input).toEqual({ path: 'secret/a/b' });
    expect(json.data).toMatchObject({ path: 'secret/', type: 'kv', options: { version: '2' } });
  });
});

describe('KV', () => {
  it('metadata is patched with null for what goes', async () => {
    const headers = { 'Content-Type': 'application/merge-patch+json' };
    const body = { custom_metadata: { keep: 'k', go: null }, delete_version_after: '3h25m19s', cas_required: 'true' };
    await client.send('PATCH', '/v1/secret/metadata/a', { body, headers });
    expect(client.door.last.input).toMatchObject({
      path: 'a',
      custom: { keep: 'k', go: null },
      deleteVersionAfter: 12_319,
      casRequired: true,
    });
    await client.send('PATCH', '/v1/secret/metadata/a', { body: { custom_metadata: null }, headers });
    expect(client.door.last.input).toMatchObject({ custom: null });
  });

  it('metadata shows durations as Go does and versions by their number as text', async () => {
    const facts = { version: 2, createdAt: 0, deletedAt: undefined, destroyed: false, custom: undefined };
    const settings = { maxVersions: 0, casRequired: false, deleteVersionAfter: 12_319 };
    const entry = { current: 2, oldest: 0, createdAt: 0, updatedAt: 0, settings, custom: undefined, versions: [facts] };
    await serve({ 'kv.metadata.read': () => entry });
    const { data } = (await client.send('GET', '/v1/secret/metadata/a')).json;
    expect(data).toMatchObject({
      delete_version_after: '3h25m19s',
      custom_metadata: null,
      oldest_version: 0,
      current_version: 2,
    });
    expect(data.versions).toEqual({ 2: { created_time: '1970-01-01T00:00:00.000000000Z', deletion_time: '', destroyed: false } });
  });

  it('versions may be named as numbers or text', async () => {
    for (const versions of [[1, 2], ['1', '2'], '1,2']) {
      await client.send('PUT', '/v1/secret/destroy/a', { body: { versions } });
      expect(client.door.last.input).toEqual({ path: 'a', versions: [1, 2] });
    }
    expect((await client.send('POST', '/v1/secret/undelete/a', { body: { versions: [1.5] } })).status).toBe(400);
  });

  it('without data is refused', async () => {
    const { status, json } = await client.send('POST', '/v1/secret/data/a', { body: { options: { cas: 0 } } });
    expect([status, json]).toEqual([400, { errors: ['no data provided'] }]);
  });
});

describe('metrics and help', () => {
  it('metrics are text in the one format that there is', async () => {
    await serve({ 'system.metrics': () => ({ text: '# TYPE a counter\n' }) });
    const { headers, text } = await client.send('GET', '/v1/sys/metrics?format=prometheus');
    expect([headers['content-type'], text]).toEqual(['text/plain; version=0.0.4', '# TYPE a counter\n']);
    expect((await client.send('GET', '/v1/sys/metrics')).status).toBe(400);
  });

  it('help tells what a path offers, to those who may read it', async () => {
    const { status, json } = await client.send('GET', '/v1/secret/metadata/a?help=1');
    expect(client.door.last).toMatchObject({ name: 'system.help', input: { path: 'secret/metadata/a', capability: 'read' } });
    expect([status, Object.keys(json)]).toEqual([200, ['help', 'see_also']]);
    expect(json.help).toContain('LIST  kv.list');
    expect((await client.send('GET', '/v1/secret/metadata/a?help=1', { token: undefined })).status).toBe(403);
    expect((await client.send('GET', '/v1/nothing?help=1')).status).toBe(404);
  });
});
