import { describe, expect, test } from 'vitest';
import { TargetError } from './engines/engine.ts';
import { codeOf, openLeasesWorld } from './testing/leases-world.ts';

const HOUR = 3_600_000;

describe('a renewal', () => {
  test('moves the end at the target first, counts from now, and never goes beyond the role’s maximum', async () => {
    await using on = await openLeasesWorld();
    const { leaseId, output } = await on.issue();
    const account = on.server.accounts.get(String(output['username']));
    const begun = on.world.clock.time;
    await on.pass(HOUR / 2);
    expect((await on.perform('leases.renew', { id: leaseId })).output).toEqual({ leaseId, ttl: 3600, renewable: true });
    expect(account?.expiresAt).toBe(begun + 1.5 * HOUR);
    expect((await on.perform('leases.renew', { id: leaseId, increment: 999_999 })).output?.ttl).toBe(3.5 * 3600);
    await on.pass(3.5 * HOUR);
    expect(on.server.accounts.size).toBe(1);
  });

  test('that the target refuses leaves the end where it was', async () => {
    await using on = await openLeasesWorld();
    const { leaseId } = await on.issue();
    on.server.before = (method) => {
      if (method === 'renew') throw new TargetError('refused', 'no such account');
    };
    await on.pass(HOUR / 2);
    expect(await codeOf(on.perform('leases.renew', { id: leaseId }))).toBe('engine.refused');
    expect((await on.perform('leases.lookup', { id: leaseId })).output?.ttl).toBe(1800);
  });

  test('whose outcome nobody knows ends the credential no later than the ledger says', async () => {
    await using on = await openLeasesWorld();
    const { leaseId } = await on.issue();
    on.server.after = (method) => {
      if (method === 'renew') throw new TargetError('unknown-outcome', 'the connection broke');
    };
    await on.pass(HOUR / 2);
    expect(await codeOf(on.perform('leases.renew', { id: leaseId }))).toBe('engine.unreachable');
    on.server.up();
    await on.pass(HOUR / 2);
    expect(on.server.accounts.size).toBe(1);
  });

  test.for(['unknown outcome', 'crash'])('that was interrupted is not taken for a restored ledger: %s', async (how) => {
    await using on = await openLeasesWorld();
    const { leaseId, output } = await on.issue();
    let there = false;
    on.server.after = (method) => {
      if (method !== 'renew') return undefined;
      there = true;
      if (how === 'crash') return new Promise<never>(() => undefined);
      throw new TargetError('unknown-outcome', 'the connection broke');
    };
    void on.perform('leases.renew', { id: leaseId, increment: 4 * 3600 }).catch(() => undefined);
    while (!there) await new Promise((resolve) => setImmediate(resolve));
    on.server.up();
    expect(on.server.accounts.get(String(output['username']))?.expiresAt).toBe(on.world.clock.time + 4 * HOUR);
    await on.restart();
    await on.pass(HOUR);
    expect((await on.perform('leases.hold.read', {})).output).toBeNull();
    expect(on.server.accounts.has(String(output['username']))).toBe(false);
    expect(on.ledger()).toEqual({});
  });

  test('of what has ended, was revoked or never was is refused', async () => {
    await using on = await openLeasesWorld();
    const { leaseId } = await on.issue();
    await on.perform('leases.revoke', { id: leaseId });
    expect(await codeOf(on.perform('leases.renew', { id: leaseId }))).toBe('lease.missing');
    const late = await on.issue();
    on.world.clock.time += HOUR;
    expect(await codeOf(on.perform('leases.renew', { id: late.leaseId }))).toBe('lease.missing');
    expect(await codeOf(on.perform('leases.renew', { id: 'database/creds/reader/none' }))).toBe('lease.missing');
  });

  test('that meets a revocation does not bring it back', async () => {
    await using on = await openLeasesWorld();
    const { leaseId } = await on.issue();
    on.server.after = async (method) => {
      if (method === 'renew') await on.perform('leases.revoke', { id: leaseId });
    };
    await on.pass(HOUR / 2);
    expect(await codeOf(on.perform('leases.renew', { id: leaseId }))).toBe('lease.invalid');
    on.server.up();
    await on.pass(0);
    expect(on.server.accounts.size).toBe(1);
    expect(on.ledger()).toEqual({});
  });
});
