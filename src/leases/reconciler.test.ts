import { copyFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, test } from 'vitest';
import { codeOf, type LeasesWorld, openLeasesWorld } from './testing/leases-world.ts';

const HOUR = 3_600_000;
const known = (on: LeasesWorld) => [...on.server.accounts.keys()].filter((name) => name !== 'admin');
const orphans = (on: LeasesWorld) => on.world.audit.records.filter(({ operation }) => operation === 'lease.orphan-revoked');

/** As a backup that was restored: rows of leases as they were. */
function backUp(on: LeasesWorld): () => Promise<void> {
  const copy = `${on.world.path}.backup`;
  new DatabaseSync(on.world.path).exec('PRAGMA wal_checkpoint(TRUNCATE)');
  copyFileSync(on.world.path, copy);
  return async () => {
    const store = new DatabaseSync(on.world.path);
    store.exec(`ATTACH '${copy}' AS backup; DELETE FROM lease; INSERT INTO lease SELECT * FROM backup.lease; DETACH backup`);
    store.close();
    await new Promise((resolve) => setImmediate(resolve));
  };
}

describe('what bears our name at a target and is in no ledger', () => {
  test('is taken back, and nothing else is touched', async () => {
    await using on = await openLeasesWorld();
    const { output } = await on.issue();
    await on.leases.reconcile();
    const orphan = String(output['username']).replace(/.{4}$/, 'aaaa');
    on.server.accounts.set(orphan, { password: 'x', expiresAt: on.world.clock.time - 1 });
    on.server.accounts.set('ww_aaaaaaaa_bbbbbbbbbbbbbbbbbbbb', { password: 'x', expiresAt: 'unlimited' });
    on.server.accounts.set('alice', { password: 'x', expiresAt: 'unlimited' });
    expect(await on.leases.reconcile()).toBe(0);
    on.world.clock.time += 600_000;
    expect(await on.leases.reconcile()).toBe(1);
    expect(known(on).sort()).toEqual(['alice', output['username'], 'ww_aaaaaaaa_bbbbbbbbbbbbbbbbbbbb'].sort());
    expect(orphans(on).map(({ facts }) => facts?.['externalName'])).toEqual([orphan]);
  });

  test('is not taken for an orphan between the ledger and the target', async () => {
    await using on = await openLeasesWorld();
    on.server.after = async (method) => {
      if (method === 'create') await on.leases.reconcile();
    };
    await on.issue();
    expect(known(on)).toHaveLength(1);
  });
});

describe('after a restore from a backup', () => {
  test('nothing that was issued since is taken back, until somebody has looked', async () => {
    await using on = await openLeasesWorld();
    const before = await on.issue({ ttl: 60 });
    const restore = backUp(on);
    await on.issue();
    await restore();
    await on.restart();
    expect(await on.leases.reconcile()).toBe(0);
    await on.pass(61_000);
    expect(known(on)).toHaveLength(2);
    expect((await on.perform('leases.hold.read', {})).output).toMatchObject({ reason: 'restored' });
    await on.perform('leases.hold.release', {});
    await on.pass(0);
    expect(await on.leases.reconcile()).toBe(1);
    expect(known(on)).toEqual([]);
    expect(orphans(on)).toHaveLength(1);
    expect(on.ledger()).not.toHaveProperty(before.leaseId);
  });

  test('nothing that was renewed since is taken back, until somebody has looked', async () => {
    await using on = await openLeasesWorld();
    const { leaseId } = await on.issue();
    const restore = backUp(on);
    await on.pass(HOUR / 2);
    await on.perform('leases.renew', { id: leaseId });
    await restore();
    await on.restart();
    await on.pass(HOUR / 2 + 1);
    expect(known(on)).toHaveLength(1);
    expect(on.world.audit.records.some(({ operation }) => operation === 'lease.revocation-held')).toBe(true);
    await on.perform('leases.hold.release', {});
    await on.pass(400_000);
    expect(known(on)).toEqual([]);
  });

  test('an operator holds everything himself', async () => {
    await using on = await openLeasesWorld();
    await on.issue();
    await on.perform('leases.hold.begin', {});
    await on.pass(2 * HOUR);
    expect(known(on)).toHaveLength(1);
    await on.perform('leases.hold.release', {});
    await on.pass(0);
    expect(known(on)).toEqual([]);
  });

  test('whoever waits for a revocation meanwhile is told so at once, and it is done when the hold ends', async () => {
    await using on = await openLeasesWorld();
    const { leaseId } = await on.issue();
    await on.perform('leases.hold.begin', {});
    expect(await codeOf(on.perform('leases.revoke', { id: leaseId, wait: true }))).toBe('lease.held');
    expect(Object.values(on.ledger())).toEqual(['ending']);
    expect(await codeOf(on.perform('leases.revoke', { id: leaseId }))).toBe('answered');
    await on.perform('leases.hold.release', {});
    await on.pass(0);
    expect(known(on)).toEqual([]);
  });
});
