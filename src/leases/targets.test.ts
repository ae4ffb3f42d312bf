import { describe, expect, test } from 'vitest';
import { TargetError } from './engines/engine.ts';
import { Targets } from './targets.ts';
import { type LeasesWorld, openLeasesWorld } from './testing/leases-world.ts';

/** The targets of a world, as nobody else uses them. */
async function open() {
  const on = await openLeasesWorld();
  const targets = targetsOf(on);
  const visit = (timeoutMs: number, work: () => Promise<unknown>) =>
    targets.visit(on.world.storage.reader, 'database/db@1', { timeoutMs }, work).then(
      () => 'done',
      (error: unknown) => (error instanceof TargetError ? error.kind : String(error)),
    );
  return { on, targets, visit, [Symbol.asyncDispose]: () => on[Symbol.asyncDispose]() };
}

function targetsOf({ world, settings }: LeasesWorld): Targets {
  return new Targets(settings, {
    network: { request: () => Promise.reject(new Error('no network in this test')) },
    clock: world.clock,
    random: { bytes: (length) => Buffer.alloc(length) },
  });
}

const never = () => new Promise<never>(() => undefined);

describe('at one target', () => {
  test('so many are at it at once; who waits gets no more time than he has, and the next one goes on', async () => {
    await using world = await open();
    const ends: (() => void)[] = [];
    const first = Array.from({ length: 32 }, () => world.visit(60_000, () => new Promise<void>((end) => ends.push(end))));
    const waiting = world.visit(60_000, async () => undefined);
    expect(await world.visit(20, async () => undefined)).toBe('throttled');
    while (ends.length < 32) await new Promise((resolve) => setImmediate(resolve));
    for (const end of ends) end();
    expect(new Set(await Promise.all([...first, waiting]))).toEqual(new Set(['done']));
  });

  test('that does not answer three times in a row, nobody is let through for a second, and then one', async () => {
    await using world = await open();
    let asked = 0;
    const silent = () => {
      asked += 1;
      throw new TargetError('unreachable', 'connection refused');
    };
    for (let i = 0; i < 10; i++) expect(await world.visit(1000, silent)).toBe('unreachable');
    expect(asked).toBe(3);
    world.on.world.clock.time += 1000;
    await Promise.all(Array.from({ length: 10 }, () => world.visit(1000, silent)));
    expect(asked).toBe(4);
    world.on.world.clock.time += 2000;
    expect(await world.visit(1000, async () => undefined)).toBe('done');
    expect(await world.visit(1000, async () => undefined)).toBe('done');
  });

  test('nothing of another one is waited for', async () => {
    await using world = await open();
    await world.on.addConnection('second');
    for (let i = 0; i < 40; i++) void world.visit(60_000, never);
    const { reader } = world.on.world.storage;
    expect(await world.targets.visit(reader, 'database/second@1', { timeoutMs: 1000 }, async () => 'done')).toBe('done');
  });
});
