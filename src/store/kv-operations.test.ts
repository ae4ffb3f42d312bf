import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '../foundation/exact-json.ts';
import { parseExactJson } from '../foundation/exact-json.ts';
import { type Circumstances, NOW, openTestEngine, type TestEngine, testDigest, testSession } from './testing/engine.ts';

let engine: TestEngine;
beforeAll(async () => {
  engine = await openTestEngine();
});
afterAll(() => engine[Symbol.asyncDispose]());

let count = 0;
const fresh = () => `team/key-${count++}`;
const write = (path: string, data: JsonObject, cas?: number, circumstances?: Circumstances) =>
  engine.perform('kv.write', { path, data, cas }, circumstances);
async function read(path: string, version?: number, now = NOW) {
  const { output } = await engine.perform('kv.read', { path, version }, { now });
  return output === null ? null : { data: output.data === undefined ? null : JSON.parse(output.data.text), ...output.version };
}

describe('writing and reading versions', () => {
  it('gives each write the next version and reads the newest', async () => {
    const path = fresh();
    expect((await write(path, { a: 1 })).output).toMatchObject({
      version: 1,
      createdAt: NOW,
      deletedAt: undefined,
      destroyed: false,
    });
    expect((await write(path, { a: 2, ключ: '🔑' })).output.version).toBe(2);
    expect(await read(path)).toMatchObject({ data: { a: 2, ключ: '🔑' }, version: 2 });
    expect(await read(path, 1)).toMatchObject({ data: { a: 1 }, version: 1 });
    expect(await read(path, 0)).toMatchObject({ version: 2 });
    expect(await read(path, 3)).toBeNull();
    expect(await read(fresh())).toBeNull();
  });

  it('keeps what JavaScript numbers cannot hold, and the order and text of everything else', async () => {
    const path = fresh();
    const text = '{"z":12345678901234567890,"a":1.0,"nested":{"__proto__":[1e400,"\\u0000"]},"__proto__":{"x":-0}}';
    await write(path, parseExactJson(text) as JsonObject);
    const { output } = await engine.perform('kv.read', { path });
    expect(output?.data?.text).toBe(text);
    await engine.perform('kv.patch', { path, data: { b: 2 } });
    const patched = await engine.perform('kv.read', { path });
    expect(patched.output?.data?.text).toBe(`${text.slice(0, -1)},"b":2}`);
  });

  it('accepts an empty object and refuses what is no object', async () => {
    const path = fresh();
    await write(path, {});
    expect((await read(path))?.data).toEqual({});
    for (const data of [null, [], 'text', 7, parseExactJson('1.0')]) {
      await expect(write(path, data as JsonObject)).rejects.toMatchObject({ code: 'request.invalid' });
    }
  });

  it('refuses data that nests without end', async () => {
    let data: JsonObject = {};
    for (let depth = 0; depth < 5000; depth++) data = { data };
    await expect(write(fresh(), data)).rejects.toMatchObject({ code: 'request.invalid' });
  });

  it('refuses paths that are empty, look like folders, point upwards or hold control characters', async () => {
    const refusals: Record<string, string> = {
      '': 'missing path',
      'a/': "cannot write to a path ending in '/'",
      'a/../b': 'path cannot contain parent references',
      '..': 'path cannot contain parent references',
      'a\nb': 'must not hold control characters',
    };
    for (const [path, message] of Object.entries(refusals)) {
      await expect(write(path, { a: 1 })).rejects.toMatchObject({ code: 'request.invalid', message });
    }
  });

  it('keeps paths apart that only look alike', async () => {
    const paths = ['same', 'same//', 'Same', '/same', 'same/x', 'same//x', 'sa%2Fme', 'säme', 'sa\u0308me', 'http://same'].map(
      (p) => `look/${p}`,
    );
    const writable = paths.filter((path) => !path.endsWith('/'));
    for (const path of writable) await write(path, { path });
    for (const path of writable) expect((await read(path))?.data).toEqual({ path });
  });

  it('hands out the digests that were made when it was written', async () => {
    const path = fresh();
    await write(path, { user: 'u', port: 5432 });
    const { responseDigests, facts } = await engine.perform('kv.read', { path });
    expect(responseDigests).toEqual([testDigest('u'), testDigest(5432)]);
    expect(facts).toEqual({ version: 1 });
  });
});

describe('check-and-set', () => {
  it('takes only the current version, and 0 only where there is none', async () => {
    const path = fresh();
    const mismatch = { code: 'store.check-and-set', message: 'check-and-set parameter did not match the current version' };
    await expect(write(path, { a: 1 }, 1)).rejects.toMatchObject(mismatch);
    await write(path, { a: 1 }, 0);
    await expect(write(path, { a: 2 }, 0)).rejects.toMatchObject(mismatch);
    await write(path, { a: 2 }, 1);
    await expect(write(path, { a: 3 }, -1)).rejects.toMatchObject(mismatch);
    expect((await read(path))?.version).toBe(2);
  });

  it('lets exactly one of 50 concurrent writers win, first and later', async () => {
    const path = fresh();
    for (const cas of [0, 1, 2]) {
      const results = await Promise.allSettled(Array.from({ length: 50 }, (_, writer) => write(path, { writer }, cas)));
      expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1);
      const codes = results.flatMap((result) => (result.status === 'rejected' ? [result.reason.code] : []));
      expect(new Set(codes)).toEqual(new Set(['store.check-and-set']));
    }
    expect((await read(path))?.version).toBe(3);
  });

  it('is required when the entry says so', async () => {
    const path = fresh();
    await engine.perform('kv.metadata.write', { path, casRequired: true });
    const message = 'check-and-set parameter required for this call';
    await expect(write(path, { a: 1 })).rejects.toMatchObject({ code: 'store.check-and-set', message });
    await write(path, { a: 1 }, 0);
    await expect(engine.perform('kv.patch', { path, data: { a: 2 } })).rejects.toMatchObject({ message });
    await engine.perform('kv.patch', { path, data: { a: 2 }, cas: 1 });
    expect(await read(path)).toMatchObject({ version: 2, data: { a: 2 } });
  });
});

describe('create is not update', () => {
  const bounded = testSession('bounded');

  it('asks for create where nothing is and for update where something is', async () => {
    const path = fresh();
    expect((await write(path, { a: 1 })).capability).toBe('create');
    expect((await write(path, { a: 1 })).capability).toBe('update');
    await engine.perform('kv.delete', { path });
    expect((await write(path, { a: 1 })).capability).toBe('update');
    await engine.perform('kv.metadata.delete', { path });
    expect((await write(path, { a: 1 })).capability).toBe('create');
  });

  it('lets no race turn one into the other', async () => {
    const path = fresh();
    const results = await Promise.allSettled(
      Array.from({ length: 5 }, () => write(path, { a: 1 }, undefined, { session: bounded })),
    );
    expect(results.map((result) => result.status).sort()).toEqual(['fulfilled', 'rejected', 'rejected', 'rejected', 'rejected']);
    await expect(write(fresh(), { a: 1 }, undefined, { session: bounded, capability: 'update' })).rejects.toMatchObject({
      code: 'store.raced',
    });
    expect((await read(path))?.version).toBe(1);
  });

  it('does not stop a session that may do both', async () => {
    const path = fresh();
    await Promise.all(Array.from({ length: 12 }, (_, n) => write(path, { n })));
    expect((await read(path))?.version).toBe(12);
  });
});

describe('patching', () => {
  it('merges as RFC 7396 says, into a new version', async () => {
    const path = fresh();
    await write(path, { a: 'b', c: { d: 'e', f: 'g' }, list: [1, 2] });
    await engine.perform('kv.patch', { path, data: { a: 'z', c: { f: null }, list: [3], n: { x: null, y: 1 } } });
    expect(await read(path)).toMatchObject({ version: 2, data: { a: 'z', c: { d: 'e' }, list: [3], n: { y: 1 } } });
    expect((await read(path, 1))?.data).toEqual({ a: 'b', c: { d: 'e', f: 'g' }, list: [1, 2] });
  });

  it('needs a current version that can be read', async () => {
    const path = fresh();
    const patch = () => engine.perform('kv.patch', { path, data: { a: 1 } });
    await expect(patch()).rejects.toMatchObject({ code: 'store.missing' });
    await engine.perform('kv.metadata.write', { path, maxVersions: 3 });
    await expect(patch()).rejects.toMatchObject({ code: 'store.missing' });
    await write(path, { a: 0 });
    await engine.perform('kv.delete', { path });
    await expect(patch()).rejects.toMatchObject({ code: 'store.missing' });
    await engine.perform('kv.destroy-versions', { path, versions: [1] });
    await expect(patch()).rejects.toMatchObject({ code: 'store.missing' });
  });
});

describe('subkeys', () => {
  it('shows the shape down to a depth and never a value', async () => {
    const path = fresh();
    await write(path, { a: { b: { c: 'value' }, e: {} }, list: ['value'], s: 'value' });
    const shape = async (depth?: number) => (await engine.perform('kv.subkeys', { path, depth })).output?.subkeys;
    expect(await shape()).toEqual({ a: { b: { c: null }, e: null }, list: null, s: null });
    expect(await shape(1)).toEqual({ a: null, list: null, s: null });
    expect(await shape(2)).toEqual({ a: { b: null, e: null }, list: null, s: null });
    await engine.perform('kv.delete', { path });
    expect((await engine.perform('kv.subkeys', { path })).output).toMatchObject({
      subkeys: null,
      version: { version: 1, deletedAt: NOW },
    });
    expect((await engine.perform('kv.subkeys', { path, version: 9 })).output).toBeNull();
  });
});
