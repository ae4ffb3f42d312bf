import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { WatchwordError } from '../foundation/errors.ts';
import type { Principal } from '../foundation/principal.ts';
import { Secret } from '../foundation/secret.ts';
import { type AnyOperation, type ChangeContext, type ReadContext, Unfit } from './operation.ts';
import { codeOf, marks, options, rejection, storedValue } from './testing/sample-door.ts';
import { testMount } from './testing/test-caller.ts';
import { openTestDoor, type TestDoor } from './testing/test-door.ts';
import { testChange } from './testing/test-operations.ts';

const PASSWORD = 'right';
const pod: Principal = {
  method: 'kubernetes',
  id: 'pod-1',
  displayName: 'train',
  namespace: 'root',
  session: '',
  policies: ['train'],
  attributes: {},
};

interface Input {
  readonly name: string;
  readonly value?: Secret;
}

/** What `prepare` was given, each time. */
let prepared: ReadContext[];
/** Thrown in the transaction, after its work. */
let inside: Error | undefined;

const store = testChange('store') as unknown as { perform(input: Input, context: ChangeContext): Promise<null> };

function loginOperation(name: string, more: object = {}): AnyOperation {
  return testChange(name, {
    authentication: 'none',
    attempt: { of: (input: Input) => input.name, guessable: true },
    path: (_input: Input, mount: { readonly path: string }) => `${mount.path}login`,
    event: { class: 'login', activity: 'login', clear: ['name'] },
    async prepare(input: Input, context: ReadContext) {
      prepared.push(context);
      if (input.value?.text === 'broken') throw new TypeError('broken');
      if (input.value?.text === 'later') throw new WatchwordError('login.unavailable', undefined, { reason: 'test.silent' });
      if (input.value?.text !== PASSWORD) throw new WatchwordError('login.refused', undefined, { reason: 'test.wrong' });
      context.identify(pod);
      context.note({ workload: 'train' });
      return async (change: ChangeContext) => {
        await store.perform(input, change);
        if (inside !== undefined) throw inside;
        return { token: Secret.fromText('made') };
      };
    },
    ...more,
  } as never);
}

let world: TestDoor;
beforeEach(async () => {
  prepared = [];
  inside = undefined;
  const signed = { attempt: { of: (input: Input) => input.name, guessable: false } };
  const operations = [loginOperation('login'), loginOperation('signed', signed), loginOperation('free', { attempt: undefined })];
  world = await openTestDoor(operations, options);
});
afterEach(() => world[Symbol.asyncDispose]());

interface Try {
  readonly name?: string;
  readonly address?: string;
  readonly mount?: string;
  readonly wrapTtl?: number;
  readonly operation?: string;
}

function logIn(password: string, { name = 'train', address = '192.0.2.1', mount = 'test/', wrapTtl, operation }: Try = {}) {
  const call = { as: '', remote: { address, port: 1 }, mount: testMount(mount), wrapTtl };
  return world.perform(operation ?? 'login', { name, value: Secret.fromText(password) }, call);
}

async function guess(times: number, more: Try = {}): Promise<Record<string, number>> {
  const codes: Record<string, number> = {};
  for (let i = 0; i < times; i++) {
    const code = await codeOf(logIn('wrong', more));
    codes[code] = (codes[code] ?? 0) + 1;
  }
  return codes;
}

describe('a login', () => {
  test('that succeeds is announced and concluded in the name of whom it found', async () => {
    expect((await logIn(PASSWORD)).output).toMatchObject({ token: expect.any(Secret) });
    expect(world.audit.story()).toEqual(['intent/pending', 'outcome/success']);
    for (const { principal, facts } of world.audit.records) {
      expect(principal).toEqual(pod);
      expect(facts).toMatchObject({ name: 'train', workload: 'train' });
    }
    expect(storedValue(world, 'train')).toBe(PASSWORD);
  });

  test('that is refused before the intent costs one event and no transaction', async () => {
    const error = await rejection(logIn('wrong'));
    expect(error).toMatchObject({ code: 'login.refused', message: 'Permission denied.' });
    expect(world.audit.story()).toEqual(['complete/denied/login.refused']);
    expect(world.audit.records[0]).toMatchObject({ reason: 'test.wrong', principal: undefined, path: 'test/login' });
    expect(marks(world)).toEqual([]);
  });

  test('that is refused in its transaction leaves nothing of it', async () => {
    inside = new WatchwordError('login.refused', undefined, { reason: 'test.used' });
    expect(await codeOf(logIn(PASSWORD))).toBe('login.refused');
    expect(world.audit.story()).toEqual(['intent/pending', 'outcome/denied/login.refused']);
    expect(world.audit.records[1]).toMatchObject({ reason: 'test.used', principal: pod });
    expect(storedValue(world, 'train')).toBeUndefined();
    expect(marks(world)).toEqual([]);
  });

  test('is prepared outside of any transaction', async () => {
    await logIn(PASSWORD);
    expect(prepared).toHaveLength(1);
    expect(prepared[0]).not.toHaveProperty('tx');
    expect(prepared[0]).toMatchObject({ session: undefined });
  });

  test('that fails unexpectedly says nothing of why', async () => {
    const error = await rejection(logIn('broken'));
    expect(error).toMatchObject({ code: 'internal' });
    expect(error.message).not.toContain('broken');
    expect(world.audit.story()).toEqual(['complete/failure/internal']);
  });

  test('whose intent cannot be written gives nothing', async () => {
    world.audit.fate = () => 'refuse';
    expect(await codeOf(logIn(PASSWORD))).toBe('audit.unavailable');
    expect(storedValue(world, 'train')).toBeUndefined();
  });

  test('can have its answer wrapped', async () => {
    const { output, wrapped } = await logIn(PASSWORD, { wrapTtl: 60 });
    expect(output).toBeUndefined();
    expect(wrapped).toMatchObject({ ttl: 60, creationPath: 'test/login' });
  });

  test('leaves no credential in the log', async () => {
    await logIn(PASSWORD);
    await guess(1);
    const log = JSON.stringify(world.audit.records);
    for (const credential of [PASSWORD, 'wrong', 'made']) expect(log).not.toContain(`"${credential}"`);
  });
});

describe('tries', () => {
  test('end after ten that were refused, and what comes then is limited before it is looked at, right or wrong', async () => {
    expect(await guess(15)).toEqual({ 'login.refused': 10, 'request.limited': 5 });
    const [looked, events] = [prepared.length, world.audit.records.length];
    expect(await codeOf(logIn(PASSWORD))).toBe('request.limited');
    expect([prepared.length, world.audit.records.length]).toEqual([looked, events]);
    expect(world.attempts.takeRefused()).toBe(6);
    world.clock.time += 6000;
    await expect(logIn(PASSWORD)).resolves.toBeDefined();
  });

  test('that succeed never count, and are not limited by the limit of strangers', async () => {
    for (let i = 0; i < 150; i++) await logIn(PASSWORD);
    expect(world.audit.story().filter((line) => line === 'outcome/success')).toHaveLength(150);
  });

  test('when what vouches for the caller is silent do not count', async () => {
    for (let i = 0; i < 20; i++) expect(await codeOf(logIn('later'))).toBe('login.unavailable');
    await expect(logIn(PASSWORD)).resolves.toBeDefined();
  });

  test('when what vouches for the caller is silent are told to come back, and heard of up to their share', async () => {
    for (let i = 0; i < 50; i++) expect(await codeOf(logIn('later'))).toBe('login.unavailable');
    expect(world.audit.story()).toEqual(Array(10).fill('complete/failure/login.unavailable'));
    expect(world.attempts.takeRefused()).toBe(40);
  });

  test('that something breaks are heard of up to their share, and make nobody wait', async () => {
    for (let i = 0; i < 50; i++) expect(await codeOf(logIn('broken'))).toBe('internal');
    expect(world.audit.story()).toHaveLength(10);
    await expect(logIn(PASSWORD)).resolves.toBeDefined();
  });

  test('that are refused in the transaction count as well', async () => {
    inside = new WatchwordError('login.refused', undefined, { reason: 'test.used' });
    for (let i = 0; i < 10; i++) await codeOf(logIn(PASSWORD));
    expect(await codeOf(logIn(PASSWORD))).toBe('request.limited');
  });

  test.each<[string, Try]>([
    ['from another address', { address: '198.51.100.7' }],
    ['for another role', { name: 'serve' }],
    ['at another mount', { mount: 'other/' }],
  ])('lock out nobody %s', async (_name, other) => {
    await guess(20, other);
    await expect(logIn(PASSWORD)).resolves.toBeDefined();
  });

  test('for ever new roles fill the log only up to its share, and are refused all the same', async () => {
    const before = world.audit.records.length;
    const codes: string[] = [];
    for (let i = 0; i < 230; i++) codes.push(await codeOf(logIn('wrong', { name: `role ${i}` })));
    expect(codes.filter((code) => code === 'login.refused')).toHaveLength(200);
    expect(codes.slice(200).every((code) => code === 'request.limited')).toBe(true);
    expect(world.audit.records.length - before).toBe(200);
    expect(world.attempts.takeRefused()).toBe(30);
    await expect(logIn(PASSWORD)).resolves.toBeDefined();
  });

  test('that are no request for a login are limited like every stranger’s', async () => {
    const call = { as: '' };
    const unfit = new Unfit(new WatchwordError('request.invalid', 'no such thing'));
    const codes: string[] = [];
    for (let i = 0; i < 130; i++) codes.push(await codeOf(world.perform('login', i % 2 === 0 ? unfit : { name: 1 }, call)));
    expect(codes.filter((code) => code === 'request.invalid')).toHaveLength(100);
    expect(codes.filter((code) => code === 'request.limited')).toHaveLength(30);
    expect(world.audit.records).toHaveLength(100);
    await expect(logIn(PASSWORD)).resolves.toBeDefined();
  });

  test('at an operation that does not say what is tried are limited like every stranger’s, successes too', async () => {
    const call = { as: '' };
    const one = () => world.perform('free', { name: 'train', value: Secret.fromText(PASSWORD) }, call);
    for (let i = 0; i < 100; i++) await one();
    expect(await codeOf(one())).toBe('request.limited');
  });
});

describe('tries with a proof that cannot be guessed', () => {
  const signed = { operation: 'signed' };

  test('are each looked at: a neighbour at the same address gets in while the flood goes on', async () => {
    for (let round = 0; round < 5; round++) {
      await guess(40, signed);
      await expect(logIn(PASSWORD, signed)).resolves.toBeDefined();
    }
    expect(prepared).toHaveLength(205);
  });

  test('that are refused beyond the share of their source leave no events, and are counted', async () => {
    expect(await guess(200, signed)).toEqual({ 'login.refused': 10, 'request.limited': 190 });
    expect(world.audit.story()).toEqual(Array(10).fill('complete/denied/login.refused'));
    expect(world.attempts.takeRefused()).toBe(190);
    expect(marks(world)).toEqual([]);
    world.clock.time += 6000;
    expect(await guess(5, signed)).toEqual({ 'login.refused': 1, 'request.limited': 4 });
  });

  test('and a flood of which some succeed have events for those that do', async () => {
    await guess(50, signed);
    world.audit.records.length = 0;
    await logIn(PASSWORD, signed);
    expect(world.audit.story()).toEqual(['intent/pending', 'outcome/success']);
  });

  test('from elsewhere are refused by the word of a first try', async () => {
    await guess(50, signed);
    expect(await codeOf(logIn('wrong', { ...signed, address: '198.51.100.7' }))).toBe('login.refused');
    expect(await codeOf(logIn('wrong', { ...signed, name: 'serve' }))).toBe('login.refused');
  });
});
