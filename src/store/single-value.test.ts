import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SYSTEM_DEFAULT_TTL } from '../foundation/mount.ts';
import { kvEngine } from './index.ts';
import { NOW, openTestEngine, type TestEngine, testDigest, testMount, testSession } from './testing/engine.ts';

let engine: TestEngine;
beforeAll(async () => {
  engine = await openTestEngine();
});
afterAll(() => engine[Symbol.asyncDispose]());

describe('KV version 1', () => {
  const mount = testMount('other', { version: '1' });
  const put = (path: string, data: Record<string, unknown>) => engine.perform('kv1.write', { path, data }, { mount });
  const get = async (path: string, at = mount) => (await engine.perform('kv1.read', { path }, { mount: at })).output;

  it('replaces on write and removes on delete', async () => {
    expect((await put('a', { n: 1 })).capability).toBe('create');
    expect((await put('a', { n: 2 })).capability).toBe('update');
    expect((await get('a'))?.data.text).toBe('{"n":2}');
    expect(engine.attack("select 1 from kv_version v join kv_entry e using (entry_id) where e.path = 'a'")).toHaveLength(1);
    await engine.perform('kv1.delete', { path: 'a' }, { mount });
    await engine.perform('kv1.delete', { path: 'a' }, { mount });
    expect(await get('a')).toBeNull();
  });

  it('takes the lease duration from ttl or lease, else from the mount, else the default', async () => {
    await put('ttl', { ttl: '1h30m', lease: 5 });
    await put('lease', { lease: '30' });
    await put('odd', { ttl: 'soon' });
    expect((await get('ttl'))?.leaseDuration).toBe(5400);
    expect((await get('lease'))?.leaseDuration).toBe(30);
    expect((await get('odd'))?.leaseDuration).toBe(SYSTEM_DEFAULT_TTL);
    expect((await get('odd', { ...mount, config: { ...mount.config, defaultTtl: 60 } }))?.leaseDuration).toBe(60);
  });

  it('lists folders and hands out stored digests', async () => {
    await put('dir/x', { n: 7 });
    expect((await engine.perform('kv1.list', { path: 'dir' }, { mount })).output?.keys).toEqual(['x']);
    expect((await engine.perform('kv1.scan', { path: '' }, { mount })).output?.keys).toContain('dir/x');
    expect((await engine.perform('kv1.read', { path: 'dir/x' }, { mount })).responseDigests).toEqual([testDigest(7)]);
  });

  it('refuses a write without fields, and one that raced', async () => {
    await expect(put('b', {})).rejects.toMatchObject({ message: 'missing data fields' });
    const race = { mount, session: testSession('bounded'), capability: 'create' as const };
    await expect(engine.perform('kv1.write', { path: 'dir/x', data: { n: 8 } }, race)).rejects.toMatchObject({
      code: 'store.raced',
    });
  });

  it('can be turned into version 2 and keeps what it holds', async () => {
    await put('turn', { n: 1 });
    await engine.perform('kv.write', { path: 'turn', data: { n: 2 } }, { mount });
    expect((await engine.perform('kv.read', { path: 'turn', version: 1 }, { mount })).output?.data?.text).toBe('{"n":1}');
    expect((await get('turn'))?.data.text).toBe('{"n":2}');
    await engine.perform('kv.delete', { path: 'turn' }, { mount });
    expect(await get('turn')).toBeNull();
    await put('turn', { n: 3 });
    expect((await get('turn'))?.data.text).toBe('{"n":3}');
  });

  it('is mounted as version 1 unless asked otherwise', () => {
    expect(kvEngine.options({})).toEqual({ version: '1' });
    expect(kvEngine.options({ version: '2' }, { version: '1' })).toEqual({ version: '2' });
    expect(() => kvEngine.options({ version: '1' }, { version: '2' })).toThrow(/cannot become unversioned/);
    expect(kvEngine.options(kvEngine.aliases['kv-v2'])).toEqual({ version: '2' });
    expect(() => kvEngine.options({ version: '3' })).toThrow();
  });
});

describe('cubbyhole', () => {
  const [alice, bob] = [testSession('alice'), testSession('bob')];
  const put = (session: typeof alice, path: string, data: Record<string, unknown>) =>
    engine.perform('cubbyhole.write', { path, data }, { session });
  const get = async (session: typeof alice, path: string) =>
    (await engine.perform('cubbyhole.read', { path }, { session })).output?.data.text;
  const list = async (session: typeof alice) => (await engine.perform('cubbyhole.list', { path: '' }, { session })).output?.keys;

  it('shows each session its own and nothing else', async () => {
    await put(alice, 'a', { of: 'alice' });
    await put(alice, 'dir/b', { of: 'alice' });
    await put(bob, 'a', { of: 'bob' });
    expect([await get(alice, 'a'), await get(bob, 'a'), await get(bob, 'dir/b')]).toEqual([
      '{"of":"alice"}',
      '{"of":"bob"}',
      undefined,
    ]);
    expect([await list(alice), await list(bob)]).toEqual([['a', 'dir/'], ['a']]);
    await engine.perform('cubbyhole.delete', { path: 'a' }, { session: bob });
    expect([await get(alice, 'a'), await get(bob, 'a')]).toEqual(['{"of":"alice"}', undefined]);
  });

  it('goes with its session, in the same transaction, and leaves those of similar name', async () => {
    const [one, longer] = [testSession('s1'), testSession('s10')];
    for (const session of [one, longer]) await put(session, 'a', { n: 1 });
    const failing = engine.storage.write(async (tx) => {
      await engine.cubbyhole.purgeSession(tx, 's1');
      throw new Error('rolled back');
    });
    await expect(failing).rejects.toThrow('rolled back');
    expect(await get(one, 'a')).toBe('{"n":1}');
    await engine.storage.write((tx) => engine.cubbyhole.purgeSession(tx, 's1'));
    await engine.storage.write((tx) => engine.cubbyhole.purgeSession(tx, 's1'));
    expect([await get(one, 'a'), await get(longer, 'a')]).toEqual([undefined, '{"n":1}']);
    expect(engine.attack('select 1 from kv_version where entry_id not in (select entry_id from kv_entry)')).toEqual([]);
  });

  it('is refused without a session', async () => {
    await expect(put(testSession(''), 'a', { n: 1 })).rejects.toMatchObject({ code: 'access.denied' });
    await expect(put(testSession('a/b'), 'a', { n: 1 })).rejects.toMatchObject({ code: 'access.denied' });
  });
});

describe('a wrapped answer', () => {
  const take = (accessor: string) => engine.storage.write((tx) => engine.cubbyhole.takeWrapped(tx, accessor, NOW));

  it('is given to exactly one of fifty takers, byte for byte', async () => {
    const bytes = Buffer.from([0, 1, 2, 255, 10]);
    await engine.storage.write((tx) => engine.cubbyhole.putWrapped(tx, 'wrapping', bytes, NOW));
    const taken = await Promise.all(Array.from({ length: 50 }, () => take('wrapping')));
    const got = taken.flatMap((secret) => (secret === undefined ? [] : [secret.bytes]));
    expect(got).toEqual([bytes]);
  });

  it('is out of reach for the session it is kept for, and goes when the session does', async () => {
    const session = testSession('wrapping');
    await engine.storage.write((tx) => engine.cubbyhole.putWrapped(tx, 'wrapping', Buffer.from('{}'), NOW));
    expect((await engine.perform('cubbyhole.list', { path: '' }, { session })).output).toBeNull();
    for (const path of ['wrapped', '/wrapped', 'own/wrapped']) {
      expect((await engine.perform('cubbyhole.read', { path }, { session })).output).toBeNull();
    }
    await expect(engine.perform('cubbyhole.read', { path: '../wrapped' }, { session })).rejects.toMatchObject({
      code: 'request.invalid',
    });
    await engine.storage.write((tx) => engine.cubbyhole.purgeSession(tx, 'wrapping'));
    expect(await take('wrapping')).toBeUndefined();
  });
});
