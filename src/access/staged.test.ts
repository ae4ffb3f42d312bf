import { describe, expect, test } from 'vitest';
import { WatchwordError } from '../foundation/errors.ts';
import { codeOf, marks, options, storedValue } from './testing/sample-door.ts';
import { openTestDoor, type TestDoor } from './testing/test-door.ts';
import { testStaged } from './testing/test-operations.ts';

const input = { name: 'a' };

/** A door whose operation `reach` looks at what `look` says, or throws it. */
async function open(look: (world: TestDoor) => void = () => undefined): Promise<TestDoor> {
  let world: TestDoor | undefined;
  const reach = async () => {
    if (world !== undefined) look(world);
  };
  world = await openTestDoor([testStaged('reach', reach)], options);
  return world;
}

describe('a change that reaches somebody else’s system', () => {
  test('has its intent in the log and its first part in the database before, and its answer after the outcome', async () => {
    const seen: unknown[] = [];
    await using world = await open((at) => seen.push(at.audit.story(), storedValue(at), marks(at)));
    const { output } = await world.perform('reach', input);
    expect(seen).toEqual([['intent/pending'], 'begun', []]);
    expect(output).toMatchObject({ value: expect.anything() });
    expect(world.audit.story()).toEqual(['intent/pending', 'outcome/success']);
    expect([storedValue(world), marks(world)]).toEqual(['done', [0]]);
  });

  test('that fails there leaves its first part, for whoever takes it up, and says so', async () => {
    await using world = await open(() => {
      throw new WatchwordError('engine.unreachable');
    });
    expect(await codeOf(world.perform('reach', input))).toBe('engine.unreachable');
    expect(world.audit.story()).toEqual(['intent/pending', 'outcome/failure/engine.unreachable']);
    expect([storedValue(world), marks(world)]).toEqual(['begun', []]);
  });

  test('reaches nothing when its intent cannot be logged', async () => {
    let reached = false;
    await using world = await open(() => {
      reached = true;
    });
    world.audit.fate = () => 'refuse';
    expect(await codeOf(world.perform('reach', input))).toBe('audit.unavailable');
    expect([reached, storedValue(world)]).toEqual([false, undefined]);
  });

  test('takes one use of its token, whether it succeeds or fails, and the last one ends it', async () => {
    let fails = false;
    await using world = await open(() => {
      if (fails) throw new WatchwordError('engine.refused');
    });
    await world.issue('some', { policies: ['root'], uses: 3 });
    const left = () => world.authenticator.usesLeft(world.storage.reader, 'some');
    await world.perform('reach', input, { as: 'some' });
    expect(await left()).toBe(2);
    fails = true;
    await codeOf(world.perform('reach', input, { as: 'some' }));
    expect(await left()).toBe(1);
    await codeOf(world.perform('reach', input, { as: 'some' }));
    expect(await left()).toBe(-1);
    expect(world.authenticator.ended).toEqual(['some']);
    expect(await codeOf(world.perform('reach', input, { as: 'some' }))).toBe('access.token-invalid');
  });

  test('reaches nothing without the permission to', async () => {
    let reached = false;
    await using world = await open(() => {
      reached = true;
    });
    await world.issue('bob', { policies: ['none'] });
    expect(await codeOf(world.perform('reach', input, { as: 'bob' }))).toBe('access.denied');
    expect(reached).toBe(false);
  });

  test('is wrapped in its second part, when that is asked for', async () => {
    await using world = await open();
    const { output, wrapped } = await world.perform('reach', input, { wrapTtl: 60 });
    expect([output, wrapped?.ttl]).toEqual([undefined, 60]);
    expect(await world.wrapping.contents(world.storage.reader)).toEqual(['{"value":{"$secret":"bWFkZQ=="}}']);
  });
});
