import { describe, expect, test } from 'vitest';
import { type Mounted, openMounted } from './testing/mounted.ts';

describe('while sealed', () => {
  test('only sys/ answers, and nothing that was known before', async () => {
    await using store = await openMounted();
    store.registry.clear();
    expect(store.registry.list('root').map(({ path }) => path)).toEqual(['sys/']);
    expect(store.registry.locate('root', 'sys/health')).toMatchObject({ id: 'system', accessor: '' });
    expect(store.registry.locate('root', 'secret/a')).toBeUndefined();
  });

  test('a reload that was under way brings nothing back', async () => {
    await using store = await openMounted();
    const reload = store.registry.reload(store.world.storage.reader, 1);
    store.world.keyring.seal();
    store.registry.clear();
    await reload;
    expect(store.registry.locate('root', 'secret/a')).toBeUndefined();
  });
});

describe('finding', () => {
  test.for([
    ['secret', 'secret/'],
    ['secret/', 'secret/'],
    ['secret/data/a/b', 'secret/'],
    ['auth/token/create', 'auth/token/'],
    ['a/b/c', 'a/b/'],
    ['secretx/a', undefined],
    ['auth/other/login', undefined],
    ['a', undefined],
    ['', undefined],
    ['/', undefined],
    ['//', undefined],
    ['/secret/a', undefined],
    ['__proto__/a', undefined],
  ] as const)('%s is at %s', async ([path, found]) => {
    await using store = await openMounted();
    await store.enable('a/b');
    expect(store.registry.locate('root', path)?.path).toBe(found);
  });

  test('other namespaces have nothing', async () => {
    await using store = await openMounted();
    expect(store.registry.locate('team', 'secret/a')).toBeUndefined();
    expect(store.registry.list('team')).toEqual([]);
  });

  test('a long path of nothing but slashes costs no more than another', async () => {
    await using store = await openMounted();
    const started = performance.now();
    for (let i = 0; i < 1000; i++) store.registry.locate('root', `${'/'.repeat(8000)}${i}`);
    expect(performance.now() - started).toBeLessThan(200);
  });

  test('what was read before a later change does not come back', async () => {
    await using store = await openMounted();
    const { generation } = store.registry;
    await store.enable('x');
    expect(store.registry.generation).toBe(generation + 1);
    await store.registry.reload(store.world.storage.reader, generation);
    expect(store.registry.generation).toBe(generation + 1);
  });
});

describe('another node', () => {
  test('knows of a change as soon as its next request has read the generation', async () => {
    await using store = await openMounted();
    const before = store.registry.list('root');
    // The other node's view: nothing in memory was told of this change.
    await store.enable('x');
    store.registry.clear();
    await store.registry.reload(store.world.storage.reader, 1);
    expect(store.registry.list('root')).toHaveLength(before.length + 1);
    const { output } = await store.perform('mounts.list', { class: 'engine' });
    expect(output.mounts.map(({ path }) => path)).toContain('x/');
    expect(store.registry.generation).toBe(2);
  });
});

describe('a database that was tampered with', () => {
  const reading = (store: Mounted) =>
    store.readAnew().then(
      () => 'served',
      (error) => error.code,
    );
  const rows = (store: Mounted) => store.attack('SELECT * FROM mount_point') as { id: string; sealed: Uint8Array }[];
  const row = (store: Mounted, id: string) => rows(store).find((each) => each.id === id) ?? expect.fail('no such row');
  const put = (store: Mounted, id: string, sealed: Uint8Array) =>
    store.attack('UPDATE mount_point SET sealed = ? WHERE id = ?', sealed, id);

  test('is refused for a changed row', async () => {
    await using store = await openMounted();
    const sealed = Buffer.from(row(store, 'first').sealed);
    sealed.writeUInt8(sealed.readUInt8(sealed.length - 1) ^ 1, sealed.length - 1);
    put(store, 'first', sealed);
    expect(await reading(store)).toBe('keyring.tampered');
  });

  test('is refused for the row of another mount', async () => {
    await using store = await openMounted();
    put(store, 'first', row(store, 'cubbyhole').sealed);
    expect(await reading(store)).toBe('keyring.tampered');
  });

  test('is refused for a row put back from before a change', async () => {
    await using store = await openMounted();
    const { sealed } = row(store, 'first');
    await store.perform('mounts.tune', { class: 'engine', path: 'secret', description: 'new', config: {} });
    expect(await reading(store)).toBe('served');
    put(store, 'first', sealed);
    expect(await reading(store)).toBe('keyring.rolled-back');
  });

  test('is refused for a removed row', async () => {
    await using store = await openMounted();
    store.attack('DELETE FROM mount_point WHERE id = ?', 'first');
    expect(await reading(store)).toBe('keyring.rolled-back');
  });

  test('is refused for a row that comes back after its mount was removed', async () => {
    await using store = await openMounted();
    const { sealed } = row(store, 'first');
    await store.perform('mounts.disable', { class: 'engine', path: 'secret' });
    store.attack('INSERT INTO mount_point VALUES (?, ?, ?, ?)', 'first', 'root', 'secret/', sealed);
    expect(await reading(store)).toBe('keyring.rolled-back');
  });

  test('is refused without its manifest', async () => {
    await using store = await openMounted();
    store.attack("DELETE FROM mount_point WHERE id = ''");
    expect(await reading(store)).toBe('keyring.rolled-back');
  });

  test('is not believed about paths', async () => {
    await using store = await openMounted();
    store.attack("UPDATE mount_point SET path = 'mine/', namespace = 'mine' WHERE id = 'first'");
    expect(await reading(store)).toBe('served');
    expect(store.registry.locate('root', 'secret/a')?.id).toBe('first');
    expect(store.registry.locate('root', 'mine/a')).toBeUndefined();
  });

  test('does not let a change build on what was put back', async () => {
    await using store = await openMounted();
    const { sealed } = row(store, 'first');
    await store.perform('mounts.tune', { class: 'engine', path: 'secret', description: 'new', config: {} });
    put(store, 'first', sealed);
    await expect(store.enable('x')).rejects.toMatchObject({ code: 'keyring.rolled-back' });
    expect(store.world.audit.records.at(-1)).toMatchObject({ outcome: 'failure', errorCode: 'keyring.rolled-back' });
  });
});
