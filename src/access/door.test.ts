import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { WatchwordError } from '../foundation/errors.ts';
import { Secret } from '../foundation/secret.ts';
import { codeOf, marks, open, rejection, storedValue, value } from './testing/sample-door.ts';
import { testMount } from './testing/test-caller.ts';
import { openTestDoor } from './testing/test-door.ts';
import { testAction, testChange, testRead } from './testing/test-operations.ts';

describe('what is reachable', () => {
  test('only what is declared', async () => {
    await using world = await open();
    expect(await codeOf(world.perform('constructor'))).toBe('request.unsupported');
    expect(world.audit.records).toEqual([]);
  });

  test('an operation is declared once', async () => {
    await expect(openTestDoor([testRead('read'), testChange('read')])).rejects.toMatchObject({ code: 'internal' });
  });

  test.for([
    [
      'a change',
      testChange('quiet', { authentication: 'none', event: { class: 'login', activity: 'other', clear: [], recorded: false } }),
    ],
    [
      'a read that needs a token',
      testRead('quiet', { event: { class: 'login', activity: 'other', clear: [], recorded: false } }),
    ],
  ] as const)('%s cannot be declared unrecorded', async ([, operation]) => {
    await expect(openTestDoor([operation])).rejects.toMatchObject({ code: 'internal' });
  });

  test('a caller is recognised by a living token, which loses no use by it, and never while sealed', async () => {
    await using world = await open();
    await world.issue('once', { policies: [], uses: 1 });
    const recognized = (token?: string) =>
      world.door.recognizes({
        token: token === undefined ? undefined : Secret.fromText(token),
        remote: { address: '192.0.2.1', port: 1 },
      });
    expect(await Promise.all([undefined, 'unknown', 'once', 'once', 'root'].map(recognized))).toEqual([
      false,
      false,
      true,
      true,
      true,
    ]);
    expect(world.audit.records).toEqual([]);
    world.keyring.seal();
    expect(await recognized('root')).toBe(false);
  });

  test('a sealed store answers only what is meant for it, and logs nothing under keys it lacks', async () => {
    await using world = await open();
    world.keyring.seal();
    expect(await codeOf(world.perform('read', { name: 'a' }))).toBe('seal.sealed');
    expect(await codeOf(world.perform('public', { name: 'a' }))).toBe('seal.sealed');
    expect((await world.perform('health', { name: 'a' })).output).toEqual({ healthy: true });
    expect(world.audit.records).toEqual([]);
  });
});

describe('the order of things', () => {
  test('a stranger does not learn whether the request was well formed', async () => {
    await using world = await open();
    expect(await codeOf(world.perform('read', { name: 1 }, { as: '' }))).toBe('access.token-missing');
    expect(await codeOf(world.perform('read', { name: 1 }, { as: 'nobody' }))).toBe('access.token-invalid');
  });

  test('who may not, does not learn whether there is something', async () => {
    await using world = await open();
    await world.issue('bob', { policies: ['none'] });
    expect(await codeOf(world.perform('read', { name: 'absent' }, { as: 'bob' }))).toBe('access.denied');
    expect(await codeOf(world.perform('read', { name: 'absent' }))).toBe('store.missing');
  });

  test('a malformed request names the declared field, never what the caller sent', async () => {
    await using world = await openTestDoor([
      testChange('write', { input: z.object({ options: z.record(z.string().max(3), z.string().max(3)) }), path: () => 'test/x' }),
    ]);
    for (const given of [{ options: { canary: 'x' } }, { options: { a: 'canary' } }, { options: 'canary' }, 'canary', null]) {
      const error = await rejection(world.perform('write', given));
      expect(error.code).toBe('request.invalid');
      expect(`${error.message} ${error.where}`).not.toContain('canary');
    }
    expect(JSON.stringify(world.audit.records)).not.toContain('canary');
  });

  test('an intent is durable before anything changes, and the change is durable before its outcome', async () => {
    await using world = await open();
    const seen: unknown[] = [];
    world.audit.after = async ({ phase }) => {
      if (phase === 'intent') {
        await new Promise((resolve) => setTimeout(resolve, 20));
        seen.push(['intent', storedValue(world), marks(world)]);
      }
    };
    world.audit.before = async ({ phase }) => {
      if (phase === 'outcome') seen.push(['outcome', storedValue(world), marks(world)]);
    };
    await world.perform('write', value('new'));
    expect(seen).toEqual([
      ['intent', undefined, []],
      ['outcome', 'new', [0]],
    ]);
  });

  test('an answer leaves after its event is durable', async () => {
    await using world = await open();
    await world.perform('write', value('v'));
    const gate = Promise.withResolvers<void>();
    world.audit.before = () => gate.promise;
    let answered = false;
    const answer = world.perform('read', { name: 'a' }).then(() => {
      answered = true;
    });
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(answered).toBe(false);
    gate.resolve();
    await answer;
    expect(world.audit.story(2)).toEqual(['complete/success']);
  });
});

describe('when the log cannot be written', () => {
  test('a read is performed and not answered', async () => {
    await using world = await open();
    await world.perform('write', value('v'));
    world.audit.fate = () => 'refuse';
    expect(await codeOf(world.perform('read', { name: 'a' }))).toBe('audit.unavailable');
  });

  test('a change is not begun', async () => {
    await using world = await open();
    world.audit.fate = () => 'refuse';
    expect(await codeOf(world.perform('write', value('v')))).toBe('audit.unavailable');
    expect(storedValue(world)).toBeUndefined();
  });

  test('an action is not begun', async () => {
    let acted = false;
    await using world = await openTestDoor([
      testAction('act', {
        perform: async () => {
          acted = true;
          return null;
        },
      }),
    ]);
    world.audit.fate = () => 'refuse';
    expect(await codeOf(world.perform('act', { name: 'a' }))).toBe('audit.unavailable');
    expect(acted).toBe(false);
  });

  test('a refusal is not told either', async () => {
    await using world = await open();
    world.audit.fate = () => 'refuse';
    expect(await codeOf(world.perform('read', { name: 'absent' }))).toBe('audit.unavailable');
    expect(await codeOf(world.perform('read', { name: 'a' }, { as: 'nobody' }))).toBe('audit.unavailable');
  });

  test('a change that failed is not told when only its outcome is missing', async () => {
    await using world = await openTestDoor([
      testChange('write', {
        perform: async () => {
          throw new WatchwordError('store.check-and-set');
        },
      }),
    ]);
    world.audit.fate = ({ phase }) => (phase === 'intent' ? 'store' : 'refuse');
    expect(await codeOf(world.perform('write', { name: 'a' }))).toBe('audit.unavailable');
    world.audit.fate = () => 'store';
    await world.settlement.settle();
    expect(world.audit.story()).toEqual(['intent/pending', 'outcome/failure/internal']);
  });

  test('a change whose outcome cannot be logged is settled later as what it was', async () => {
    await using world = await open();
    world.audit.fate = ({ phase }) => (phase === 'intent' ? 'store' : 'refuse');
    expect(await codeOf(world.perform('write', value('v')))).toBe('audit.unavailable');
    expect(storedValue(world)).toBe('v');
    world.audit.fate = () => 'store';
    await world.settlement.settle();
    expect(world.audit.story()).toEqual(['intent/pending', 'outcome/success']);
    expect(world.audit.records[1]).toMatchObject({ intent: 0, facts: { recovered: true }, requestId: 'call-1' });
    expect(await world.settlement.recover()).toBe(0);
  });
});

describe('a mount that changed between being found and being asked', () => {
  const asked = testMount('test/');

  test.for([
    ['is gone', []],
    ['is another one', [testMount('test/', 'other')]],
    ['has other options', [{ ...asked, options: { version: '2' } }]],
  ] as const)('is refused when it %s', async ([, stored]) => {
    await using world = await open();
    world.mounts.stored = [...stored];
    await world.storage.write((tx) =>
      tx.query.updateTable('configuration_generation').set({ value: 7 }).where('scope', '=', 'mounts').execute(),
    );
    expect(await codeOf(world.perform('write', value('v'), { mount: asked }))).toBe('store.raced');
    expect(world.mounts.generation).toBe(7);
    expect(storedValue(world)).toBeUndefined();
  });

  test('is refused as well when another request has reloaded the mounts meanwhile', async () => {
    await using world = await open();
    world.mounts.now = [testMount('test/', 'other')];
    expect(await codeOf(world.perform('write', value('v'), { mount: asked }))).toBe('store.raced');
  });

  test('serves when only others changed', async () => {
    await using world = await open();
    world.mounts.stored = [testMount('new/'), testMount('test/')];
    world.mounts.generation = 0;
    await world.perform('write', value('v'), { mount: asked });
    expect(world.mounts.locate('root', 'new/')).toBeDefined();
  });
});
