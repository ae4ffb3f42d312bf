import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AuditRecord } from '../audit/contract.ts';
import { appliedMarker } from './applied-table.ts';
import { Settlement } from './settlement.ts';
import type { Fate } from './testing/memory-audit-log.ts';
import { openTestDoor, type TestDoor } from './testing/test-door.ts';
import { testChange, thingMigration } from './testing/test-operations.ts';

const open = () => openTestDoor([testChange('write')], { migrations: [thingMigration] });
const marks = ({ look }: TestDoor) => look('SELECT intent FROM change_applied ORDER BY intent').map(({ intent }) => intent);
const below = ({ look }: TestDoor) => look('SELECT below FROM change_settled')[0]?.['below'];
/** What a new process makes of the same log and database. */
const restarted = ({ storage, audit, clock }: TestDoor) => new Settlement({ storage, audit, source: audit, clock });

const record = (requestId: string, more: Partial<AuditRecord> = {}): AuditRecord => ({
  phase: 'intent',
  class: 'retrieval',
  activity: 'other',
  operation: 'write',
  outcome: 'pending',
  time: 0,
  requestId,
  namespace: 'root',
  path: 'test/a',
  ...more,
});
const intent = (world: TestDoor, id: string, more?: Partial<AuditRecord>) => world.audit.append(record(id, more));
const outcome = (world: TestDoor, id: string, index: number, more: Partial<AuditRecord> = {}) =>
  world.audit.append(record(id, { phase: 'outcome', outcome: 'success', intent: index, ...more }));
const commit = ({ storage }: TestDoor, index: number) => storage.write((tx) => appliedMarker(storage)(tx, index));

test('a change that was made is not said to have failed because its answer cannot be digested', async () => {
  // JSON has no such number; a store that is being sealed has no digests either.
  const odd = testChange('odd', { perform: async () => ({ n: 1n }) });
  await using world = await openTestDoor([odd], { migrations: [thingMigration] });
  await expect(world.perform('odd', { name: 'a' })).rejects.toMatchObject({ code: 'audit.unavailable' });
  await world.settlement.settle();
  expect(world.audit.story()).toEqual(['intent/pending', 'outcome/success']);
});

describe('after a crash', () => {
  test('between intent and commit the outcome is failure', async () => {
    await using world = await open();
    await intent(world, 'one');
    expect(await restarted(world).recover()).toBe(1);
    expect(world.audit.story()).toEqual(['intent/pending', 'outcome/failure/internal']);
    expect(world.audit.records[1]).toMatchObject({ intent: 0, requestId: 'one', facts: { recovered: true } });
  });

  test('between commit and outcome it is success', async () => {
    await using world = await open();
    await commit(world, await intent(world, 'one'));
    expect(await restarted(world).recover()).toBe(1);
    expect(world.audit.story()).toEqual(['intent/pending', 'outcome/success']);
    expect(marks(world)).toEqual([]);
  });

  test('within an action nobody knows', async () => {
    await using world = await open();
    await intent(world, 'one', { facts: { transactional: false } });
    await restarted(world).recover();
    expect(world.audit.story()).toEqual(['intent/pending', 'outcome/unknown']);
  });

  test('before or after everything there is nothing to say', async () => {
    await using world = await open();
    expect(await restarted(world).recover()).toBe(0);
    await world.perform('write', { name: 'a' });
    expect(await restarted(world).recover()).toBe(0);
    expect(world.audit.records).toHaveLength(2);
  });

  test('an action that succeeded needs no mark', async () => {
    await using world = await open();
    const facts = { transactional: false };
    await outcome(world, 'one', await intent(world, 'one', { facts }), { facts });
    expect(await restarted(world).recover()).toBe(0);
  });

  test('an intent that its request was refused for, and that the log could not remove any more, gets its outcome', async () => {
    await using world = await open();
    await world.perform('write', { name: 'a' });
    await world.settlement.settle();
    world.audit.fate = ({ phase }) => (phase === 'intent' ? 'keep-but-refuse' : 'refuse');
    await expect(world.perform('write', { name: 'b' })).rejects.toMatchObject({ code: 'audit.unavailable' });
    world.audit.fate = () => 'store';
    expect(await restarted(world).recover()).toBe(1);
    expect(world.audit.story(2)).toEqual(['intent/pending', 'outcome/failure/internal']);
  });

  test('recovering twice says it once', async () => {
    await using world = await open();
    await intent(world, 'one');
    await commit(world, await intent(world, 'two'));
    expect(await restarted(world).recover()).toBe(2);
    expect(await restarted(world).recover()).toBe(0);
    expect(world.audit.records).toHaveLength(4);
  });

  test('while recovering, the next start finishes it', async () => {
    await using world = await open();
    for (const id of ['one', 'two', 'three']) await intent(world, id);
    world.audit.fate = () => (world.audit.size < 5 ? 'store' : 'refuse');
    await expect(restarted(world).recover()).rejects.toMatchObject({ code: 'audit.unavailable' });
    world.audit.fate = () => 'store';
    expect(await restarted(world).recover()).toBe(1);
    expect(new Set(world.audit.records.slice(3).map((event) => event.intent))).toEqual(new Set([0, 1, 2]));
  });
});

describe('what does not belong together is refused', () => {
  test('a database that lacks a change which the log says was made', async () => {
    await using world = await open();
    await outcome(world, 'one', await intent(world, 'one'));
    await expect(restarted(world).recover()).rejects.toMatchObject({ code: 'keyring.rolled-back' });
    expect(world.audit.records).toHaveLength(2);
  });

  test('a log that ends before an event of which the database knows', async () => {
    await using world = await open();
    await world.perform('write', { name: 'a' });
    await world.settlement.settle();
    await world.perform('write', { name: 'b' });
    world.audit.records.length = 2;
    await expect(restarted(world).recover()).rejects.toMatchObject({ code: 'audit.tampered' });
    world.audit.records.length = 1;
    await expect(restarted(world).recover()).rejects.toMatchObject({ code: 'audit.tampered' });
  });

  test('a log cut off and written on', async () => {
    await using world = await open();
    await world.perform('write', { name: 'a' });
    await world.perform('write', { name: 'b' });
    world.audit.records.length = 2;
    await world.audit.append(record('read', { phase: 'complete', outcome: 'success' }));
    await world.audit.append(record('read', { phase: 'complete', outcome: 'success' }));
    await expect(restarted(world).recover()).rejects.toMatchObject({ code: 'audit.tampered' });
  });
});

describe('settling', () => {
  test('forgets the marks of changes whose outcomes are durable', async () => {
    await using world = await open();
    for (const name of ['a', 'b', 'c']) await world.perform('write', { name });
    expect(marks(world)).toEqual([0, 2, 4]);
    await world.settlement.settle();
    expect(marks(world)).toEqual([]);
    expect(below(world)).toBe(6);
  });

  test('does nothing when nothing changed', async () => {
    await using world = await open();
    await world.perform('write', { name: 'a' });
    await world.settlement.settle();
    await world.audit.append(record('read', { phase: 'complete', outcome: 'success' }));
    await world.settlement.settle();
    expect(below(world)).toBe(2);
  });

  test('never drops the mark of an open change', async () => {
    await using world = await open();
    const change = world.settlement.begin();
    const index = await intent(world, 'open');
    change.announced(index);
    await commit(world, index);
    for (const name of ['a', 'b']) await world.perform('write', { name });
    await world.settlement.settle();
    expect(marks(world)).toEqual([0, 1, 3]);
    expect(below(world)).toBe(0);
    await outcome(world, 'open', index);
    change.end(true);
    await world.settlement.settle();
    expect(marks(world)).toEqual([]);
  });

  test('does not pass by an intent that is durable before its request knows', async () => {
    await using world = await open();
    const gate = Promise.withResolvers<void>();
    world.audit.after = async ({ phase }, index) => {
      if (phase === 'intent' && index === 2) await gate.promise;
    };
    await world.perform('write', { name: 'a' });
    const answer = world.perform('write', { name: 'b' });
    while (world.audit.size < 3) await new Promise((resolve) => setImmediate(resolve));
    await world.settlement.settle();
    expect(below(world)).toBe(2);
    gate.resolve();
    await answer;
    await world.settlement.settle();
    expect(below(world)).toBe(4);
  });

  test('does not pass by an action that has not ended', async () => {
    await using world = await open();
    world.settlement.begin().announced(await intent(world, 'seal', { facts: { transactional: false } }));
    await world.perform('write', { name: 'a' });
    await world.settlement.settle();
    expect(await restarted(world).recover()).toBe(1);
    expect(world.audit.records.at(-1)).toMatchObject({ intent: 0, outcome: 'unknown' });
  });

  test('two at a time say a missing outcome once', async () => {
    await using world = await open();
    world.audit.fate = ({ phase }) => (phase === 'intent' ? 'store' : 'refuse');
    await expect(world.perform('write', { name: 'a' })).rejects.toMatchObject({ code: 'audit.unavailable' });
    world.audit.fate = () => 'store';
    world.audit.before = () => new Promise((resolve) => setTimeout(resolve, 20));
    await Promise.all([world.settlement.settle(), world.settlement.settle()]);
    expect(world.audit.story()).toEqual(['intent/pending', 'outcome/success']);
  });

  test('what ends meanwhile is settled the next time', async () => {
    await using world = await open();
    world.audit.fate = ({ phase, facts }) => (phase === 'intent' || facts?.['recovered'] === true ? 'store' : 'refuse');
    const change = (name: string) =>
      expect(world.perform('write', { name })).rejects.toMatchObject({ code: 'audit.unavailable' });
    await change('a');
    let during = false;
    world.audit.before = async ({ phase }) => {
      if (phase !== 'outcome' || during) return;
      during = true;
      await change('b');
    };
    await world.settlement.settle();
    await world.settlement.settle();
    expect(world.audit.story().filter((event) => event === 'outcome/success')).toHaveLength(2);
    expect(marks(world)).toEqual([]);
  });

  test('goes on where it failed', async () => {
    await using world = await open();
    world.audit.fate = ({ phase }) => (phase === 'intent' ? 'store' : 'refuse');
    for (const name of ['a', 'b']) await expect(world.perform('write', { name })).rejects.toThrow();
    await expect(world.settlement.settle()).rejects.toMatchObject({ code: 'audit.unavailable' });
    world.audit.fate = () => 'store';
    await world.settlement.settle();
    expect(world.audit.story(2)).toEqual(['outcome/success', 'outcome/success']);
    expect(marks(world)).toEqual([]);
  });
});

describe('whatever the order of things', () => {
  /** One change as a script; each step is one turn of the schedule. */
  interface Plan {
    readonly intent: Fate;
    readonly fails: boolean;
    readonly outcome: Fate;
    readonly action: boolean;
  }
  const fate = fc.constantFrom<Fate>('store', 'store', 'refuse');
  const plan = fc.record<Plan>({ intent: fate, fails: fc.boolean(), outcome: fate, action: fc.boolean() });

  /** As the door does it. Notes what was really done. */
  async function* run(world: TestDoor, settlement: Settlement, id: string, plan: Plan, done: Set<string>): AsyncGenerator<void> {
    const facts = plan.action ? { facts: { transactional: false } } : {};
    const append = (event: AuditRecord) => world.audit.append(event).catch(() => undefined);
    const change = settlement.begin();
    yield;
    const index = await append(record(id, facts));
    yield;
    if (index === undefined) return change.end(false);
    change.announced(index);
    yield;
    if (!plan.fails) {
      if (!plan.action) await commit(world, index);
      done.add(id);
    }
    yield;
    const verdict = plan.fails ? ({ outcome: 'failure' } as const) : {};
    const ended = { phase: 'outcome', outcome: 'success', intent: index, ...facts, ...verdict } as const;
    const logged = await append(record(id, ended));
    yield;
    change.end(logged !== undefined);
  }

  test('every intent gets its outcome, and no outcome lies', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(plan, { minLength: 1, maxLength: 5 }),
        fc.array(fc.nat({ max: 8 }), { maxLength: 40 }),
        async (plans, schedule) => {
          await using world = await open();
          const settlement = restarted(world);
          await settlement.recover();
          const done = new Set<string>();
          world.audit.fate = ({ phase, requestId, facts }) =>
            facts?.['recovered'] === true
              ? 'store'
              : (plans[Number(requestId)]?.[phase === 'intent' ? 'intent' : 'outcome'] ?? 'store');
          const scripts = plans.map((each, index) => run(world, settlement, `${index}`, each, done));
          const settling: Promise<unknown>[] = [];
          for (const turn of schedule) {
            const script = scripts[turn];
            // What is beyond the scripts settles, while the scripts go on.
            if (script === undefined) settling.push(settlement.settle());
            else await script.next();
          }
          await Promise.all(settling);
          await restarted(world).recover();

          const { records } = world.audit;
          records.forEach(({ phase, requestId }, index) => {
            if (phase !== 'intent') return;
            const verdicts = records.filter((event) => event.phase === 'outcome' && event.intent === index);
            const truth = done.has(requestId) ? 'success' : 'failure';
            expect(verdicts, `outcomes of ${requestId}`).toHaveLength(1);
            expect(plans[Number(requestId)]?.action ? [truth, 'unknown'] : [truth]).toContain(verdicts[0]?.outcome);
          });
          expect(marks(world)).toEqual([]);
        },
      ),
      { numRuns: 60 },
    );
  });
});
