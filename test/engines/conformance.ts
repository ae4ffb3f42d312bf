import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { nodeNetwork } from '../../src/foundation/node-network.ts';
import { systemClock, systemRandom } from '../../src/foundation/node-ports.ts';
import type { Secret } from '../../src/foundation/secret.ts';
import {
  type CredentialEngine,
  type CredentialRef,
  type IdentityTokens,
  type LeaseFacts,
  type Target,
  type TargetCall,
  TargetError,
  type TargetErrorKind,
} from '../../src/leases/engines/engine.ts';

export type Output = Readonly<Record<string, string | number | boolean | null | Secret | readonly string[]>>;

/** Somebody who has logged in with a credential, by a client that is not ours. */
export interface OpenSession {
  /** Does what the role allows. Rejects when it can't. */
  use(): Promise<void>;
  close(): Promise<void>;
}

/** A real server with everything that an engine is tested by. */
export interface World {
  /** Settings of a connection whose account has every right. */
  readonly connection: object;
  /** Settings of a role that can do something that {@link logIn}'s session tries. */
  readonly role: object;
  /** What the caller says besides the role, where the engine asks for something. */
  readonly request?: Readonly<Record<string, unknown>>;
  /** What signs for workloads, where the engine asks for that. */
  readonly identityTokens?: IdentityTokens;
  /** Settings with an account that may log in and has no right to issue anything; undefined where there is no such thing. */
  readonly powerless?: object;
  /** Settings with a wrong password; undefined where there is none. */
  readonly wrongPassword?: object;
  /** Settings that lead to a port of the loopback interface where nobody listens. */
  readonly nobody?: object;
  /** Rejects where the credential is not good (any more). */
  logIn(output: Output): Promise<OpenSession>;
  stop(): Promise<void>;
}

export interface Conformance {
  // biome-ignore lint/suspicious/noExplicitAny: every engine has types of its own.
  readonly engine: CredentialEngine<any, any, any, any>;
  start(): Promise<World>;
  /** Milliseconds that the server needs to start. */
  readonly startMs?: number;
  /** Whether the credential ends itself so early that the suite can wait for it. */
  readonly waitsForEnd?: boolean;
}

const on = { network: nodeNetwork, clock: systemClock, random: systemRandom };
const PREFIX = 'ww_conform1_';
const HOUR = 3_600_000;
let made = 0;

/** Facts of a new lease, with a name as the ledger would give it. */
export function newLease(lifetimeMs = HOUR, prefix = PREFIX): LeaseFacts {
  made += 1;
  const own = `${process.pid.toString(36)}${made.toString(36).padStart(4, '0')}`.padEnd(20, '0').slice(0, 20);
  return {
    id: `engine/creds/app/${own}`,
    externalName: prefix + own,
    role: 'app',
    holder: 'test',
    expiresAt: Date.now() + lifetimeMs,
    session: 'session-of-the-test',
  };
}

export const within = (ms: number): TargetCall => ({ signal: AbortSignal.timeout(ms) });

/** What every engine promises, held against a real server. Register in a `describe` of its own. */
export function conformanceSuite({ engine, start, startMs = 60_000, waitsForEnd = false }: Conformance): void {
  let world: World;
  let target: Target;
  const opened: Target[] = [];
  const dependencies = () => (world.identityTokens === undefined ? on : { ...on, identityTokens: world.identityTokens });
  const open = (settings: object): Target => {
    const connection = { ...engine.connection.initial, ...settings };
    engine.connection.check(connection);
    const made = engine.open(connection, dependencies());
    opened.push(made);
    return made;
  };
  beforeAll(async () => {
    world = await start();
    target = open(world.connection);
  }, startMs);
  afterAll(async () => {
    await Promise.all(opened.map((each) => each.close()));
    await world?.stop();
  }, 30_000);

  const role = () => ({ ...engine.role.initial, ...world.role });
  async function ask(lease: LeaseFacts = newLease()): Promise<CredentialRef> {
    return {
      lease,
      role: role(),
      material: await engine.prepare(role(), lease, dependencies(), world.request ?? {}),
      handle: undefined,
    };
  }
  async function issue(lease?: LeaseFacts) {
    const asked = await ask(lease);
    const created = await target.create(asked, within(20_000));
    return { ref: { ...asked, material: undefined, handle: created.handle }, asked, output: created.output as Output };
  }
  const kindOf = async (work: Promise<unknown>): Promise<TargetErrorKind | 'success' | 'other'> =>
    work.then(
      () => 'success' as const,
      (error: unknown) => (error instanceof TargetError ? error.kind : 'other'),
    );
  const usable = async (output: Output) => {
    const session = await world.logIn(output);
    try {
      await session.use();
    } finally {
      await session.close();
    }
  };

  describe('a credential', () => {
    test('can be used as the role says, and no longer once it was revoked; revoking it again succeeds', async () => {
      const { ref, output } = await issue();
      await usable(output);
      await target.revoke(ref, within(20_000));
      if (engine.traits.revocation !== 'expiry-only') {
        await expect(usable(output)).rejects.toThrow();
        expect(await target.probe(ref, within(20_000))).toBeUndefined();
      }
      await target.revoke(ref, within(20_000));
    }, 60_000);

    test('is known by the target until about when it ends', async () => {
      const { ref } = await issue();
      const end = await target.probe(ref, within(20_000));
      if (engine.traits.targetExpires) expect(Math.abs(Number(end) - ref.lease.expiresAt)).toBeLessThanOrEqual(2000);
      else if (engine.traits.revocation !== 'expiry-only') expect(end).toBe('unlimited');
      await target.revoke(ref, within(20_000));
    }, 60_000);

    test('of which nobody knows how far it came can be revoked by its name alone', async () => {
      const { asked, output } = await issue();
      await target.revoke(asked, within(20_000));
      if (engine.traits.revocation !== 'expiry-only') await expect(usable(output)).rejects.toThrow();
      await target.revoke(await ask(), within(20_000));
    }, 60_000);

    test('that was made twice with the same words is one, and good', async () => {
      const asked = await ask();
      await target.create(asked, within(20_000));
      const again = await target.create(asked, within(20_000)).catch((error: unknown) => error);
      if (again instanceof TargetError) expect(again.kind).toBe('refused');
      else await usable((again as { output: Output }).output);
      await target.revoke(asked, within(20_000));
      if (target.list !== undefined) expect(await target.list(asked.lease.externalName, within(20_000))).toEqual([]);
    }, 60_000);

    test.runIf(engine.traits.renewable)(
      'can be renewed, and not once it is gone',
      async () => {
        const { ref, output } = await issue(newLease(60_000));
        const longer = { ...ref, lease: { ...ref.lease, expiresAt: ref.lease.expiresAt + HOUR } };
        const achieved = await target.renew?.(longer, within(20_000));
        expect(Math.abs(Number(achieved) - longer.lease.expiresAt)).toBeLessThanOrEqual(2000);
        await usable(output);
        await target.revoke(longer, within(20_000));
        if (engine.traits.targetExpires)
          expect(await kindOf(target.renew?.(longer, within(20_000)) ?? Promise.resolve())).toBe('refused');
      },
      60_000,
    );

    test.runIf(engine.traits.revocation === 'hard')(
      'takes its open sessions along, within five seconds',
      async () => {
        const { ref, output } = await issue();
        const session = await world.logIn(output);
        await session.use();
        await target.revoke(ref, within(20_000));
        await pause(200);
        const end = Date.now() + 5000;
        let alive = true;
        while (alive && Date.now() < end) {
          alive = await session.use().then(
            () => true,
            () => false,
          );
          if (alive) await pause(100);
        }
        expect(alive).toBe(false);
        await session.close().catch(() => undefined);
      },
      60_000,
    );

    test.runIf(waitsForEnd)(
      'ends at its time even when nobody revokes it',
      async () => {
        const { ref, output } = await issue(newLease(3000));
        await usable(output);
        await pause(5000);
        await expect(usable(output)).rejects.toThrow();
        await target.revoke(ref, within(20_000));
      },
      60_000,
    );

    test('is listed by its prefix, and nothing else is', async () => {
      if (target.list === undefined) return;
      const [mine, other] = [await issue(), await issue(newLease(HOUR, 'ww_conform2_'))];
      expect(await target.list(PREFIX, within(20_000))).toContain(mine.ref.lease.externalName);
      expect(await target.list(PREFIX, within(20_000))).not.toContain(other.ref.lease.externalName);
      await Promise.all([mine, other].map(({ ref }) => target.revoke(ref, within(20_000))));
      expect(await target.list(PREFIX, within(20_000))).not.toContain(mine.ref.lease.externalName);
    }, 60_000);
  });

  describe('the configured account', () => {
    test('with every right lacks none', async () => {
      expect(await target.check([role()], within(20_000))).toEqual([]);
    }, 60_000);

    test('without rights is told which, and issues nothing', async () => {
      if (world.powerless === undefined) return;
      const powerless = open(world.powerless);
      expect(await powerless.check([role()], within(20_000))).not.toEqual([]);
      const asked = await ask();
      expect(await kindOf(powerless.create(asked, within(20_000)))).toBe('refused');
      expect(await target.probe(asked, within(20_000))).toBeUndefined();
    }, 60_000);

    test('with a wrong password is refused', async () => {
      if (world.wrongPassword === undefined) return;
      const wrong = open(world.wrongPassword);
      expect(await kindOf(wrong.check([], within(20_000)))).toBe('refused');
      expect(await kindOf(wrong.create(await ask(), within(20_000)))).toBe('refused');
    }, 60_000);
  });

  describe('a target', () => {
    test('that is down is told from one that refuses', async () => {
      if (world.nobody === undefined) return;
      const down = open(world.nobody);
      const asked = await ask();
      const calls = [down.check([], within(10_000)), down.create(asked, within(10_000))];
      // Where nothing can be taken back, nobody is asked to.
      if (engine.traits.revocation !== 'expiry-only') calls.push(down.revoke(asked, within(10_000)) as Promise<never>);
      const kinds = await Promise.all(calls.map(kindOf));
      expect(new Set(kinds)).toEqual(new Set(['unreachable']));
    }, 60_000);

    test('whose errors hold no credential', async () => {
      for (const settings of [world.powerless, world.wrongPassword, world.nobody]) {
        if (settings === undefined) continue;
        const asked = await ask();
        const error = await open(settings)
          .create(asked, within(10_000))
          .then(
            () => undefined,
            (thrown: unknown) => thrown as Error,
          );
        expect(error).toBeInstanceOf(TargetError);
        const secrets = [...secretsIn(asked.material), ...secretsIn(settings)];
        for (const secret of secrets) expect(`${error?.message} ${error?.stack}`).not.toContain(secret);
      }
    }, 60_000);
  });
}

/** The texts of every Secret in a value. */
function secretsIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  if ('text' in value && typeof value.text === 'string') return value.text === '' ? [] : [value.text];
  return Object.values(value).flatMap(secretsIn);
}
