import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { WatchwordError } from '../foundation/errors.ts';
import type { Principal } from '../foundation/principal.ts';
import { marks, storedValue, value } from './testing/sample-door.ts';
import { openTestDoor, type TestDoor } from './testing/test-door.ts';
import { testChange, thingMigration } from './testing/test-operations.ts';

const ada: Principal = {
  method: 'test',
  id: 'ada',
  displayName: 'Ada',
  namespace: 'root',
  session: '',
  policies: [],
  attributes: {},
};

const refused = (reason: string) => new WatchwordError('login.refused', undefined, { reason });

let door: TestDoor;
/** What `prepare` does, by the name that is given. */
let prepared: string[];

beforeEach(async () => {
  prepared = [];
  const write = testChange('write');
  const login = testChange('login', {
    authentication: 'none',
    attempt: ({ name }: { name: string }) => name,
    async prepare(input: { name: string }, context: never) {
      prepared.push(input.name);
      const { identify, note } = context as { identify(principal: Principal): void; note(facts: object): void };
      if (input.name === 'unavailable') throw new WatchwordError('login.unavailable', undefined, { reason: 'test.down' });
      if (input.name === 'stranger') throw refused('test.stranger');
      identify(ada);
      note({ role: input.name });
      if (input.name === 'mismatch') throw refused('test.mismatch');
      return async (inside: never) => {
        if (input.name === 'late') throw refused('test.late');
        return (write as { perform(input: unknown, context: unknown): Promise<unknown> }).perform(input, inside);
      };
    },
  } as never);
  door = await openTestDoor([write, login], { migrations: [thingMigration] });
});
afterEach(() => door[Symbol.asyncDispose]());

const logIn = (name: string, address = '192.0.2.1') =>
  door.perform('login', { ...value('x'), name }, { as: '', remote: { address, port: 1 } });

describe('a change with a first part', () => {
  test('announces itself only when that is done, and then changes in one transaction', async () => {
    await logIn('good');
    expect(door.audit.story()).toEqual(['intent/pending', 'outcome/success']);
    expect(storedValue(door, 'good')).toBe('x');
    expect(marks(door)).toEqual([0]);
  });

  test('that is refused in it costs one event and no transaction', async () => {
    await expect(logIn('stranger')).rejects.toMatchObject({ code: 'login.refused', message: 'Permission denied.' });
    expect(door.audit.story()).toEqual(['complete/denied/login.refused']);
    expect(door.audit.records[0]).toMatchObject({ reason: 'test.stranger', principal: undefined });
    expect(marks(door)).toEqual([]);
  });

  test('that is refused in its last part has announced itself, and changed nothing', async () => {
    await expect(logIn('late')).rejects.toMatchObject({ code: 'login.refused' });
    expect(door.audit.story()).toEqual(['intent/pending', 'outcome/denied/login.refused']);
    expect(door.audit.records[1]).toMatchObject({ reason: 'test.late' });
    expect(storedValue(door, 'late')).toBeUndefined();
    expect(marks(door)).toEqual([]);
  });

  test('does nothing while the log cannot be written', async () => {
    door.audit.fate = () => 'refuse';
    await expect(logIn('good')).rejects.toMatchObject({ code: 'audit.unavailable' });
    expect(storedValue(door, 'good')).toBeUndefined();
    await expect(logIn('stranger')).rejects.toMatchObject({ code: 'audit.unavailable' });
  });
});

describe('whoever was identified', () => {
  test('is named in the intent, in the outcome, and in a refusal that comes after it', async () => {
    await logIn('good');
    await logIn('mismatch').catch(() => {});
    expect(door.audit.records.map(({ principal }) => principal?.id)).toEqual(['ada', 'ada', 'ada']);
    expect(door.audit.records[2]).toMatchObject({ reason: 'test.mismatch', facts: { role: 'mismatch' } });
  });
});

describe('tries', () => {
  test('that succeed are not limited at all', async () => {
    for (let i = 0; i < 150; i++) await logIn('good');
    expect(prepared).toHaveLength(150);
  });

  test('that were refused are limited for whoever was refused, and nothing is done for him then', async () => {
    for (let i = 0; i < 10; i++) await expect(logIn('stranger')).rejects.toMatchObject({ code: 'login.refused' });
    const before = { events: door.audit.records.length, prepared: prepared.length };
    await expect(logIn('stranger')).rejects.toMatchObject({ code: 'request.limited', retryAfter: 1 });
    expect({ events: door.audit.records.length, prepared: prepared.length }).toEqual(before);
    await expect(logIn('stranger', '198.51.100.7')).rejects.toMatchObject({ code: 'login.refused' });
    await expect(logIn('good')).resolves.toBeDefined();
    door.clock.time += 6_000;
    await expect(logIn('stranger')).rejects.toMatchObject({ code: 'login.refused' });
  });

  test('cost nobody anything while what vouches for callers is down', async () => {
    for (let i = 0; i < 50; i++) await expect(logIn('unavailable')).rejects.toMatchObject({ code: 'login.unavailable' });
    expect(door.audit.records.at(-1)).toMatchObject({ outcome: 'failure', reason: 'test.down' });
  });

  test('that are no requests at all are limited as those of strangers', async () => {
    const nonsense = () => door.perform('login', { name: 7 }, { as: '' });
    for (let i = 0; i < 100; i++) await expect(nonsense()).rejects.toMatchObject({ code: 'request.invalid' });
    await expect(nonsense()).rejects.toMatchObject({ code: 'request.limited' });
    await expect(logIn('good')).resolves.toBeDefined();
  });
});
