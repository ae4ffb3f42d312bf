import { describe, expect, test } from 'vitest';
import { TargetError } from './engines/engine.ts';
import { codeOf, databaseMount, type LeasesWorld, openLeasesWorld } from './testing/leases-world.ts';

const HOUR = 3_600_000;
const known = (on: LeasesWorld) => [...on.server.accounts.keys()].filter((name) => name !== 'admin');
const events = (on: LeasesWorld, operation: string) =>
  on.world.audit.records.filter((record) => record.operation === operation).map(({ facts }) => facts);

describe('at its end', () => {
  test('a credential is taken back at its target, then said to be, then forgotten', async () => {
    await using on = await openLeasesWorld();
    const { leaseId } = await on.issue();
    await on.pass(HOUR - 1);
    expect(known(on)).toHaveLength(1);
    on.server.after = (method) => {
      if (method === 'revoke') expect(on.ledger()).toEqual({ [leaseId]: 'ending' });
    };
    await on.pass(1);
    expect(known(on)).toEqual([]);
    expect(on.ledger()).toEqual({});
    expect(events(on, 'lease.revoked')).toMatchObject([{ leaseId, cause: 'expired', revocation: 'hard' }]);
  });

  test('it is tried again, later each time, for as long as the target does not let us', async () => {
    await using on = await openLeasesWorld();
    await on.issue();
    let tries = 0;
    on.server.before = (method) => {
      if (method !== 'revoke') return;
      tries += 1;
      throw new TargetError('refused', 'permission denied');
    };
    for (let i = 0; i < 120; i++) await on.pass(i === 0 ? HOUR : 1000);
    expect(tries).toBeGreaterThan(4);
    expect(tries).toBeLessThan(12);
    for (let i = 0; i < 24; i++) await on.pass(400_000);
    expect(tries).toBeGreaterThan(24);
    on.server.up();
    await on.pass(400_000);
    expect(known(on)).toEqual([]);
  });

  test('what somebody stands in the way of is tried more and more rarely, and at most half a minute late', async () => {
    await using on = await openLeasesWorld();
    await on.issue();
    let tries = 0;
    on.server.before = (method) => {
      if (method !== 'revoke') return;
      tries += 1;
      throw new TargetError('throttled', 'canceling statement due to lock timeout (55P03)');
    };
    for (let i = 0; i < 300; i++) await on.pass(i === 0 ? HOUR : 1000);
    expect(tries).toBeGreaterThan(8);
    expect(tries).toBeLessThan(24);
    on.server.up();
    await on.pass(40_000);
    expect(known(on)).toEqual([]);
  });

  test('why it fails is in the log of the server, with the lease, and not at every try', async () => {
    await using on = await openLeasesWorld();
    const { leaseId } = await on.issue();
    on.server.before = (method) => {
      if (method === 'revoke') throw new TargetError('refused', 'it owns something');
    };
    for (let i = 0; i < 120; i++) await on.pass(i === 0 ? HOUR : 1000);
    const reasons = on.warnings.filter(({ fields }) => fields?.['reason'] === 'it owns something');
    // Two minutes hold seven or eight tries, as the jitter has it.
    const attempts = reasons.map(({ fields }) => fields?.['attempts']);
    expect([1, 2, 4, 8].slice(0, Math.max(3, attempts.length))).toEqual(attempts);
    expect(reasons[0]?.fields).toMatchObject({ lease: leaseId });
  });

  test('an outcome that nobody knows is looked at again', async () => {
    await using on = await openLeasesWorld();
    await on.issue();
    let broken = false;
    on.server.after = (method) => {
      if (method !== 'revoke' || broken) return;
      broken = true;
      throw new TargetError('unknown-outcome', 'the connection broke');
    };
    await on.pass(HOUR);
    expect(Object.values(on.ledger())).toEqual(['ending']);
    await on.pass(2000);
    expect(on.ledger()).toEqual({});
    expect(events(on, 'lease.revoked')).toHaveLength(1);
  });

  test('what loses its answers for an hour is taken back within a minute afterwards', async () => {
    await using on = await openLeasesWorld();
    for (let i = 0; i < 5; i++) await on.issue();
    on.server.before = (method) => {
      if (method === 'revoke') throw new TargetError('unknown-outcome', 'no answer in time');
    };
    for (let i = 0; i < 360; i++) await on.pass(i === 0 ? HOUR : 10_000);
    expect(known(on)).toHaveLength(5);
    on.server.up();
    for (let i = 0; i < 6; i++) await on.pass(10_000);
    expect(known(on)).toEqual([]);
    expect(on.server.accounts.size).toBe(1);
  });

  test('a target that is down for an hour is asked rarely, holds up no other, and everything is taken back afterwards', async () => {
    await using on = await openLeasesWorld();
    const second = await on.addConnection('second');
    for (let i = 0; i < 20; i++) await on.issue();
    for (let i = 0; i < 20; i++) await on.issue({ role: 'second' });
    on.server.down();
    const calls = on.server.calls.length;
    for (let i = 0; i < 360; i++) await on.pass(i === 0 ? HOUR : 10_000);
    expect(second.accounts.size).toBe(1);
    expect(known(on)).toHaveLength(20);
    expect(on.server.calls.length - calls).toBeLessThan(600);
    expect(await codeOf(on.issue())).toBe('engine.unreachable');
    on.server.up();
    for (let i = 0; i < 10; i++) await on.pass(30_000);
    expect(known(on)).toEqual([]);
    expect(on.ledger()).toEqual({});
  });

  test('an alert is raised once for each credential that should have been taken back an hour ago', async () => {
    await using on = await openLeasesWorld();
    const { leaseId } = await on.issue();
    on.server.down();
    await on.pass(HOUR);
    await on.leases.reportOverdue();
    expect(events(on, 'lease.revocation-overdue')).toEqual([]);
    await on.pass(HOUR + 1);
    await on.leases.reportOverdue();
    await on.leases.reportOverdue();
    expect(events(on, 'lease.revocation-overdue')).toMatchObject([{ leaseId, engine: 'memory', role: 'reader' }]);
    const { output } = await on.perform('leases.count', { overdue: true });
    expect(output).toEqual({ count: 1, byMount: { [databaseMount.accessor]: 1 } });
  });

  test('that was interrupted by a crash goes on at the start', async () => {
    await using on = await openLeasesWorld();
    await on.issue();
    let there = false;
    on.server.before = (method) => {
      if (method !== 'revoke') return undefined;
      there = true;
      return new Promise<never>(() => undefined);
    };
    on.world.clock.time += HOUR;
    await on.leases.revokeDue();
    while (!there) await new Promise((resolve) => setImmediate(resolve));
    on.server.up();
    await on.restart();
    await on.pass(0);
    expect(on.ledger()).toEqual({});
    expect(on.server.accounts.size).toBe(1);
  });

  test('that was interrupted is taken up at each start, what has waited longest first, however often', async () => {
    await using on = await openLeasesWorld();
    const issued: { leaseId: string; name: string }[] = [];
    for (let i = 0; i < 20; i++) {
      const { leaseId, output } = await on.issue();
      issued.unshift({ leaseId, name: String(output['username']) });
    }
    let [left, stuck] = [0, 0];
    on.server.before = (method) => {
      if (method !== 'revoke' || left-- > 0) return undefined;
      stuck += 1;
      return new Promise<never>(() => undefined);
    };
    for (const { leaseId } of issued) {
      on.world.clock.time += 1000;
      await on.perform('leases.revoke', { id: leaseId });
    }
    for (let there = 18; there >= 0; there -= 2) {
      // Two are taken back, and then it dies.
      [left, stuck] = [2, 0];
      on.world.clock.time += 1000;
      await on.restart();
      const isDone = () => Object.keys(on.ledger()).length === there && stuck >= Math.min(6, there);
      while (!isDone()) await new Promise((resolve) => setImmediate(resolve));
      const names = issued.slice(20 - there).map(({ name }) => name);
      expect([...on.server.accounts.keys()].filter((name) => name !== 'admin').reverse()).toEqual(names);
    }
  });

  test('what waits for what may arrive late is not looked for at each start', async () => {
    await using on = await openLeasesWorld();
    on.server.after = (method) => {
      if (method === 'create') throw new TargetError('unknown-outcome', 'connection lost');
    };
    await on.issue().catch(() => undefined);
    on.server.up();
    await on.pass(0);
    const looks = () => on.server.calls.filter((call) => call.startsWith('revoke')).length;
    expect(looks()).toBe(1);
    for (let start = 0; start < 3; start++) {
      await on.restart();
      await on.pass(1000);
    }
    expect([looks(), Object.values(on.ledger())]).toEqual([1, ['doubtful']]);
    await on.pass(30_000);
    expect([looks(), on.ledger()]).toEqual([2, {}]);
  });

  test('whoever took the work on and is too late changes nothing', async () => {
    await using on = await openLeasesWorld();
    await on.issue();
    const waiting: (() => void)[] = [];
    on.server.after = (method) => (method === 'revoke' ? new Promise<void>((resolve) => waiting.push(resolve)) : undefined);
    on.world.clock.time += HOUR;
    await on.leases.revokeDue();
    while (waiting.length === 0) await new Promise((resolve) => setImmediate(resolve));
    const first = on.leases;
    on.server.up();
    await on.restart();
    await on.pass(HOUR);
    expect(on.ledger()).toEqual({});
    const told = events(on, 'lease.revoked').length;
    for (const go of waiting) go();
    await first.idle();
    expect(on.ledger()).toEqual({});
    // Said twice rather than never: both have seen that it is gone.
    expect(events(on, 'lease.revoked').length - told).toBeLessThanOrEqual(1);
  });
});

describe('before its end', () => {
  test('a credential ends with the session that it was issued to, in the same transaction', async () => {
    await using on = await openLeasesWorld();
    await on.world.issue('job', { policies: ['root'] });
    await on.issue({}, 'job');
    const kept = await on.issue();
    await on.world.storage.write((tx) => on.leases.endSession(tx, 'job'));
    await on.pass(0);
    expect(on.ledger()).toEqual({ [kept.leaseId]: 'active' });
    expect(events(on, 'lease.revoked')).toMatchObject([{ cause: 'session-ended', holderSession: 'job' }]);
  });

  test('one is revoked by its id, many by a prefix that ends where a part of the path does, and by workload', async () => {
    await using on = await openLeasesWorld();
    await on.world.issue('job', { policies: ['root'] });
    await on.addConnection('read');
    const one = await on.issue();
    const two = await on.issue();
    const read = await on.issue({ role: 'read' });
    const other = await on.issue({ role: 'read' }, 'job');
    await on.perform('leases.revoke', { id: one.leaseId, wait: true });
    expect(Object.keys(on.ledger())).not.toContain(one.leaseId);
    const whole = await on.issue();
    const byId = await on.perform('leases.revoke-prefix', { prefix: whole.leaseId, wait: true });
    expect(byId.output).toEqual({ count: 1 });
    expect(Object.keys(on.ledger())).not.toContain(whole.leaseId);
    expect((await on.perform('leases.revoke-prefix', { prefix: 'database/creds/read', wait: true })).output).toEqual({
      count: 2,
    });
    expect(Object.keys(on.ledger())).toEqual([two.leaseId]);
    expect([read, other].every(({ leaseId }) => leaseId.startsWith('database/creds/read/'))).toBe(true);
    await on.issue({}, 'job');
    expect((await on.perform('leases.revoke-workload', { workload: 'token:job', wait: true })).output).toEqual({ count: 1 });
    await on.issue({}, 'job');
    expect((await on.perform('leases.revoke-workload', { session: 'job', wait: true })).output).toEqual({ count: 1 });
    expect(await codeOf(on.perform('leases.revoke-workload', {}))).toBe('request.invalid');
    expect(Object.keys(on.ledger())).toEqual([two.leaseId]);
  });

  test('revoking twice, and what never was, succeeds', async () => {
    await using on = await openLeasesWorld();
    const { leaseId } = await on.issue();
    await on.perform('leases.revoke', { id: leaseId });
    await on.perform('leases.revoke', { id: leaseId });
    await on.pass(0);
    await on.perform('leases.revoke', { id: leaseId });
    await on.perform('leases.revoke', { id: 'database/creds/reader/none' });
    expect(on.server.calls.filter((call) => call.startsWith('revoke'))).toHaveLength(1);
  });

  test('the holder gives back what is his, and nobody else’s', async () => {
    await using on = await openLeasesWorld();
    await on.world.issue('job', { policies: ['reader'] });
    await on.world.setPolicy('reader', 'path "database/creds/*" { capabilities = ["read"] }');
    const his = await on.issue({}, 'job');
    const ours = await on.issue();
    expect(await codeOf(on.perform('leases.give-back', { id: ours.leaseId }, { as: 'job' }))).toBe('lease.missing');
    expect(await codeOf(on.perform('leases.revoke', { id: his.leaseId }, { as: 'job' }))).toBe('access.denied');
    expect((await on.perform('leases.mine', {}, { as: 'job' })).output?.leases.map(({ id }) => id)).toEqual([his.leaseId]);
    await on.perform('leases.give-back', { id: his.leaseId }, { as: 'job' });
    await on.pass(0);
    expect(on.ledger()).toEqual({ [ours.leaseId]: 'active' });
  });

  test('the mount may go, and the connection: what they issued is taken back all the same', async () => {
    await using on = await openLeasesWorld();
    await on.issue();
    await on.perform('engine.connections.delete', { name: 'db' });
    expect(await codeOf(on.issue())).toBe('engine.invalid');
    const { keyring, storage, mounts } = on.world;
    const lifecycle = on.leases.lifecycles.find(({ kind }) => kind === 'database');
    if (lifecycle === undefined) throw new Error('no engine is mounted as a database');
    await storage.write(async (tx) => {
      await lifecycle.purge(tx, databaseMount);
      await keyring.destroyMountKey(tx, databaseMount.id);
    });
    mounts.now = mounts.now.filter(({ path }) => path !== databaseMount.path);
    await on.pass(0);
    expect(known(on)).toEqual([]);
    expect(on.ledger()).toEqual({});
    expect(events(on, 'lease.revoked')).toMatchObject([{ cause: 'mount-disabled' }]);
  });

  test('a server whose address changes keeps its own leases', async () => {
    await using on = await openLeasesWorld();
    await on.issue();
    await on.perform('engine.connections.write', { name: 'db', settings: { host: 'elsewhere' } });
    await on.pass(HOUR);
    expect(known(on)).toEqual([]);
  });
});

describe('a connection that is deleted and made again', () => {
  test('does not inherit the leases of the one before, which are still taken back where they were issued', async () => {
    await using on = await openLeasesWorld();
    await on.issue();
    await on.perform('engine.connections.delete', { name: 'db' });
    const settings = { host: 'somewhere-else', username: 'admin' };
    await on.perform('engine.connections.write', { name: 'db', plugin: 'memory', allowedRoles: ['*'], settings });
    await on.pass(HOUR);
    expect(known(on)).toEqual([]);
    expect(on.ledger()).toEqual({});
  });
});

describe('a row of the ledger', () => {
  test('that was changed, or stands under another id, is not believed, and holds up no other', async () => {
    await using on = await openLeasesWorld();
    const one = await on.issue();
    const two = await on.issue();
    const { DatabaseSync } = await import('node:sqlite');
    const attacker = new DatabaseSync(on.world.path);
    attacker
      .prepare('UPDATE lease SET sealed = (SELECT sealed FROM lease WHERE lease_id = ?) WHERE lease_id = ?')
      .run(two.leaseId, one.leaseId);
    attacker.close();
    await new Promise((resolve) => setImmediate(resolve));
    expect(await codeOf(on.perform('leases.lookup', { id: one.leaseId }))).toBe('keyring.tampered');
    await on.pass(HOUR);
    expect(on.ledger()).toEqual({ [one.leaseId]: 'ending' });
    expect(known(on)).toEqual([one.output['username']]);
  });
});
