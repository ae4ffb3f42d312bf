import { describe, expect, test } from 'vitest';
import { openMounted } from './testing/mounted.ts';

const paths = (mounts: readonly { readonly path: string }[]) => mounts.map(({ path }) => path);

describe('what is mounted', () => {
  test('is listed by class', async () => {
    await using store = await openMounted();
    const list = async (kind: 'engine' | 'auth') => paths((await store.perform('mounts.list', { class: kind })).output.mounts);
    expect(await list('engine')).toEqual(['cubbyhole/', 'identity/', 'secret/', 'sys/']);
    expect(await list('auth')).toEqual(['auth/token/']);
  });

  test('is read by its name within its class', async () => {
    await using store = await openMounted();
    expect((await store.perform('mounts.read', { class: 'auth', path: 'token' })).output.path).toBe('auth/token/');
    expect((await store.perform('mounts.tune-read', { class: 'engine', path: '/secret/' })).output.id).toBe('first');
    for (const path of ['auth/token', 'absent', 'secret/data']) {
      const answer = store.perform('mounts.read', { class: 'engine', path });
      await expect(answer).rejects.toMatchObject({ code: 'mount.invalid' });
    }
  });
});

describe('what a caller may know of', () => {
  test('is what it can use something below, without any policy for the question', async () => {
    await using store = await openMounted();
    await store.enable('team/a');
    await store.world.setPolicy(
      'p',
      'path "team/+/data/x" { capabilities = ["read"] }\npath "secret/*" { capabilities = ["deny"] }',
    );
    await store.world.issue('bob', { policies: ['p'] });
    const { output } = await store.perform('mounts.visible', {}, { as: 'bob' });
    expect(paths(output.engines)).toEqual(['team/a/']);
    expect(output.auths).toEqual([]);
  });

  test('is everything for root, and nothing without policies', async () => {
    await using store = await openMounted();
    await store.world.issue('bob', { policies: [] });
    const { output: all } = await store.perform('mounts.visible', {});
    expect([...paths(all.engines), ...paths(all.auths)]).toEqual(['cubbyhole/', 'identity/', 'secret/', 'sys/', 'auth/token/']);
    const { output: none } = await store.perform('mounts.visible', {}, { as: 'bob' });
    expect(none).toEqual({ engines: [], auths: [] });
  });

  test('changes with the policy from the next request on', async () => {
    await using store = await openMounted();
    await store.world.issue('bob', { policies: ['p'] });
    const seen = async () => paths((await store.perform('mounts.visible', {}, { as: 'bob' })).output.engines);
    expect(await seen()).toEqual([]);
    await store.world.setPolicy('p', 'path "secret/*" { capabilities = ["read"] }');
    expect(await seen()).toEqual(['secret/']);
    await store.world.setPolicy('p', '');
    expect(await seen()).toEqual([]);
  });

  test('does not tell a hidden mount from none', async () => {
    await using store = await openMounted();
    await store.world.setPolicy('p', 'path "secret/data/mine" { capabilities = ["read"] }');
    await store.world.issue('bob', { policies: ['p'] });
    const ask = (path: string) => store.perform('mounts.visible-at', { path }, { as: 'bob' });
    expect((await ask('secret/data/other')).output.path).toBe('secret/');
    const refusals = await Promise.allSettled([ask('cubbyhole/x'), ask('absent/x')]);
    const [hidden, absent] = refusals.map(
      (refusal) => refusal.status === 'rejected' && [refusal.reason.code, refusal.reason.message],
    );
    expect(hidden).toEqual(absent);
    expect(hidden).toContain('access.denied');
  });
});
