import { beforeEach, describe, expect, it } from 'vitest';
import { Keeper } from './keeper.ts';
import { LeaseServer, SleepingClock } from './testing/lease-server.ts';

let clock: SleepingClock;
let server: LeaseServer;
let said: string[];
let delivered: string[];
let stop: AbortController;

beforeEach(() => {
  clock = new SleepingClock();
  server = new LeaseServer(clock);
  said = [];
  delivered = [];
  stop = new AbortController();
});

async function keeper(deliver = (name: string) => void delivered.push(name), quit = new AbortController().signal) {
  const source = server.source();
  return new Keeper(await source.issue({ idempotencyKey: 'first' }), {
    source,
    clock,
    random: { bytes: (count) => Buffer.alloc(count) },
    quit,
    deliver: ({ username }) => deliver(String(username)),
    say: (text) => void said.push(text),
  });
}

/** Lets it run until the clock has moved so far, in seconds. */
async function keepFor(kept: Keeper, seconds: number): Promise<void> {
  const end = clock.now() + seconds * 1000;
  const keeping = kept.keep(stop.signal);
  while (clock.now() < end) await new Promise((resolve) => setImmediate(resolve));
  stop.abort();
  await keeping;
}

describe('a credential that is kept', () => {
  it('is renewed when two thirds of its time are over, by as much as was granted at first', async () => {
    await keepFor(await keeper(), 600);
    expect(clock.naps.slice(0, 5)).toEqual([40_000, 40_000, 40_000, 40_000, 40_000]);
    expect(server.asked.find(({ what }) => what === 'renew')?.body).toMatchObject({ increment: 60 });
    expect([delivered, said, server.count('training')]).toEqual([[], [], 1]);
  });

  it('is replaced by a new one before its longest life is over, and the old one is left alone', async () => {
    server.maxTtl = 100;
    await keepFor(await keeper(), 200);
    expect(delivered[0]).toBe('user-2');
    expect(server.leases.get('database/creds/training/1')?.endsAt).toBeGreaterThan(0);
    expect(server.count('give-back')).toBe(0);
  });

  it('is replaced where it may not be renewed', async () => {
    server.trouble.set('renew', 403);
    await keepFor(await keeper(), 100);
    expect([delivered.slice(0, 2), said]).toEqual([['user-2', 'user-3'], []]);
  });

  it('waits longer and longer for a server that is away, says so once, and says when it is back', async () => {
    const kept = await keeper();
    server.trouble.set('renew', 'away');
    const keeping = kept.keep(stop.signal);
    while (clock.naps.length < 5) await new Promise((resolve) => setImmediate(resolve));
    server.trouble.clear();
    while (said.length < 2) await new Promise((resolve) => setImmediate(resolve));
    stop.abort();
    await keeping;
    expect(clock.naps.slice(0, 5)).toEqual([40_000, 750, 1500, 3000, 6000]);
    expect(said).toEqual([
      'The credential could not be renewed: The server is away. It is good until 2026-01-02 03:05 UTC. Trying on.',
      'The credential is good again.',
    ]);
  });

  it('that ended while the server was away is replaced once it is back', async () => {
    const kept = await keeper();
    for (const what of ['renew', 'training']) server.trouble.set(what, 'away');
    const keeping = kept.keep(stop.signal);
    while (clock.now() < Date.UTC(2026, 0, 2, 3, 10)) await new Promise((resolve) => setImmediate(resolve));
    server.trouble.clear();
    while (delivered.length === 0) await new Promise((resolve) => setImmediate(resolve));
    stop.abort();
    await keeping;
    expect(delivered).toEqual(['user-2']);
    // Nobody hears the same lament twice.
    expect(said.filter((text) => text.includes('could not'))).toHaveLength(1);
  });

  it('is asked for by the same key again when the answer was lost: no second one is left behind', async () => {
    server.trouble.set('renew', 403);
    const kept = await keeper();
    server.trouble.set('training', 'lost');
    const keeping = kept.keep(stop.signal);
    while (server.count('training') < 4) await new Promise((resolve) => setImmediate(resolve));
    server.trouble.delete('training');
    while (delivered.length === 0) await new Promise((resolve) => setImmediate(resolve));
    stop.abort();
    await keeping;
    const keys = server.asked.filter(({ what }) => what === 'training').map(({ key }) => key);
    expect(new Set(keys.slice(1, 5)).size).toBe(1);
    expect(server.leases.size).toBe(2);
  });

  it('is not issued again and again when it cannot be delivered', async () => {
    server.trouble.set('renew', 403);
    let full = 3;
    const kept = await keeper((name) => {
      if (full-- > 0) throw Object.assign(new Error('full'), { code: 'ENOSPC' });
      delivered.push(name);
    });
    const keeping = kept.keep(stop.signal);
    while (delivered.length === 0) await new Promise((resolve) => setImmediate(resolve));
    stop.abort();
    await keeping;
    expect([delivered, server.leases.size]).toEqual([['user-2'], 2]);
    expect(said[0]).toContain('ENOSPC');
  });
});

describe('the token that it hangs on', () => {
  it('is renewed as well', async () => {
    server.token = { ttl: 30, renewable: true };
    await keepFor(await keeper(), 100);
    expect(server.count('renew-self')).toBeGreaterThanOrEqual(5);
    expect(said).toEqual([]);
  });

  it('is spoken of when it ends', async () => {
    server.token = { ttl: 300, renewable: false };
    await keepFor(await keeper(), 100);
    expect(said).toEqual(['Your token ends at 2026-01-02 03:09 UTC, and the credential with it.']);
    expect(server.count('renew-self')).toBe(0);
  });
});

describe('giving back', () => {
  it('takes everything that is not over', async () => {
    server.trouble.set('renew', 403);
    const kept = await keeper();
    await keepFor(kept, 50);
    expect(server.leases.size).toBeGreaterThan(1);
    await kept.giveBack();
    expect([...server.leases.values()].filter(({ endsAt }) => endsAt > clock.now())).toEqual([]);
    expect([server.count('give-back') > 0, said]).toEqual([true, []]);
  });

  it('that fails says when it ends by itself', async () => {
    const kept = await keeper();
    server.trouble.set('give-back', 'away');
    await kept.giveBack();
    expect(said).toEqual([
      'The lease database/creds/training/1 could not be given back (The server is away.). It ends by itself at 2026-01-02 03:05 UTC.',
    ]);
  });

  it("asks in Vault's words where the server knows no others", async () => {
    const kept = await keeper();
    server.trouble.set('give-back', 405);
    await kept.giveBack();
    expect([server.count('revoke'), said]).toEqual([1, []]);
  });

  it('of what is gone already is done', async () => {
    const kept = await keeper();
    server.leases.clear();
    await kept.giveBack();
    expect(said).toEqual([]);
  });
});
