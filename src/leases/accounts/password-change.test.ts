import { describe, expect, test } from 'vitest';
import { Secret } from '../../foundation/secret.ts';
import { TargetError } from '../engines/engine.ts';
import { codeOf, type LeasesWorld, openLeasesWorld } from '../testing/leases-world.ts';

const DAY = 86_400_000;

/** A world with the account `app` at the server, of which somebody else has made the password. */
async function open(): Promise<LeasesWorld> {
  const on = await openLeasesWorld();
  on.server.accounts.set('app', { password: 'theirs', expiresAt: 'unlimited' });
  return on;
}

const role = { name: 'app', connection: 'db', username: 'app', rotationPeriod: 86_400 };
const passwordOf = (on: LeasesWorld, name = 'app') => on.server.accounts.get(name)?.password;
const read = async (on: LeasesWorld) => {
  const { output } = await on.perform('engine.static-roles.credential', { name: 'app' });
  return output?.password.text;
};
const failing = (on: LeasesWorld, when: 'before' | 'after', kind: 'unreachable' | 'refused' | 'unknown-outcome') => {
  on.server[when] = (method) => {
    if (method === 'setPassword') throw new TargetError(kind, 'for this test');
  };
};
const sealedText = (on: LeasesWorld) =>
  on.world.look('SELECT sealed FROM auth_record').map((row) => Buffer.from(row['sealed'] as Uint8Array).toString('latin1'));

describe('a static role', () => {
  test('has its password changed at once, so that only we know it, and again when its time is over', async () => {
    await using on = await open();
    await on.perform('engine.static-roles.write', role);
    const first = await read(on);
    expect(first).toMatch(/^[A-Za-z0-9]{24}$/);
    expect(passwordOf(on)).toBe(first);
    await on.pass(DAY - 1);
    expect(await read(on)).toBe(first);
    await on.pass(1);
    expect(await read(on)).not.toBe(first);
    expect(passwordOf(on)).toBe(await read(on));
    expect(JSON.stringify(on.world.audit.records) + sealedText(on).join()).not.toContain(first);
  });

  test('is read again and again, though whoever answers zeroes what it has told', async () => {
    await using on = await open();
    await on.perform('engine.static-roles.write', role);
    for (let time = 0; time < 3; time++) {
      const { output } = await on.perform('engine.static-roles.credential', { name: 'app' });
      expect(output?.password.text).toBe(passwordOf(on));
      output?.password.dispose();
    }
  });

  test('is changed when somebody asks for it, and forgotten when told to', async () => {
    await using on = await open();
    await on.perform('engine.static-roles.write', role);
    const first = await read(on);
    await on.perform('engine.static-roles.rotate', { name: 'app' });
    expect(await read(on)).not.toBe(first);
    await on.perform('engine.static-roles.write', { name: 'app', rotationPeriod: 3600 });
    await on.pass(3_600_000);
    expect(passwordOf(on)).toBe(await read(on));
    await on.perform('engine.static-roles.delete', { name: 'app' });
    await on.pass(2 * DAY);
    expect((await on.perform('engine.static-roles.credential', { name: 'app' })).output).toBeNull();
    expect(on.world.look('SELECT * FROM password_change')).toEqual([]);
  });

  test.for([
    [{ name: 'two', connection: 'db', username: 'app' }, 'of another static role'],
    [{ name: 'two', connection: 'db', username: 'admin' }, 'the connection’s own'],
    [{ name: 'two', connection: 'absent', username: 'other' }, 'a connection that is not there'],
    [{ name: 'two', connection: 'db', username: 'other', rotationPeriod: 4 }, 'too often'],
    [{ name: 'app', username: 'other' }, 'another account'],
    [{ name: 'two', connection: 'db' }, 'nobody’s account'],
  ] as const)('is refused: %j', async ([input]) => {
    await using on = await open();
    await on.perform('engine.static-roles.write', role);
    const code = 'connection' in input && input.connection === 'absent' ? 'engine.missing' : 'engine.invalid';
    expect(await codeOf(on.perform('engine.static-roles.write', input))).toBe(code);
    expect((await on.perform('engine.static-roles.list', {})).output).toEqual({ keys: ['app'] });
  });

  test.for(['unreachable', 'refused'] as const)('is not made where the target is %s', async (kind) => {
    await using on = await open();
    failing(on, 'before', kind);
    expect(await codeOf(on.perform('engine.static-roles.write', role))).toBe(`engine.${kind}`);
    expect((await on.perform('engine.static-roles.list', {})).output).toBeNull();
    expect(passwordOf(on)).toBe('theirs');
    expect(on.world.look('SELECT * FROM password_change')).toEqual([]);
  });

  test('keeps the password that works where the target could not be changed', async () => {
    await using on = await open();
    await on.perform('engine.static-roles.write', role);
    const first = await read(on);
    failing(on, 'before', 'unreachable');
    await on.pass(DAY);
    expect(await read(on)).toBe(first);
    on.server.up();
    await on.pass(30_000);
    expect(await read(on)).not.toBe(first);
    expect(passwordOf(on)).toBe(await read(on));
  });

  test.for(['before', 'after'] as const)('loses no password where nobody knows the outcome (%s the work)', async (when) => {
    await using on = await open();
    await on.perform('engine.static-roles.write', role);
    failing(on, when, 'unknown-outcome');
    expect(await codeOf(on.perform('engine.static-roles.rotate', { name: 'app' }))).toBe('engine.unreachable');
    expect(await codeOf(read(on))).toBe('engine.unreachable');
    on.server.up();
    await on.pass(2000);
    expect(passwordOf(on)).toBe(await read(on));
  });
});

describe('the configured account', () => {
  const rotate = (on: LeasesWorld) => on.perform('engine.connections.rotate', { name: 'db' });

  test('gets a password that nobody else knows, and goes on issuing and taking back', async () => {
    await using on = await open();
    const { leaseId } = await on.issue();
    await rotate(on);
    expect(passwordOf(on, 'admin')).toMatch(/^[A-Za-z0-9]{24}$/);
    await on.issue();
    await on.perform('leases.revoke', { id: leaseId, wait: true });
    expect(Object.values(on.ledger())).toEqual(['active']);
    expect(on.world.look('SELECT * FROM password_change')).toEqual([]);
  });

  test.for(['before', 'after'] as const)(
    'is not locked out where the process dies %s the target has changed it',
    async (when) => {
      await using on = await open();
      await on.issue();
      const died = new Promise<never>(() => undefined);
      let there = false;
      on.server[when] = (method) => {
        if (method !== 'setPassword') return undefined;
        there = true;
        return died;
      };
      void rotate(on);
      while (!there) await new Promise((resolve) => setImmediate(resolve));
      on.server.up();
      await on.restart();
      await on.pass(0);
      expect(await codeOf(on.issue())).toBe('answered');
      expect(passwordOf(on, 'admin')).toMatch(/^[A-Za-z0-9]{24}$/);
    },
  );

  test('lets everybody in who asks between the target’s change and ours', async () => {
    await using on = await open();
    const { leaseId } = await on.issue();
    const asked = Promise.withResolvers<void>();
    const go = Promise.withResolvers<void>();
    on.server.after = async (method) => {
      if (method !== 'setPassword') return;
      asked.resolve();
      await go.promise;
    };
    const rotating = rotate(on);
    await asked.promise;
    const said = [
      await codeOf(on.issue()),
      await codeOf(on.perform('leases.renew', { id: leaseId })),
      await codeOf(on.perform('leases.revoke', { id: leaseId, wait: true })),
    ];
    expect(said).toEqual(['answered', 'answered', 'answered']);
    go.resolve();
    await rotating;
    expect(await codeOf(on.issue())).toBe('answered');
    expect(Object.values(on.ledger())).toEqual(['active', 'active']);
  });

  test('lets us in after a crash, before the change is brought to its end', async () => {
    await using on = await open();
    failing(on, 'after', 'unknown-outcome');
    await rotate(on).catch(() => undefined);
    on.server.up();
    await on.restart();
    expect(await codeOf(on.issue())).toBe('answered');
    expect(on.world.look('SELECT * FROM password_change')).toHaveLength(1);
    await on.pass(2000);
    expect(on.world.look('SELECT * FROM password_change')).toEqual([]);
    expect(await codeOf(on.issue())).toBe('answered');
  });

  test('is left as it was where the target refuses', async () => {
    await using on = await open();
    failing(on, 'before', 'refused');
    expect(await codeOf(rotate(on))).toBe('engine.refused');
    on.server.up();
    await on.pass(60_000);
    expect(passwordOf(on, 'admin')).toBe('admin');
    expect(await codeOf(on.issue())).toBe('answered');
  });

  test('is not taken with the line break that an editor puts at the end of a file', async () => {
    await using on = await open();
    for (const end of ['\n', '\r\n']) {
      const write = { name: 'db', settings: { password: Secret.fromText(`admin${end}`) } };
      await expect(on.perform('engine.connections.write', write)).rejects.toThrow(/password: ends with a line break/);
    }
    expect(await codeOf(on.issue())).toBe('answered');
  });

  test('cannot be written over while it is being changed', async () => {
    await using on = await open();
    failing(on, 'after', 'unknown-outcome');
    await rotate(on).catch(() => undefined);
    const write = { name: 'db', settings: { password: Secret.fromText('admin') } };
    expect(await codeOf(on.perform('engine.connections.write', write))).toBe('engine.unreachable');
    on.server.up();
    await on.pass(2000);
    expect(await codeOf(on.issue())).toBe('answered');
  });
});
