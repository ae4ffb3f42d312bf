import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NOW, openTestEngine, type TestEngine, testMount } from './testing/engine.ts';

let engine: TestEngine;
beforeAll(async () => {
  engine = await openTestEngine();
});
afterAll(() => engine[Symbol.asyncDispose]());

let count = 0;
const fresh = () => `life/key-${count++}`;
const other = testMount('other');

async function written(versions: number, path = fresh(), mount = testMount('secret')): Promise<string> {
  for (let n = 1; n <= versions; n++) await engine.perform('kv.write', { path, data: { n } }, { mount, now: NOW + n });
  return path;
}
async function value(path: string, version?: number, now = NOW + 1000, mount = testMount('secret')) {
  const { output } = await engine.perform('kv.read', { path, version }, { now, mount });
  return output?.data === undefined ? null : JSON.parse(output.data.text).n;
}
const metadata = async (path: string, mount = testMount('secret')) =>
  (await engine.perform('kv.metadata.read', { path }, { mount })).output;
const rows = (path: string) =>
  engine
    .attack('select version from kv_version v join kv_entry e on e.entry_id = v.entry_id where e.path = ? order by version', path)
    .map((row) => row.version);

describe('deleting', () => {
  it('hides the current version, keeps its facts, and is undone by undeleting', async () => {
    const path = await written(2);
    await engine.perform('kv.delete', { path }, { now: NOW + 50 });
    const deleted = await engine.perform('kv.read', { path }, { now: NOW + 50 });
    expect(deleted.output).toEqual({
      version: { version: 2, createdAt: NOW + 2, deletedAt: NOW + 50, destroyed: false, custom: undefined },
    });
    expect(await value(path, 1)).toBe(1);
    await engine.perform('kv.delete', { path }, { now: NOW + 99 });
    expect((await metadata(path))?.versions[1]?.deletedAt).toBe(NOW + 50);
    await engine.perform('kv.undelete-versions', { path, versions: [2] });
    expect(await value(path)).toBe(2);
  });

  it('takes versions by number and passes over those that do not exist', async () => {
    const path = await written(3);
    await engine.perform('kv.delete-versions', { path, versions: [1, 3, 99, -1, 0] });
    expect([await value(path, 1), await value(path, 2), await value(path, 3)]).toEqual([null, 2, null]);
    await engine.perform('kv.undelete-versions', { path, versions: [3, 98] });
    expect([await value(path, 1), await value(path)]).toEqual([null, 3]);
  });

  it('of what does not exist succeeds and makes nothing', async () => {
    const path = fresh();
    await engine.perform('kv.delete', { path });
    for (const name of ['kv.delete-versions', 'kv.undelete-versions', 'kv.destroy-versions'] as const) {
      await engine.perform(name, { path, versions: [1] });
      await expect(engine.perform(name, { path, versions: [] })).rejects.toMatchObject({ message: 'No version number provided' });
    }
    await engine.perform('kv.metadata.delete', { path });
    expect(await metadata(path)).toBeNull();
  });

  it('leaves the next write alone: it makes a readable version', async () => {
    const path = await written(1);
    await engine.perform('kv.delete', { path });
    expect((await engine.perform('kv.write', { path, data: { n: 2 } })).output.version).toBe(2);
    expect(await value(path)).toBe(2);
  });
});

describe('destroying', () => {
  it('removes values for good, the current one included, and cannot be undone', async () => {
    const path = await written(3);
    await engine.perform('kv.destroy-versions', { path, versions: [1, 3, 3] });
    await engine.perform('kv.undelete-versions', { path, versions: [1, 3] });
    expect([await value(path, 1), await value(path, 2), await value(path)]).toEqual([null, 2, null]);
    expect((await metadata(path))?.versions.map((version) => version.destroyed)).toEqual([true, false, true]);
    expect(rows(path)).toEqual([2, 3]);
    const sizes = engine.attack(
      'select length(v.sealed) as size from kv_version v join kv_entry e using (entry_id) where e.path = ? and version = 3',
      path,
    );
    expect(sizes[0]?.size).toBeLessThan(60);
    await engine.perform('kv.destroy-versions', { path, versions: [3] });
    await engine.perform('kv.write', { path, data: { n: 4 } });
    expect(await value(path)).toBe(4);
  });
});

describe('metadata', () => {
  it('tells everything about an entry and nothing of its values', async () => {
    const path = await written(2);
    await engine.perform('kv.metadata.write', { path, maxVersions: 5, deleteVersionAfter: 3600.9, custom: { owner: 'ml' } });
    const facts = await metadata(path);
    expect(facts).toMatchObject({
      current: 2,
      oldest: 0,
      createdAt: NOW + 1,
      updatedAt: NOW + 2,
      settings: { maxVersions: 5, casRequired: false, deleteVersionAfter: 3600 },
      custom: { owner: 'ml' },
    });
    expect(facts?.versions.map((version) => version.version)).toEqual([1, 2]);
    expect((await engine.perform('kv.read', { path })).output?.version.custom).toEqual({ owner: 'ml' });
  });

  it('may exist before the first version, which then is version 1', async () => {
    const path = fresh();
    await engine.perform('kv.metadata.write', { path, maxVersions: 2 });
    expect((await engine.perform('kv.read', { path })).output).toBeNull();
    expect((await engine.perform('kv.read', { path, version: 0 })).output).toBeNull();
    expect(await metadata(path)).toMatchObject({ current: 0, oldest: 0, versions: [] });
    await engine.perform('kv.delete', { path });
    await written(1, path);
    expect(rows(path)).toEqual([1]);
    expect(await value(path)).toBe(1);
  });

  it('written without a field makes nothing', async () => {
    const path = fresh();
    await engine.perform('kv.metadata.write', { path });
    expect(await metadata(path)).toBeNull();
  });

  it('is patched key by key, only where it exists', async () => {
    const path = fresh();
    await expect(engine.perform('kv.metadata.patch', { path, maxVersions: 1 })).rejects.toMatchObject({ code: 'store.missing' });
    await engine.perform('kv.metadata.write', { path, maxVersions: 4, casRequired: true, custom: { a: '1', b: '2' } });
    await engine.perform('kv.metadata.patch', { path, custom: { a: null, c: '3' } });
    expect(await metadata(path)).toMatchObject({ settings: { maxVersions: 4, casRequired: true }, custom: { b: '2', c: '3' } });
    await engine.perform('kv.metadata.patch', { path, casRequired: false, custom: null });
    expect(await metadata(path)).toMatchObject({ settings: { maxVersions: 4, casRequired: false }, custom: undefined });
  });

  it('bounds custom metadata, also when it grows by patches', async () => {
    const path = fresh();
    const custom = Object.fromEntries(Array.from({ length: 64 }, (_, n) => [`key-${n}`, 'x']));
    await engine.perform('kv.metadata.write', { path, custom });
    const refused = (bad: Record<string, string>) =>
      expect(engine.perform('kv.metadata.write', { path, custom: bad })).rejects.toMatchObject({ code: 'request.invalid' });
    await refused({ ...custom, more: 'x' });
    await expect(engine.perform('kv.metadata.patch', { path, custom: { more: 'x' } })).rejects.toMatchObject({
      code: 'request.invalid',
    });
    await refused({ ['ä'.repeat(65)]: 'x' });
    await refused({ a: 'x'.repeat(513) });
    await refused({ a: '' });
    await refused({ '': 'x' });
    await refused({ a: 'x\u0007' });
    await engine.perform('kv.metadata.write', { path, custom: { ['k'.repeat(128)]: 'v'.repeat(512), schlüssel: 'weiß 🔑' } });
  });

  it('removed takes every version along; the next life begins at version 1', async () => {
    const path = await written(3);
    await engine.perform('kv.metadata.delete', { path });
    expect(rows(path)).toEqual([]);
    expect(await value(path)).toBeNull();
    await written(1, path);
    expect(await metadata(path)).toMatchObject({ current: 1, oldest: 0 });
  });
});

describe('how many versions are kept', () => {
  it('is ten by default, and the oldest number appears once ten are there', async () => {
    const path = await written(9);
    expect((await metadata(path))?.oldest).toBe(0);
    await written(1, path);
    expect(await metadata(path)).toMatchObject({ current: 10, oldest: 1 });
    await written(2, path);
    expect(await metadata(path)).toMatchObject({ current: 12, oldest: 3 });
    expect(rows(path)).toEqual([3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    expect((await engine.perform('kv.read', { path, version: 2 })).output).toBeNull();
  });

  it('is the larger of what mount and entry say, and shrinks with the next write', async () => {
    const path = await written(6);
    await engine.perform('kv.metadata.write', { path, maxVersions: 2 });
    expect(rows(path)).toHaveLength(6);
    await written(1, path);
    expect(rows(path)).toEqual([6, 7]);
    await engine.perform('kv.config.write', { maxVersions: 3 }, { mount: other });
    const there = await written(5, fresh(), other);
    expect((await metadata(there, other))?.versions.map((version) => version.version)).toEqual([3, 4, 5]);
    await engine.perform('kv.config.write', { maxVersions: 0 }, { mount: other });
  });
});

describe('settings of a mount', () => {
  it('are none until they are written, and hold for that mount alone', async () => {
    expect((await engine.perform('kv.config.read', {}, { mount: other })).output).toEqual({
      maxVersions: 0,
      casRequired: false,
      deleteVersionAfter: 0,
    });
    await engine.perform('kv.config.write', { casRequired: true, deleteVersionAfter: 11_539 }, { mount: other });
    expect((await engine.perform('kv.config.read', {}, { mount: other })).output).toEqual({
      maxVersions: 0,
      casRequired: true,
      deleteVersionAfter: 11_539,
    });
    expect((await engine.perform('kv.config.read', {})).output.casRequired).toBe(false);
    const path = fresh();
    await expect(engine.perform('kv.write', { path, data: {} }, { mount: other })).rejects.toMatchObject({
      code: 'store.check-and-set',
    });
    const { warnings } = await engine.perform('kv.metadata.write', { path, casRequired: false }, { mount: other });
    expect(warnings).toHaveLength(1);
    await engine.perform('kv.config.write', { casRequired: false, deleteVersionAfter: 0 }, { mount: other });
  });

  it('do not show up as a secret', async () => {
    await engine.perform('kv.config.write', { maxVersions: 0 }, { mount: other });
    const { output } = await engine.perform('kv.list', { path: '' }, { mount: other });
    expect(output?.keys).toEqual(['life/']);
    await expect(engine.perform('kv.read', { path: '' }, { mount: other })).rejects.toMatchObject({ code: 'request.invalid' });
  });
});

describe('delete_version_after', () => {
  it('deletes at its time: the shorter of mount and entry, fixed when the version is made', async () => {
    await engine.perform('kv.config.write', { deleteVersionAfter: 100 }, { mount: other });
    const path = fresh();
    await engine.perform('kv.metadata.write', { path, deleteVersionAfter: 60 }, { mount: other });
    await engine.perform('kv.write', { path, data: { n: 1 } }, { mount: other });
    expect((await metadata(path, other))?.versions[0]?.deletedAt).toBe(NOW + 60_000);
    expect(await value(path, 1, NOW + 59_999, other)).toBe(1);
    expect(await value(path, 1, NOW + 60_000, other)).toBeNull();
    await engine.perform('kv.undelete-versions', { path, versions: [1] }, { mount: other, now: NOW + 70_000 });
    expect((await metadata(path, other))?.versions[0]?.deletedAt).toBe(NOW + 130_000);
    await engine.perform('kv.delete', { path }, { mount: other, now: NOW + 80_000 });
    expect((await metadata(path, other))?.versions[0]?.deletedAt).toBe(NOW + 80_000);
  });

  it('is switched off for all entries by a negative setting of the mount', async () => {
    await engine.perform('kv.config.write', { deleteVersionAfter: -30 }, { mount: other });
    expect((await engine.perform('kv.config.read', {}, { mount: other })).output.deleteVersionAfter).toBe(-1);
    const path = fresh();
    await engine.perform('kv.metadata.write', { path, deleteVersionAfter: 60 }, { mount: other });
    await engine.perform('kv.write', { path, data: { n: 1 } }, { mount: other });
    expect((await metadata(path, other))?.versions[0]?.deletedAt).toBeUndefined();
    await expect(engine.perform('kv.metadata.write', { path, deleteVersionAfter: -1 })).rejects.toMatchObject({
      code: 'request.invalid',
    });
    await engine.perform('kv.config.write', { deleteVersionAfter: 0 }, { mount: other });
  });
});
