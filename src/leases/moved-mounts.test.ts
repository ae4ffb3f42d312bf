import { describe, expect, test } from 'vitest';
import { codeOf, databaseMount, type LeasesWorld, openLeasesWorld } from './testing/leases-world.ts';

const DAY = 86_400_000;
const known = (on: LeasesWorld) => [...on.server.accounts.keys()].filter((name) => name.startsWith('ww_'));
const causes = (on: LeasesWorld) =>
  on.world.audit.records.filter(({ operation }) => operation === 'lease.revoked').map(({ facts }) => String(facts?.['cause']));

function lifecycleOf(on: LeasesWorld) {
  return on.leases.lifecycles.find(({ kind }) => kind === 'database') ?? expect.fail('no engine is mounted as a database');
}

/** As `mounts/` does it: the engine is told in the same transaction, and the mount answers elsewhere afterwards. */
async function move(on: LeasesWorld, path: string): Promise<{ readonly leases: number }> {
  const { storage, mounts } = on.world;
  const ended = await storage.write((tx) => lifecycleOf(on).move(tx, databaseMount));
  mounts.now = mounts.now.map((mount) => (mount.id === databaseMount.id ? { ...mount, path } : mount));
  mounts.stored = mounts.now;
  return ended;
}

describe('a mount that is moved', () => {
  test('takes back what it has issued, and says how much that is', async () => {
    await using on = await openLeasesWorld();
    await on.addConnection('second');
    await on.issue();
    await on.issue({ role: 'second' });
    const { leaseId } = await on.issue();
    await on.perform('leases.revoke', { id: leaseId });
    expect(await move(on, 'elsewhere/')).toEqual({ leases: 2 });
    expect(new Set(Object.values(on.ledger()))).toEqual(new Set(['ending']));
    await on.pass(0);
    expect(known(on)).toEqual([]);
    expect(on.ledger()).toEqual({});
    expect(causes(on).sort()).toEqual(['mount-moved', 'mount-moved', 'revoked']);
  });

  test('ends nothing where the move is not committed', async () => {
    await using on = await openLeasesWorld();
    const { leaseId } = await on.issue();
    const undone = on.world.storage.write(async (tx) => {
      await lifecycleOf(on).move(tx, databaseMount);
      throw new Error('undone');
    });
    await expect(undone).rejects.toThrow('undone');
    await on.pass(0);
    expect(on.ledger()).toEqual({ [leaseId]: 'active' });
  });

  test('leaves alone what other mounts have issued, also one whose id goes on where its own ends', async () => {
    await using on = await openLeasesWorld();
    const { leaseId } = await on.issue();
    const { storage } = on.world;
    const neighbour = { ...databaseMount, id: databaseMount.id.slice(0, -1) };
    expect(await storage.write((tx) => lifecycleOf(on).move(tx, neighbour))).toEqual({ leases: 0 });
    expect(on.ledger()).toEqual({ [leaseId]: 'active' });
  });

  test('gives no credential whose making began before, and takes it back', async () => {
    await using on = await openLeasesWorld();
    let moved: Promise<unknown> | undefined;
    on.server.after = (method) => {
      if (method === 'create') moved = move(on, 'elsewhere/');
      return moved?.then(() => undefined);
    };
    expect(await codeOf(on.issue())).toBe('lease.invalid');
    on.server.up();
    await on.pass(60_000);
    expect(known(on)).toEqual([]);
    expect(on.ledger()).toEqual({});
  });

  test('begins nothing under the old path that was asked for before', async () => {
    await using on = await openLeasesWorld();
    on.world.audit.after = async ({ phase }) => {
      if (phase === 'intent') await move(on, 'elsewhere/');
    };
    expect(await codeOf(on.issue())).toBe('store.raced');
    expect(on.ledger()).toEqual({});
    expect(known(on)).toEqual([]);
  });

  test('keeps its static roles, whose passwords are changed when they are due', async () => {
    await using on = await openLeasesWorld();
    on.server.accounts.set('app', { password: 'theirs', expiresAt: 'unlimited' });
    await on.perform('engine.static-roles.write', { name: 'app', connection: 'db', username: 'app', rotationPeriod: 86_400 });
    const first = on.server.accounts.get('app')?.password;
    expect(first).not.toBe('theirs');
    expect(await move(on, 'elsewhere/')).toEqual({ leases: 0 });
    await on.pass(DAY);
    const second = on.server.accounts.get('app')?.password;
    expect(second).not.toBe(first);
    await on.pass(DAY);
    expect(on.server.accounts.get('app')?.password).not.toBe(second);
  });
});

describe('a mount at the path of a former one', () => {
  test('does not count what that has issued and what is still being taken back', async () => {
    await using on = await openLeasesWorld();
    await on.perform('engine.roles.write', { name: 'reader', maxLeases: 2, maxLeasesPerWorkload: 2, settings: {} });
    await on.issue();
    await on.issue();
    expect(await codeOf(on.issue())).toBe('lease.limited');
    // As if another mount had issued them: nothing of a lease but its target says which.
    const { DatabaseSync } = await import('node:sqlite');
    const editor = new DatabaseSync(on.world.path);
    editor.exec(`UPDATE lease SET target = 'former/db@1', state = 'ending'`);
    editor.close();
    await new Promise((resolve) => setImmediate(resolve));
    expect(await codeOf(on.issue())).toBe('answered');
    expect(await codeOf(on.issue())).toBe('answered');
    expect(await codeOf(on.issue())).toBe('lease.limited');
  });
});
