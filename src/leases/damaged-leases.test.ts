import { DatabaseSync } from 'node:sqlite';
import { describe, expect, test } from 'vitest';
import { codeOf, type LeasesWorld, openLeasesWorld } from './testing/leases-world.ts';

const HOUR = 3_600_000;
const known = (on: LeasesWorld) => [...on.server.accounts.keys()].filter((name) => name !== 'admin');
const told = (on: LeasesWorld) => on.world.audit.records.filter(({ operation }) => operation === 'lease.damaged');
const search = async (on: LeasesWorld, input = {}) =>
  (await on.perform('leases.search', { prefix: 'database/creds/reader', ...input })).output;

/** Whoever can write into the database file. */
async function attack(on: LeasesWorld, sql: string, ...parameters: (string | null | bigint | Uint8Array)[]): Promise<void> {
  const attacker = new DatabaseSync(on.world.path);
  attacker.prepare(sql).run(...parameters);
  attacker.close();
  await new Promise((resolve) => setImmediate(resolve));
}

const copied = `INSERT INTO lease SELECT ?, external_name, target, session, workload, state, cause, 0, NULL, 0, 0, 0, 0, NULL, sealed
  FROM lease WHERE lease_id = ?`;

describe('a lease that somebody has damaged in the database', () => {
  test.for([
    ['that of another one', 'sealed = (SELECT sealed FROM lease AS other WHERE other.lease_id <> lease.lease_id)'],
    ['something else', `sealed = x'00'`],
    ['nothing', `sealed = x''`],
    ['a text', `sealed = 'text'`],
    ['a number that no driver reads', 'sealed = 1152921504606846976'],
    ['an older one', 'revision = revision - 1'],
    ['its revision a word', `revision = 'x'`],
    ['its tries a word', `attempts = 'x'`],
    ['its tries less than none', 'attempts = -3'],
    ['its epoch the greatest number', 'epoch = 9223372036854775807'],
    ['its epoch a fraction', 'epoch = 1e300'],
  ])('%s: is told of and shown as such, and holds up nobody else', async ([, change]) => {
    await using on = await openLeasesWorld();
    const before = await on.issue();
    const { leaseId, output: own } = await on.issue();
    const after = await on.issue();
    await attack(on, `UPDATE lease SET ${change} WHERE lease_id = ?`, leaseId);

    expect(await codeOf(on.perform('leases.lookup', { id: leaseId }))).toBe('keyring.tampered');
    for (const page of [await search(on), (await on.perform('leases.mine', {})).output]) {
      expect(page?.leases).toHaveLength(3);
      expect(page?.leases).toContainEqual({ damaged: true, id: leaseId, state: 'active' });
      expect(page?.leases.map(({ id }) => id).sort()).toEqual([before.leaseId, leaseId, after.leaseId].sort());
    }
    expect(on.world.audit.records.at(-1)?.facts).toMatchObject({ damagedLeases: [leaseId] });

    await on.pass(HOUR);
    expect(on.ledger()).toEqual({ [leaseId]: 'ending' });
    expect(known(on)).toEqual([own['username']]);
    expect(told(on)).toMatchObject([{ path: leaseId, outcome: 'failure', errorCode: 'keyring.tampered', facts: { leaseId } }]);
    const [row] = on.world.look('SELECT due_at FROM lease');
    expect(Number(row?.['due_at'])).toBeGreaterThan(on.world.clock.time + 60_000);
    await on.pass(HOUR + 1);
    await on.leases.reportOverdue();
    await on.leases.reconcile();
    expect(told(on)).toHaveLength(1);
    await on.issue();
    expect(await search(on)).toMatchObject({ leases: { length: 2 }, next: null });
  });

  test('is in no page’s way: the next one goes on behind it', async () => {
    await using on = await openLeasesWorld();
    const ids = [(await on.issue()).leaseId, (await on.issue()).leaseId, (await on.issue()).leaseId].sort();
    await attack(on, `UPDATE lease SET sealed = x'00' WHERE lease_id = ?`, ids[1] ?? '');
    const first = await search(on, { limit: 2 });
    expect(first).toMatchObject({ leases: [{ id: ids[0] }, { id: ids[1], damaged: true }], next: ids[1] });
    expect(await search(on, { limit: 2, after: first?.next ?? undefined })).toMatchObject({ leases: [{ id: ids[2] }] });
  });

  test('is not ended by those who would believe that it is, nor renewed, nor given again', async () => {
    await using on = await openLeasesWorld();
    const { leaseId } = await on.issue({ idempotencyKey: 'job' });
    await attack(on, `UPDATE lease SET sealed = x'00'`);
    expect(await codeOf(on.perform('leases.revoke', { id: leaseId }))).toBe('keyring.tampered');
    expect(await codeOf(on.perform('leases.revoke-prefix', { prefix: leaseId }))).toBe('keyring.tampered');
    expect(await codeOf(on.perform('leases.give-back', { id: leaseId }))).toBe('keyring.tampered');
    expect(await codeOf(on.perform('leases.renew', { id: leaseId }))).toBe('keyring.tampered');
    expect(await codeOf(on.issue({ idempotencyKey: 'job' }))).toBe('keyring.tampered');
    expect(await codeOf(on.issue())).toBe('answered');
  });
});

describe('rows that somebody has put in', () => {
  test('under the name of a prefix keep nobody from revoking what is below it', async () => {
    await using on = await openLeasesWorld();
    const { leaseId } = await on.issue();
    await attack(on, copied, 'database/creds/reader', leaseId);
    const { output } = await on.perform('leases.revoke-prefix', { prefix: 'database/creds/reader' });
    expect(output).toEqual({ count: 1 });
    await on.pass(0);
    expect(known(on)).toEqual([]);
  });

  test('without an id, or with one that is no text, take no place from the others', async () => {
    await using on = await openLeasesWorld();
    const { leaseId } = await on.issue();
    for (let i = 0; i < 70; i++) await attack(on, copied, null, leaseId);
    for (let i = 0; i < 70; i++) await attack(on, copied, Buffer.from([i]), leaseId);
    expect((await on.perform('leases.mine', { limit: 1 })).output).toMatchObject({ leases: [{ id: leaseId }] });
    await on.pass(HOUR);
    expect(known(on)).toEqual([]);
    expect(await search(on)).toEqual({ leases: [], next: null });
  });

  test('by the thousand are told of up to a bound, and what is due behind them is taken back', async () => {
    await using on = await openLeasesWorld();
    const { leaseId } = await on.issue();
    await attack(
      on,
      `INSERT INTO lease SELECT 'database/creds/reader/' || value, external_name, target, session, workload, 'active', NULL, 0, NULL,
        0, 0, 0, 0, NULL, x'00' FROM lease, (WITH RECURSIVE n(value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM n WHERE value < 1500)
        SELECT value FROM n) WHERE lease_id = ?`,
      leaseId,
    );
    await on.pass(HOUR);
    expect(known(on)).toEqual([]);
    expect(told(on)).toHaveLength(1000);
  });
});
