import { describe, expect, test } from 'vitest';
import { openTemporaryStorage } from '../storage/testing/temporary-storage.ts';
import { countLeases } from './lease-count-table.ts';
import { LeaseTable, leaseMigration, leaseRows } from './lease-table.ts';

const names = (count: number, prefix: string) => Array.from({ length: count }, (_, number) => `${prefix}${number}`);

/** Leases of two targets, their ids among each other; the storage, and how to add more. */
async function openLeases(counts: Readonly<Record<string, number>>) {
  const temporary = await openTemporaryStorage([leaseMigration]);
  const { storage } = temporary;
  const table = new LeaseTable(storage);
  const add = (ids: readonly string[], target: string) =>
    storage.write(async (tx) => {
      for (const id of ids) {
        const row = { externalName: id, target, session: 's', workload: 'w', dueAt: 1, retryKey: null, sealed: Buffer.from('x') };
        await table.insert(tx, { id, ...row });
      }
    });
  for (const [target, count] of Object.entries(counts)) await add(names(count, `creds/${count % 2 ? 'ä' : '\u{1f511}'}`), target);
  return { storage, add, [Symbol.asyncDispose]: () => temporary[Symbol.asyncDispose]() };
}

describe('counting leases', () => {
  test('gives the number of each target, and lets others go first after every slice', async () => {
    await using on = await openLeases({ 'm1/a/1': 2001, 'm2/b/1': 1000 });
    let pauses = 0;
    const pause = async () => {
      pauses += 1;
    };
    const counts = await countLeases(on.storage.reader, { overdue: false, slice: 100, pause });
    expect(Object.fromEntries(counts)).toEqual({ 'm1/a/1': 2001, 'm2/b/1': 1000 });
    expect(pauses).toBe(30);
  });

  test.each([1, 7, 250, 500, 501])('is right whether or not the slices come out even: %i', async (slice) => {
    await using on = await openLeases({ 'm1/a/1': 301, 'm2/b/1': 200 });
    const counts = await countLeases(on.storage.reader, { overdue: false, slice, pause: async () => undefined });
    expect(Object.fromEntries(counts)).toEqual({ 'm1/a/1': 301, 'm2/b/1': 200 });
  });

  test('of those that are overdue reads past the others', async () => {
    await using on = await openLeases({ 'm1/a/1': 51, 'm2/b/1': 50 });
    await on.storage.write(async (tx) => {
      await leaseRows(tx).updateTable('lease').set({ alerted: 1 }).where('lease_id', 'in', names(3, 'creds/ä')).execute();
    });
    const counts = await countLeases(on.storage.reader, { overdue: true, slice: 10, pause: async () => undefined });
    expect(Object.fromEntries(counts)).toEqual({ 'm1/a/1': 3 });
  });

  test('ends although leases come meanwhile, and counts once what stays', async () => {
    await using on = await openLeases({ 'm1/a/1': 101 });
    let added = 0;
    const pause = async () => {
      if (added < 20) await on.add([`creds/0${added++}`], 'm1/a/1');
    };
    const counts = await countLeases(on.storage.reader, { overdue: false, slice: 10, pause });
    expect(Object.fromEntries(counts)).toEqual({ 'm1/a/1': 101 });
    expect(added).toBe(10);
  });

  test('takes turns with everything else that waits', async () => {
    await using on = await openLeases({ 'm1/a/1': 501 });
    let turns = 0;
    const next = () => {
      turns += 1;
      turn = setImmediate(next);
    };
    let turn = setImmediate(next);
    await countLeases(on.storage.reader, { overdue: false, slice: 10 });
    clearImmediate(turn);
    expect(turns).toBeGreaterThanOrEqual(50);
  });

  test('of nothing gives nothing', async () => {
    await using on = await openLeases({});
    expect((await countLeases(on.storage.reader, { overdue: false })).size).toBe(0);
  });
});

test('listing what lies below a prefix takes turns with everything else that waits', async () => {
  await using on = await openLeases({ 'm1/a/1': 501 });
  let turns = 0;
  const next = () => {
    turns += 1;
    turn = setImmediate(next);
  };
  let turn = setImmediate(next);
  const keys = await new LeaseTable(on.storage).children(on.storage.reader, 'creds/', 1000);
  clearImmediate(turn);
  expect([keys.length, turns]).toEqual([501, expect.any(Number)]);
  expect(turns).toBeGreaterThanOrEqual(2);
});
