import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { openMounted } from './testing/mounted.ts';

const codeOf = (answer: Promise<unknown>) =>
  answer.then(
    () => 'done',
    (error) => error.code,
  );

describe('a new store', () => {
  test('has its system mounts and KV version 2 at secret/', async () => {
    await using store = await openMounted();
    const seen = store.registry.list('root').map(({ path, kind, options }) => [path, kind, options['version']]);
    expect(seen).toEqual([
      ['auth/token/', 'token', undefined],
      ['cubbyhole/', 'cubbyhole', undefined],
      ['identity/', 'identity', undefined],
      ['secret/', 'kv', '2'],
      ['sys/', 'system', undefined],
    ]);
  });
});

describe('enabling', () => {
  test('makes a mount that the very next request finds', async () => {
    await using store = await openMounted();
    await store.enable('team/a', { description: 'for a', options: { version: '2' }, config: { defaultTtl: 60, maxTtl: 120 } });
    expect(store.registry.locate('root', 'team/a/data/x')).toMatchObject({
      path: 'team/a/',
      kind: 'kv',
      description: 'for a',
      options: { version: '2' },
      config: { defaultTtl: 60, maxTtl: 120, forceNoCache: false, listingVisibility: '' },
    });
    await store.readAnew();
    expect(store.registry.locate('root', 'team/a')?.description).toBe('for a');
  });

  test.for(['x', '/x', 'x/', '//x//'])('%s is x/', async (path) => {
    await using store = await openMounted();
    await store.enable(path);
    expect(store.registry.locate('root', 'x/y')?.path).toBe('x/');
  });

  test('an alias stands for a kind with options, which may be overridden', async () => {
    await using store = await openMounted();
    await store.enable('two', { kind: 'kv-v2' });
    await store.enable('one', { kind: 'kv-v2', options: { version: '1' } });
    expect(store.registry.locate('root', 'two/')).toMatchObject({ kind: 'kv', options: { version: '2' } });
    expect(store.registry.locate('root', 'one/')).toMatchObject({ kind: 'kv', options: { version: '1' } });
  });

  test('accessors are distinct', async () => {
    await using store = await openMounted();
    await store.enable('a');
    await store.enable('b');
    const accessors = store.registry.list('root').map(({ accessor }) => accessor);
    expect(new Set(accessors).size).toBe(accessors.length);
  });

  test.for([
    'secret',
    'secret/sub',
    'cubbyhole/x',
    'sys/x',
    'sys',
    'auth',
    'auth/x',
    'identity/x',
    'audit',
    '/',
    '..',
    'a/../b',
    './a',
    'a//b',
  ])('%s is taken, reserved or unclear', async (path) => {
    await using store = await openMounted();
    expect(['mount.in-use', 'mount.invalid']).toContain(await codeOf(store.enable(path)));
    await store.readAnew();
    expect(store.registry.list('root')).toHaveLength(5);
  });

  test('neither inside another mount nor around one', async () => {
    await using store = await openMounted();
    await store.enable('a/b');
    expect(await codeOf(store.enable('a'))).toBe('mount.in-use');
    expect(await codeOf(store.enable('a/b/c'))).toBe('mount.in-use');
    expect(await codeOf(store.enable('a/bc'))).toBe('done');
  });

  test('one of many at a time at the same path', async () => {
    await using store = await openMounted();
    const codes = await Promise.all(Array.from({ length: 10 }, () => codeOf(store.enable('x'))));
    expect(codes.filter((code) => code === 'done')).toHaveLength(1);
    await store.readAnew();
    expect(store.registry.list('root')).toHaveLength(6);
  });

  test('what is unknown or does not fit together is refused', async () => {
    await using store = await openMounted();
    expect(await codeOf(store.enable('x', { kind: 'nonsense' }))).toBe('mount.invalid');
    expect(await codeOf(store.enable('x', { kind: 'toString' }))).toBe('mount.invalid');
    expect(await codeOf(store.enable('x', { class: 'auth', kind: 'kv' }))).toBe('mount.invalid');
    expect(await codeOf(store.enable('x', { options: { version: '9' } }))).toBe('mount.invalid');
    expect(await codeOf(store.enable('x', { config: { defaultTtl: 10, maxTtl: 5 } }))).toBe('mount.invalid');
    expect(await codeOf(store.enable('x', { config: { defaultTtl: -1 } }))).toBe('request.invalid');
    expect(await codeOf(store.enable('x\u0000'))).toBe('request.invalid');
  });
});

describe('disabling', () => {
  test('takes away mount, content and key, for good', async () => {
    await using store = await openMounted();
    const { keyring, storage } = store.world;
    await store.enable('x');
    const mount = store.registry.locate('root', 'x/') ?? expect.fail('no mount');
    const place = { path: 'a', version: 1 };
    const record = keyring.cipher(mount).seal(place, Buffer.from('content'));
    await store.perform('mounts.disable', { class: 'engine', path: 'x' });
    expect(store.registry.locate('root', 'x/')).toBeUndefined();
    expect(store.purged).toEqual([mount.id]);
    expect(() => keyring.cipher(mount).open(place, record)).toThrow('no key');
    // Not from what is still in the database either, nor under the key of a mount that takes its place.
    await keyring.reload(storage.reader);
    expect(() => keyring.cipher(mount).open(place, record)).toThrow('no key');
    await store.enable('x');
    const next = store.registry.locate('root', 'x/') ?? expect.fail('no mount');
    expect(next.id).not.toBe(mount.id);
    expect(() => keyring.cipher(next).open(place, record)).toThrow('does not decrypt');
  });

  test('leaves no trace of the key in the database file once that is checkpointed', async () => {
    await using store = await openMounted();
    await store.enable('x');
    const { id } = store.registry.locate('root', 'x/') ?? expect.fail('no mount');
    const [row] = store.attack('SELECT wrapped FROM keyring_key WHERE purpose = ?', `mount/${id}`);
    const inFile = () => {
      store.attack('PRAGMA wal_checkpoint(TRUNCATE)');
      return readFileSync(store.world.path).includes(Buffer.from(row?.['wrapped'] as Uint8Array));
    };
    expect(inFile()).toBe(true);
    await store.perform('mounts.disable', { class: 'engine', path: 'x' });
    expect(inFile()).toBe(false);
  });

  test('twice succeeds', async () => {
    await using store = await openMounted();
    await store.enable('x');
    for (let i = 0; i < 2; i++) {
      const { warnings } = await store.perform('mounts.disable', { class: 'engine', path: 'x' });
      expect(warnings).toEqual([]);
    }
  });

  test.for([
    ['engine', 'sys'],
    ['engine', 'cubbyhole'],
    ['engine', 'identity'],
    ['auth', 'token'],
    ['engine', 'auth/token'],
  ] as const)('the %s at %s stays', async ([kind, path]) => {
    await using store = await openMounted();
    expect(await codeOf(store.perform('mounts.disable', { class: kind, path }))).toBe('mount.invalid');
    await store.readAnew();
    expect(store.registry.list('root')).toHaveLength(5);
  });

  test('a change that is undone leaves the mount known and usable', async () => {
    await using store = await openMounted();
    store.attack(`CREATE TRIGGER no_delete BEFORE DELETE ON mount_point BEGIN SELECT RAISE(ABORT, 'no'); END`);
    expect(await codeOf(store.perform('mounts.disable', { class: 'engine', path: 'secret' }))).toBe('storage.unavailable');
    const mount = store.registry.locate('root', 'secret/x') ?? expect.fail('no mount');
    store.world.keyring.cipher(mount).seal({ path: 'a', version: 1 }, Buffer.from('x'));
  });
});

describe('tuning', () => {
  test('changes what is named and keeps the rest, id and accessor above all', async () => {
    await using store = await openMounted();
    await store.enable('x', { description: 'before', options: { version: '2' }, config: { maxTtl: 100 } });
    const before = store.registry.locate('root', 'x/') ?? expect.fail('no mount');
    await store.perform('mounts.tune', { class: 'engine', path: 'x/', config: { defaultTtl: 50 } });
    await store.perform('mounts.tune', { class: 'engine', path: 'x', description: 'after', config: {} });
    expect(store.registry.locate('root', 'x/')).toEqual({
      ...before,
      description: 'after',
      config: { ...before.config, defaultTtl: 50 },
    });
  });

  test('refuses what does not fit what is there', async () => {
    await using store = await openMounted();
    await store.enable('x', { config: { maxTtl: 100 } });
    const tune = (more: object) => codeOf(store.perform('mounts.tune', { class: 'engine', path: 'x', config: {}, ...more }));
    expect(await tune({ config: { defaultTtl: 101 } })).toBe('mount.invalid');
    expect(await tune({ options: { version: '3' } })).toBe('mount.invalid');
    expect(await tune({ path: 'absent' })).toBe('mount.invalid');
    expect(await tune({ path: 'auth/token' })).toBe('mount.invalid');
  });
});

describe('moving', () => {
  test('keeps id, accessor, options and what is in it', async () => {
    await using store = await openMounted();
    const { keyring } = store.world;
    await store.enable('old', { kind: 'kv-v2', description: 'mine' });
    const before = store.registry.locate('root', 'old/') ?? expect.fail('no mount');
    const place = { path: 'a', version: 1 };
    const record = keyring.cipher(before).seal(place, Buffer.from('content'));
    const { output } = await store.perform('mounts.move', { from: 'old', to: '/deep/new/' });
    expect(store.registry.locate('root', 'old/x')).toBeUndefined();
    await store.readAnew();
    const after = store.registry.locate('root', 'deep/new/x') ?? expect.fail('no mount');
    expect(after).toEqual({ ...before, path: 'deep/new/' });
    expect(keyring.cipher(after).open(place, record).toString()).toBe('content');
    expect((await store.perform('mounts.move-status', { id: output.id })).output).toEqual({
      id: output.id,
      from: 'old/',
      to: 'deep/new/',
      status: 'success',
    });
    const [intent] = store.world.audit.records.filter(({ operation }) => operation === 'mounts.move');
    expect(intent).toMatchObject({ phase: 'intent', facts: { from: 'old/', to: 'deep/new/' } });
  });

  test('has its engine end what cannot go along, and the event says how many leases that were', async () => {
    await using store = await openMounted();
    await store.enable('old');
    await store.perform('mounts.move', { from: 'old', to: 'new' });
    expect(store.moved).toEqual(['old/']);
    const outcome = store.world.audit.records.findLast(({ operation }) => operation === 'mounts.move');
    expect(outcome).toMatchObject({ phase: 'outcome', facts: { leases: 3 } });
  });

  test('is seen by whoever looks in the same transaction, before it is known to anybody else', async () => {
    await using store = await openMounted();
    await store.enable('old');
    const mount = store.registry.locate('root', 'old/') ?? expect.fail('no mount');
    const { storage } = store.world;
    expect(await store.registry.stands(storage.reader, mount)).toBe(true);
    await storage.write(async (tx) => {
      await store.registry.renew(tx);
      expect(await store.registry.stands(tx, mount)).toBe(false);
    });
    expect(await store.registry.stands(storage.reader, mount)).toBe(true);
    await store.perform('mounts.move', { from: 'old', to: 'new' });
    expect(await store.registry.stands(storage.reader, mount)).toBe(false);
  });

  test('may go below its own old path, and back above it', async () => {
    await using store = await openMounted();
    await store.enable('a');
    await store.perform('mounts.move', { from: 'a', to: 'a/b' });
    await store.perform('mounts.move', { from: 'a/b', to: 'a' });
    expect(store.registry.locate('root', 'a/x')?.path).toBe('a/');
  });

  test.for([
    ['absent', 'x', 'mount.invalid'],
    ['sys', 'x', 'mount.invalid'],
    ['cubbyhole', 'x', 'mount.invalid'],
    ['auth/token', 'auth/x', 'mount.invalid'],
    ['secret', 'sys/x', 'mount.invalid'],
    ['secret', 'auth/x', 'mount.invalid'],
    ['secret', '..', 'mount.invalid'],
    ['secret', '/', 'mount.invalid'],
    ['secret', 'secret', 'mount.in-use'],
    ['secret', 'taken', 'mount.in-use'],
    ['secret', 'taken/below', 'mount.in-use'],
    ['secret', 'cubbyhole/x', 'mount.invalid'],
  ])('%s to %s is refused', async ([from = '', to = '', code]) => {
    await using store = await openMounted();
    await store.enable('taken');
    expect(await codeOf(store.perform('mounts.move', { from, to }))).toBe(code);
    await store.readAnew();
    expect(store.registry.locate('root', 'secret/x')?.path).toBe('secret/');
  });

  test('of an unknown id has no status', async () => {
    await using store = await openMounted();
    expect(await codeOf(store.perform('mounts.move-status', { id: 'x' }))).toBe('store.missing');
  });
});

describe('permission', () => {
  const enable = { class: 'engine', path: 'x', kind: 'kv', description: '', options: {}, config: {} } as const;
  test.for([
    ['mounts.enable', enable, 'sys/mounts/x', 'update', false],
    ['mounts.disable', { class: 'engine', path: 'x' }, 'sys/mounts/x', 'delete', false],
    ['mounts.tune', { class: 'engine', path: 'secret', config: {} }, 'sys/mounts/secret/tune', 'update', false],
    ['mounts.tune', { class: 'auth', path: 'token', config: {} }, 'sys/auth/token/tune', 'update', true],
    ['mounts.disable', { class: 'auth', path: 'x' }, 'sys/auth/x', 'delete', true],
    ['mounts.move', { from: 'secret', to: 'y' }, 'sys/remount', 'update', true],
    ['mounts.list', { class: 'engine' }, 'sys/mounts', 'read', false],
    ['mounts.list', { class: 'auth' }, 'sys/auth', 'read', false],
    ['mounts.read', { class: 'engine', path: 'secret' }, 'sys/mounts/secret', 'read', false],
    ['mounts.read', { class: 'auth', path: 'token' }, 'sys/auth/token', 'read', true],
    ['mounts.tune-read', { class: 'engine', path: 'secret' }, 'sys/mounts/secret/tune', 'read', false],
    ['mounts.tune-read', { class: 'auth', path: 'token' }, 'sys/auth/token/tune', 'read', true],
  ] as const)('%s of %j needs %s', async ([operation, input, path, capability, sudo]) => {
    await using store = await openMounted();
    const attempt = () => codeOf(store.perform(operation, input as never, { as: 'bob' }));
    await store.world.issue('bob', { policies: ['p'] });
    expect(await attempt()).toBe('access.denied');
    await store.world.setPolicy('p', `path "${path}x" { capabilities = ["${capability}", "sudo"] }`);
    expect(await attempt()).toBe('access.denied');
    await store.world.setPolicy('p', `path "${path}" { capabilities = ["${capability}"] }`);
    expect(await attempt()).toBe(sudo ? 'access.denied' : 'done');
    await store.world.setPolicy('p', `path "${path}" { capabilities = ["${capability}", "sudo"] }`);
    if (sudo) expect(await attempt()).toBe('done');
  });
});

test('events name mount and kind in clear, and nothing else', async () => {
  await using store = await openMounted();
  await store.enable('x', { description: 'canary-one', options: { note: 'canary-two' } });
  await store.perform('mounts.tune', { class: 'engine', path: 'x', description: 'canary-three', config: {} });
  await store.perform('mounts.list', { class: 'engine' });
  const { records } = store.world.audit;
  expect(records[0]).toMatchObject({ path: 'sys/mounts/x', facts: { class: 'engine', path: 'x/', kind: 'kv' } });
  expect(JSON.stringify(records)).not.toContain('canary');
});
