import { describe, expect, test } from 'vitest';
import { Secret } from '../foundation/secret.ts';
import { type CredentialRef, type Target, type TargetCall, TargetError } from './engines/engine.ts';
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

describe('while the password of the configured account is being changed', () => {
  const ref = (): CredentialRef => ({
    lease: { id: 'l', externalName: 'ww_x', role: 'r', holder: 'h', expiresAt: 1 },
    role: { grant: 'SELECT' },
    material: { password: Secret.fromText('made') },
    handle: undefined,
  });
  /** The next password is written down; the server knows `there`. */
  async function change(there: string, pending = 'next') {
    const world = await open();
    const { settings, server, world: door } = world.on;
    const put = (record: object) =>
      door.storage.write(async (tx) => {
        const now = await settings.target(tx, 'database/db@1');
        if (now !== undefined) await settings.putTarget(tx, 'database/db@1', { ...now, ...record });
      });
    await put({ pendingPassword: Secret.fromText(pending) });
    const account = server.accounts.get('admin');
    const setPassword = (password: string) => {
      if (account !== undefined) account.password = password;
    };
    setPassword(there);
    const tried: Target[] = [];
    const visit = <Result>(work: (target: Target, call: TargetCall) => Promise<Result>) =>
      world.targets.visit(door.storage.reader, 'database/db@1', { timeoutMs: 5000 }, (target, call) => {
        tried.push(target);
        return work(target, call);
      });
    const create = (target: Target, call: TargetCall) => target.create(ref(), call);
    return { ...world, server, put, setPassword, visit, create, tried };
  }

  test.for(['admin', 'next'])('whichever of the two the target takes lets us in: %s', async (there) => {
    await using world = await change(there);
    expect((await world.visit(world.create)).output).toMatchObject({ username: 'ww_x' });
    // Nobody asks with the one that is not taken again.
    const before = world.server.calls.length;
    await world.visit(world.create);
    expect(world.server.calls.length - before).toBe(1);
  });

  test('a password that was written down as the one while we were asking is tried as well', async () => {
    await using world = await change('admin');
    let rounds = 0;
    const { settings } = world.on;
    world.server.before = async () => {
      if (rounds++ > 0) return;
      world.setPassword('next');
      const record = await settings.target(world.on.world.storage.reader, 'database/db@1');
      await world.put({ settings: { ...record?.settings, password: Secret.fromText('next') }, pendingPassword: undefined });
    };
    expect((await world.visit(world.create)).output).toMatchObject({ username: 'ww_x' });
    expect(rounds).toBe(2);
  });

  test('connections go on being used, and are closed once they are of no use and nobody uses them', async () => {
    await using world = await change('admin');
    const closed: Target[] = [];
    const watched = async (target: Target) => {
      target.close = async () => void closed.push(target);
    };
    await world.visit(watched);
    await world.put({ pendingPassword: Secret.fromText('another') });
    await world.visit(watched);
    const [first, ...more] = new Set(world.tried);
    expect(more).toEqual([]);
    let end: () => void = () => undefined;
    const slow = world.visit(() => new Promise<void>((done) => (end = done)));
    while (world.tried.length < 3) await new Promise((resolve) => setImmediate(resolve));
    await world.put({ settings: { host: 'elsewhere', username: 'admin', password: null }, pendingPassword: undefined });
    await world.visit(watched);
    expect(closed).toEqual([]);
    end();
    await slow;
    expect(closed).toEqual([first]);
    let last: () => void = () => undefined;
    const still = world.visit((target) => new Promise<void>((done) => void watched(target).then(() => (last = done))));
    while (world.tried.length < 5) await new Promise((resolve) => setImmediate(resolve));
    await world.targets.forget('database/db@1');
    expect(closed).toEqual([first]);
    last();
    await still;
    expect(new Set(closed)).toEqual(new Set(world.tried));
  });

  test('a refusal for another reason is told, whichever password is tried first, and each is tried once', async () => {
    await using world = await change('next');
    const said: string[] = [];
    const refuse = async (target: Target, call: TargetCall) => {
      await target.create(ref(), call);
      throw new TargetError('refused', 'permission denied');
    };
    for (const password of ['next', 'admin']) {
      world.setPassword(password);
      await world.visit(refuse).catch((error: Error) => said.push(error.message));
    }
    expect(said).toEqual(['permission denied', 'permission denied']);
    expect(world.tried).toHaveLength(4);
    world.setPassword('neither');
    await expect(world.visit(refuse)).rejects.toMatchObject({ lockedOut: true, kind: 'refused' });
    expect(world.tried).toHaveLength(6);
  });

  test('what may have been done is never told as nothing, and silence is asked no second time', async () => {
    await using world = await change('neither');
    const half = async (target: Target, call: TargetCall) => {
      await target.create(ref(), call).catch((cause: unknown) => {
        throw new TargetError(world.tried.length === 1 ? 'unknown-outcome' : 'refused', 'half of it', { cause });
      });
    };
    await expect(world.visit(half)).rejects.toMatchObject({ kind: 'unknown-outcome' });
    expect(world.tried).toHaveLength(2);
    for (const kind of ['unreachable', 'throttled', 'unknown-outcome'] as const) {
      const before = world.tried.length;
      await expect(world.visit(() => Promise.reject(new TargetError(kind, 'no')))).rejects.toMatchObject({ kind });
      expect(world.tried.length - before).toBe(1);
    }
  });

  test('who has no time left tries no other, and a target that refuses is not taken to be silent', async () => {
    await using world = await change('next');
    const reader = world.on.world.storage.reader;
    let asked = 0;
    const late = world.targets.visit(reader, 'database/db@1', { timeoutMs: 20 }, async (_target, { signal }) => {
      asked += 1;
      await new Promise((over) => signal.addEventListener('abort', over));
      throw new TargetError('refused', 'too late');
    });
    await expect(late).rejects.toMatchObject({ message: 'too late' });
    expect(asked).toBe(1);
    world.setPassword('neither');
    for (let i = 0; i < 5; i++) await expect(world.visit(world.create)).rejects.toMatchObject({ kind: 'refused' });
    expect(world.targets.restOf('database/db@1')).toBe(0);
  });
});
