import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isWatchwordError } from '../foundation/errors.ts';
import { NOW, openTestEngine, type TestEngine, testMount } from './testing/engine.ts';

/** KV version 2 as its documentation tells it, in memory, with arrays and no thought of speed. */
class Model {
  readonly secrets = new Map<string, { current: number; oldest: number; max: number; versions: Map<number, ModelVersion> }>();

  write(path: string, value: number, cas: number | undefined): number | 'refused' {
    const secret = this.secrets.get(path) ?? { current: 0, oldest: 0, max: 0, versions: new Map<number, ModelVersion>() };
    if (cas !== undefined && cas !== secret.current) return 'refused';
    this.secrets.set(path, secret);
    secret.current++;
    secret.versions.set(secret.current, { value, deleted: false, destroyed: false });
    const keep = secret.max === 0 ? 10 : secret.max;
    if (secret.current - secret.oldest >= keep) {
      secret.oldest = secret.current - keep + 1;
      for (const number of [...secret.versions.keys()]) if (number < secret.oldest) secret.versions.delete(number);
    }
    return secret.current;
  }

  each(path: string, versions: readonly number[], change: (version: ModelVersion) => void): void {
    for (const number of versions) {
      const version = this.secrets.get(path)?.versions.get(number);
      if (version !== undefined && !version.destroyed) change(version);
    }
  }

  read(path: string, number: number): number | 'gone' | undefined {
    const secret = this.secrets.get(path);
    const version = secret?.versions.get(number > 0 ? number : secret.current);
    if (version === undefined) return undefined;
    return version.deleted || version.destroyed ? 'gone' : version.value;
  }
}

interface ModelVersion {
  value: number;
  deleted: boolean;
  destroyed: boolean;
}

const path = fc.constantFrom('a', 'a/b', 'c');
const number = fc.integer({ min: -1, max: 14 });
const versions = fc.array(number, { minLength: 1, maxLength: 3 });
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('write' as const), path, cas: fc.option(number, { nil: undefined }) }) },
  fc.record({ do: fc.constant('delete' as const), path }),
  fc.record({
    do: fc.constantFrom('delete-versions' as const, 'undelete-versions' as const, 'destroy-versions' as const),
    path,
    versions,
  }),
  fc.record({ do: fc.constant('remove' as const), path }),
  fc.record({ do: fc.constant('keep' as const), path, max: fc.integer({ min: 0, max: 4 }) }),
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

async function apply(engine: TestEngine, model: Model, one: Step, value: number): Promise<void> {
  switch (one.do) {
    case 'write': {
      const outcome = await engine
        .perform('kv.write', { path: one.path, data: { value }, cas: one.cas })
        .then((done) => done.output.version)
        .catch((error: unknown) => (isWatchwordError(error, 'store.check-and-set') ? 'refused' : Promise.reject(error)));
      expect(outcome).toBe(model.write(one.path, value, one.cas));
      return;
    }
    case 'delete':
      await engine.perform('kv.delete', { path: one.path });
      return model.each(one.path, [model.secrets.get(one.path)?.current ?? 0], (version) => {
        version.deleted = true;
      });
    case 'remove':
      await engine.perform('kv.metadata.delete', { path: one.path });
      model.secrets.delete(one.path);
      return;
    case 'keep': {
      await engine.perform('kv.metadata.write', { path: one.path, maxVersions: one.max });
      const secret = model.secrets.get(one.path) ?? { current: 0, oldest: 0, max: 0, versions: new Map<number, ModelVersion>() };
      secret.max = one.max;
      model.secrets.set(one.path, secret);
      return;
    }
    default:
      await engine.perform(`kv.${one.do}`, { path: one.path, versions: one.versions });
      model.each(one.path, one.versions, (version) => {
        if (one.do === 'destroy-versions') version.destroyed = true;
        else version.deleted = one.do === 'delete-versions';
      });
  }
}

async function compare(engine: TestEngine, model: Model): Promise<void> {
  for (const at of ['a', 'a/b', 'c']) {
    const facts = (await engine.perform('kv.metadata.read', { path: at })).output;
    const secret = model.secrets.get(at);
    expect(facts === null ? undefined : [facts.current, facts.oldest, facts.versions.map((v) => v.version)]).toEqual(
      secret === undefined ? undefined : [secret.current, secret.oldest, [...secret.versions.keys()]],
    );
    for (let version = -1; version <= (secret?.current ?? 0) + 1; version++) {
      const { output } = await engine.perform('kv.read', { path: at, version });
      const seen = output === null ? undefined : output.data === undefined ? 'gone' : JSON.parse(output.data.text).value;
      expect(seen).toBe(model.read(at, version));
    }
  }
}

describe('KV version 2', () => {
  it('agrees with a simple model after any sequence of operations', async () => {
    await using engine = await openTestEngine();
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
        for (const at of ['a', 'a/b', 'c']) await engine.perform('kv.metadata.delete', { path: at });
        const model = new Model();
        let value = 0;
        for (const one of steps) await apply(engine, model, one, ++value);
        await compare(engine, model);
      }),
      { numRuns: 60 },
    );
  });

  it('forgets everything when its mount goes, and nothing of another', async () => {
    await using engine = await openTestEngine();
    const { kvEngine } = await import('./index.ts');
    const other = testMount('other');
    for (const mount of [testMount('secret'), other]) {
      await engine.perform('kv.write', { path: 'a', data: {} }, { mount, now: NOW });
      await engine.perform('kv.config.write', { maxVersions: 2 }, { mount });
    }
    await engine.storage.write((tx) => kvEngine.purge(tx, { id: 'secret' }));
    expect(engine.attack('select mount_id from kv_entry').map((row) => row.mount_id)).toEqual(['other', 'other']);
    expect(engine.attack('select 1 from kv_version')).toHaveLength(2);
    expect((await engine.perform('kv.read', { path: 'a' }, { mount: other })).output).not.toBeNull();
  });
});
