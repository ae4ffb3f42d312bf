import { describe, expect, test } from 'vitest';
import { WatchwordError } from '../../foundation/errors.ts';
import { Secret } from '../../foundation/secret.ts';
import { getPolicy, listPolicies, putPolicy, removePolicy } from '../../policy/policy-table.ts';
import { generationReader } from '../generation-table.ts';
import { testMount } from '../testing/test-caller.ts';
import { openTestDoor, type Surroundings, SYSTEM } from '../testing/test-door.ts';
import { auditOperations } from './audit.ts';
import { capabilityOperations } from './capabilities.ts';
import { fallbackOperations } from './fallback.ts';
import { policyOperations } from './policies.ts';
import { type SealControl, sealOperations } from './seal.ts';
import { statusOperations } from './status.ts';
import { usageOperations } from './usage.ts';

const serverState = {
  version: '1.2.3',
  initialized: true,
  sealed: false,
  sealKind: 'static',
  storage: 'sqlite',
  startedAt: 0,
  auditEvents: 0,
};
const warning = { code: 'root-token-lives', message: 'm', remedy: 'r' };

/** What a server would do on seal operations, noted instead of done, but for sealing. */
function testSeal({ keyring }: Surroundings, done: string[]): SealControl {
  return {
    address: 'http://127.0.0.1:8200',
    status: () => ({
      kind: 'shamir',
      initialized: keyring.state !== 'uninitialized',
      sealed: keyring.state !== 'unsealed',
      shares: 1,
      threshold: 1,
      progress: 0,
      nonce: '',
      version: '1.2.3',
      buildDate: '',
      clusterName: '',
      clusterId: '',
    }),
    initialize: async () => {
      done.push('initialize');
      return { unsealKeys: [Secret.fromText('canary-key')], rootToken: Secret.fromText('canary-root') };
    },
    submit: async () => {
      done.push('submit');
      throw new WatchwordError('seal.wrong-key');
    },
    resetProgress: () => void done.push('reset'),
    seal: async () => {
      done.push('seal');
      keyring.seal();
    },
  };
}

async function open() {
  const done: string[] = [];
  const world = await openTestDoor((surroundings) => {
    const { storage, keyring, authenticator, authorizer } = surroundings;
    const cipher = () => keyring.cipher(SYSTEM);
    return [
      ...policyOperations({
        get: (on, name) => getPolicy(on, cipher(), 'root', name),
        list: (on) => listPolicies(on, 'root'),
        put: (tx, name, text) => putPolicy(tx, cipher(), 'root', name, text),
        remove: (tx, name) => removePolicy(tx, cipher(), 'root', name),
      }),
      ...capabilityOperations({ authenticator, authorizer, readGenerations: generationReader(storage) }),
      ...auditOperations('/var/log/watchword'),
      ...fallbackOperations(),
      ...sealOperations(testSeal(surroundings, done)),
      ...statusOperations(
        { version: '1.2.3', state: () => serverState, warnings: async () => [warning], metrics: () => 'up 1\n' },
        authorizer,
      ),
      ...usageOperations({
        credential: async () => ({ total: undefined, versions: [], sessions: [], workloads: [], countedUpTo: 0 }),
      }),
    ];
  });
  return Object.assign(world, { done });
}

const codeOf = (answer: Promise<unknown>) =>
  answer.then(
    () => 'done',
    (error) => error.code,
  );
const text = 'path "test/*" { capabilities = ["read"] }';
const token = () => Secret.fromText('root');

describe('permission', () => {
  test.for([
    ['policies.list', {}, 'sys/policies/acl', 'list', false],
    ['policies.list', { legacyPath: true }, 'sys/policy', 'read', false],
    ['policies.read', { name: 'p' }, 'sys/policies/acl/p', 'read', false],
    ['policies.read', { name: 'P', legacyPath: true }, 'sys/policy/p', 'read', false],
    ['policies.write', { name: 'q', text }, 'sys/policies/acl/q', 'update', false],
    ['policies.delete', { name: 'q', legacyPath: true }, 'sys/policy/q', 'delete', false],
    ['capabilities.self', { paths: ['a'] }, 'sys/capabilities-self', 'update', false],
    ['capabilities.of-token', { token: token(), paths: ['a'] }, 'sys/capabilities', 'update', false],
    ['capabilities.of-accessor', { accessor: 'root', paths: ['a'] }, 'sys/capabilities-accessor', 'update', false],
    ['audit.devices', {}, 'sys/audit', 'read', true],
    ['audit.digest', { device: 'builtin', value: token() }, 'sys/audit-hash/builtin', 'update', true],
    ['system.metrics', {}, 'sys/metrics', 'read', false],
    ['system.seal', {}, 'sys/seal', 'update', true],
    ['usage.credential', { path: 'a/b' }, 'test/a/b', 'read', false],
  ] as const)('%s of %j needs %s', async ([operation, input, path, capability, sudo]) => {
    await using world = await open();
    const attempt = () => codeOf(world.perform(operation, input, { as: 'bob' }));
    await world.issue('bob', { policies: ['p'] });
    expect(await attempt()).toBe('access.denied');
    await world.setPolicy('p', `path "${path}x" { capabilities = ["${capability}", "sudo"] }`);
    expect(await attempt()).toBe('access.denied');
    const other = capability === 'read' ? 'update' : 'read';
    await world.setPolicy('p', `path "${path}" { capabilities = ["${other}", "sudo"] }`);
    expect(await attempt()).toBe('access.denied');
    await world.setPolicy('p', `path "${path}" { capabilities = ["${capability}"] }`);
    expect(await attempt()).toBe(sudo ? 'access.denied' : 'done');
    if (!sudo) return;
    await world.setPolicy('p', `path "${path}" { capabilities = ["${capability}", "sudo"] }`);
    expect(await attempt()).toBe('done');
  });

  test('whoever may read the metadata of a versioned credential may read its usage', async () => {
    await using world = await open();
    const mount = { ...testMount('test/'), options: { version: '2' } };
    world.mounts.now = [mount];
    await world.setPolicy('p', 'path "test/metadata/a" { capabilities = ["read"] }\npath "test/a" { capabilities = ["deny"] }');
    await world.issue('bob', { policies: ['p'] });
    await world.perform('usage.credential', { path: 'a' }, { as: 'bob', mount });
    expect(world.audit.records[0]?.path).toBe('test/metadata/a');
  });

  test('the status of the server is for every token and for nobody else', async () => {
    await using world = await open();
    await world.issue('bob', { policies: [] });
    expect((await world.perform('server.status', {}, { as: 'bob' })).output).toEqual({ ...serverState, warnings: undefined });
    expect(await codeOf(world.perform('server.status', {}, { as: '' }))).toBe('access.token-missing');
    expect(await codeOf(world.perform('system.metrics', {}, { as: '' }))).toBe('access.token-missing');
  });

  test('what the status warns of is for those who may read it', async () => {
    await using world = await open();
    const warningsFor = async (as: string) =>
      ((await world.perform('server.status', {}, { as })).output as { warnings?: unknown }).warnings;
    await world.issue('bob', { policies: ['p'] });
    expect(await warningsFor('root')).toEqual([warning]);
    await world.setPolicy('p', 'path "native/status" { capabilities = ["update"] }');
    expect(await warningsFor('bob')).toBeUndefined();
    await world.setPolicy('p', 'path "native/status" { capabilities = ["read"] }');
    expect(await warningsFor('bob')).toEqual([warning]);
  });

  test('a token that wraps an answer sees no status', async () => {
    await using world = await open();
    await world.issue('wrapping', { policies: ['response-wrapping'] });
    expect(await codeOf(world.perform('server.status', {}, { as: 'wrapping' }))).toBe('access.denied');
  });

  test.for(['server.version', 'system.health', 'system.init-status', 'system.seal-status', 'system.leader'])(
    '%s is for strangers, sealed or not, and leaves no event',
    async (operation) => {
      await using world = await open();
      expect(await codeOf(world.perform(operation, {}, { as: '' }))).toBe('done');
      world.keyring.seal();
      expect(await codeOf(world.perform(operation, {}, { as: '' }))).toBe('done');
      expect(world.audit.records).toEqual([]);
    },
  );
});

describe('policies', () => {
  test('are written, read, listed and deleted under lower-case names', async () => {
    await using world = await open();
    await world.perform('policies.write', { name: 'Team', text });
    expect((await world.perform('policies.read', { name: 'TEAM' })).output).toEqual({ name: 'team', text });
    expect((await world.perform('policies.list')).output).toEqual({ names: ['root', 'team'] });
    await world.perform('policies.delete', { name: 'team' });
    expect(await codeOf(world.perform('policies.read', { name: 'team' }))).toBe('store.missing');
    expect(await codeOf(world.perform('policies.delete', { name: 'team' }))).toBe('done');
  });

  test('hold for the next request of whoever carries them', async () => {
    await using world = await open();
    await world.issue('bob', { policies: ['p'] });
    const attempt = () => codeOf(world.perform('system.metrics', {}, { as: 'bob' }));
    await world.perform('policies.write', { name: 'p', text: 'path "sys/metrics" { capabilities = ["read"] }' });
    expect(await attempt()).toBe('done');
    await world.perform('policies.write', { name: 'p', text });
    expect(await attempt()).toBe('access.denied');
    await world.perform('policies.write', { name: 'p', text: 'path "sys/*" { capabilities = ["read"] }' });
    expect(await attempt()).toBe('done');
    await world.perform('policies.delete', { name: 'p' });
    expect(await attempt()).toBe('access.denied');
  });

  test('named root are neither written nor deleted, and default stays', async () => {
    await using world = await open();
    expect(await codeOf(world.perform('policies.write', { name: 'Root', text }))).toBe('policy.invalid');
    expect(await codeOf(world.perform('policies.delete', { name: 'root' }))).toBe('policy.invalid');
    expect(await codeOf(world.perform('policies.delete', { name: 'default' }))).toBe('policy.invalid');
    expect((await world.perform('policies.read', { name: 'root' })).output).toEqual({ name: 'root', text: '' });
    await world.perform('policies.write', { name: 'default', text });
  });

  test('that do not parse change nothing', async () => {
    await using world = await open();
    await world.perform('policies.write', { name: 'p', text });
    expect(await codeOf(world.perform('policies.write', { name: 'p', text: 'path {' }))).toBe('policy.invalid');
    expect(await codeOf(world.perform('policies.write', { name: '', text }))).toBe('request.invalid');
    expect(await codeOf(world.perform('policies.write', { name: 'p', text: 'x'.repeat(1024 * 1024 + 1) }))).toBe(
      'request.invalid',
    );
    expect((await world.perform('policies.read', { name: 'p' })).output).toEqual({ name: 'p', text });
  });

  test('stand in the log by name, their text as a digest', async () => {
    await using world = await open();
    await world.perform('policies.write', { name: 'p', text: `${text} # canary` });
    await world.perform('policies.read', { name: 'p' });
    expect(world.audit.records[0]).toMatchObject({ class: 'access-change', facts: { name: 'p' }, path: 'sys/policies/acl/p' });
    expect(JSON.stringify(world.audit.records)).not.toContain('canary');
  });
});

describe('capabilities', () => {
  test('are told for the caller, for another token and for an accessor', async () => {
    await using world = await open();
    await world.setPolicy(
      'p',
      'path "a" { capabilities = ["update", "read"] }\npath "sys/capabilities*" { capabilities = ["update"] }',
    );
    await world.issue('bob', { policies: ['p'] });
    const paths = ['a', 'b', '__proto__'];
    const own = { a: ['read', 'update'], b: ['deny'], ['__proto__']: ['deny'] };
    const told = async (operation: string, input: object, as: string) => {
      const output = (await world.perform(operation, { paths, ...input }, { as })).output as unknown as {
        capabilities: Record<string, string[]>;
      };
      return Object.entries(output.capabilities);
    };
    const expected = Object.entries(own);
    expect(await told('capabilities.self', {}, 'bob')).toEqual(expected);
    expect(await told('capabilities.of-token', { token: Secret.fromText('bob') }, 'root')).toEqual(expected);
    expect(await told('capabilities.of-accessor', { accessor: 'bob' }, 'root')).toEqual(expected);
    expect(await told('capabilities.of-token', { token: token() }, 'bob')).toEqual(paths.map((path) => [path, ['root']]));
  });

  test('of an unknown token or accessor are not told', async () => {
    await using world = await open();
    expect(await codeOf(world.perform('capabilities.of-token', { token: Secret.fromText('x'), paths: ['a'] }))).toBe(
      'token.invalid',
    );
    expect(await codeOf(world.perform('capabilities.of-accessor', { accessor: 'x', paths: ['a'] }))).toBe('token.invalid');
    expect(await codeOf(world.perform('capabilities.self', { paths: [] }))).toBe('request.invalid');
  });

  test('leave the token that was asked about out of the log', async () => {
    await using world = await open();
    await world.issue('canary', { policies: [] });
    await world.perform('capabilities.of-token', { token: Secret.fromText('canary'), paths: ['a'] });
    expect(JSON.stringify(world.audit.records)).not.toContain('canary');
  });
});

describe('a path that has no operation', () => {
  test.for([
    ['system.unrouted', 'route.missing'],
    ['system.unsupported', 'request.unsupported'],
  ])('%s is told only to those who may act on it', async ([operation = '', code]) => {
    await using world = await open();
    await world.setPolicy('p', 'path "nowhere/*" { capabilities = ["read"] }');
    await world.issue('bob', { policies: ['p'] });
    const ask = (path: string, capability: string, as: string) => codeOf(world.perform(operation, { path, capability }, { as }));
    expect(await ask('nowhere/a', 'read', 'bob')).toBe(code);
    expect(await ask('nowhere/a', 'update', 'bob')).toBe('access.denied');
    expect(await ask('elsewhere/a', 'read', 'bob')).toBe('access.denied');
    expect(await ask('elsewhere/a', 'read', '')).toBe('access.token-missing');
    expect(await ask('elsewhere/a', 'read', 'root')).toBe(code);
    expect(world.audit.records).toHaveLength(5);
  });
});

describe('the seal', () => {
  test('closes after its outcome is in the log, and before the answer', async () => {
    await using world = await open();
    const states: string[] = [];
    world.audit.before = async () => void states.push(world.keyring.state);
    await world.perform('system.seal');
    expect(states).toEqual(['unsealed', 'unsealed']);
    expect(world.keyring.state).toBe('sealed');
    expect(world.audit.story()).toEqual(['intent/pending', 'outcome/success']);
    expect(await codeOf(world.perform('policies.list'))).toBe('seal.sealed');
  });

  test('stays open when that cannot be logged', async () => {
    await using world = await open();
    for (const phase of ['intent', 'outcome']) {
      world.audit.fate = (record) => (record.phase === phase ? 'refuse' : 'store');
      expect(await codeOf(world.perform('system.seal'))).toBe('audit.unavailable');
      expect(world.keyring.state).toBe('unsealed');
    }
    world.audit.fate = () => 'store';
    await world.settlement.settle();
    expect(world.audit.story()).toEqual(['complete/failure/audit.unavailable', 'intent/pending', 'outcome/unknown']);
  });

  test('is not closed by strangers', async () => {
    await using world = await open();
    expect(await codeOf(world.perform('system.seal', {}, { as: '' }))).toBe('access.token-missing');
    expect(world.done).toEqual([]);
  });

  test('is initialised once', async () => {
    await using world = await open();
    const input = { shares: 1, threshold: 1 };
    expect(await codeOf(world.perform('system.initialize', input, { as: '' }))).toBe('seal.initialized');
    expect(await codeOf(world.perform('system.initialize', { shares: 256, threshold: 1 }, { as: '' }))).toBe('request.invalid');
    expect(world.done).toEqual([]);
  });

  test('takes keys while sealed; what was given leaves no trace in the log, and a wrong one is a failure there', async () => {
    await using world = await open();
    world.keyring.seal();
    const key = Secret.fromText('canary');
    expect(await codeOf(world.perform('system.unseal', { key }, { as: '' }))).toBe('seal.wrong-key');
    expect(await codeOf(world.perform('system.unseal', {}, { as: '' }))).toBe('request.invalid');
    expect(await codeOf(world.perform('system.unseal', { reset: true }, { as: '' }))).toBe('done');
    expect(world.done).toEqual(['submit', 'reset']);
    expect(world.audit.story()).toEqual([
      'intent/pending',
      'outcome/failure/seal.wrong-key',
      'intent/pending',
      'outcome/failure/request.invalid',
      'intent/pending',
      'outcome/success',
    ]);
    const log = JSON.stringify(world.audit.records);
    expect(log).not.toContain('canary');
    expect(log).not.toContain('hmac');
  });

  test('tells its state when a key comes too late', async () => {
    await using world = await open();
    const answer = await world.perform('system.unseal', { key: Secret.fromText('x') }, { as: '' });
    expect(answer.output).toMatchObject({ sealed: false });
    expect(world.done).toEqual([]);
  });

  test('is not tried without end', async () => {
    await using world = await open();
    world.keyring.seal();
    const codes: string[] = [];
    for (let i = 0; i < 110; i++) codes.push(await codeOf(world.perform('system.unseal', { key: token() }, { as: '' })));
    expect(codes.filter((code) => code === 'request.limited')).toHaveLength(10);
    expect(world.done).toHaveLength(100);
  });
});

test('the log digests a value as it stands in events', async () => {
  await using world = await open();
  const answer = await world.perform('audit.digest', { device: 'builtin', value: Secret.fromText('canary') });
  expect(answer.output).toEqual({ digest: world.audit.digester.value('canary') });
  expect(JSON.stringify(world.audit.records)).not.toContain('canary');
  const devices = (await world.perform('audit.devices')).output;
  expect(devices).toMatchObject({ devices: [{ name: 'builtin', directory: '/var/log/watchword' }] });
});
