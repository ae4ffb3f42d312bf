import { describe, expect, test } from 'vitest';
import { WatchwordError } from '../foundation/errors.ts';
import { Secret } from '../foundation/secret.ts';
import { TargetError } from './engines/engine.ts';
import { codeOf, openLeasesWorld } from './testing/leases-world.ts';

const HOUR = 3_600_000;

describe('a credential', () => {
  test('is written down before its target hears of it, and given once it works', async () => {
    await using on = await openLeasesWorld();
    const seen: string[] = [];
    on.server.before = (method) => {
      if (method === 'create') seen.push(...Object.values(on.ledger()), ...on.world.audit.story().slice(-1));
    };
    const { leaseId, ttl, renewable, revocation, output } = await on.issue();
    expect(seen).toEqual(['creating', 'intent/pending']);
    expect(leaseId).toMatch(/^database\/creds\/reader\/\w{24}$/);
    expect({ ttl, renewable, revocation }).toEqual({ ttl: 3600, renewable: true, revocation: 'hard' });
    expect(output['username']).toMatch(/^ww_[a-z2-7]{8}_[a-z2-7]{20}$/);
    expect(on.server.accounts.get(String(output['username']))?.password).toBe((output['password'] as Secret).text);
    expect(on.ledger()).toEqual({ [leaseId]: 'active' });
  });

  test('stands in no event, and in no column of the ledger in clear', async () => {
    await using on = await openLeasesWorld();
    const { output, leaseId } = await on.issue();
    const password = (output['password'] as Secret).text;
    const rows = on.world.look('SELECT * FROM lease').map((row) => Buffer.from(row['sealed'] as Uint8Array).toString('latin1'));
    expect(rows).toHaveLength(1);
    expect(JSON.stringify(on.world.audit.records) + rows.join()).not.toContain(password);
    expect(on.world.audit.records.at(-1)?.facts).toMatchObject({ leaseId, externalName: output['username'] });
  });

  test('is not given for longer than the role says, but for shorter', async () => {
    await using on = await openLeasesWorld();
    expect((await on.issue({ ttl: 60 })).ttl).toBe(60);
    expect((await on.issue({ ttl: 999_999 })).ttl).toBe(3600);
  });

  test('for less time than was asked for says so', async () => {
    await using on = await openLeasesWorld();
    const warningsOf = async (ttl: number) =>
      (await on.perform('credentials.issue', { at: 'creds', role: 'reader', ttl })).warnings;
    expect(await warningsOf(999_999)).toEqual([expect.stringMatching(/^ttl: 999999 seconds are more .* cut to 3600$/)]);
    expect(await warningsOf(60)).toEqual([]);
  });

  test.each([
    ['idempotencyKey', { idempotencyKey: '' }, 'must not be empty'],
    ['ttl', { ttl: -1 }, 'must not be negative'],
  ])('is refused in plain words for a wrong %s', async (where, wrong, why) => {
    await using on = await openLeasesWorld();
    await expect(on.issue(wrong)).rejects.toMatchObject({ code: 'request.invalid', message: `${where}: ${why}` });
  });

  test.each([
    ['read', 'read', true],
    ['read', 'update', false],
    ['read', 'either', true],
    ['update', 'read', false],
    ['update', 'update', true],
    ['update', 'either', true],
    ['create", "update', 'either', true],
    ['list', 'either', false],
    ['deny", "read", "update', 'either', false],
  ] as const)('for whom %s is granted and who asks by %s: %s', async (granted, by, given) => {
    await using on = await openLeasesWorld();
    await on.world.setPolicy('some', `path "database/creds/reader" { capabilities = ["${granted}"] }`);
    await on.world.issue('job', { policies: ['some'] });
    const issued = await on.issue({ by }, 'job').then(
      () => 'given',
      (error: unknown) => (error as WatchwordError).code,
    );
    expect(issued).toBe(given ? 'given' : 'access.denied');
  });

  test('is issued by no role that is not there, and none that the connection does not allow', async () => {
    await using on = await openLeasesWorld();
    await expect(on.issue({ role: 'absent' })).rejects.toMatchObject({
      code: 'engine.missing',
      message: 'there is no role absent at database/: `watchword list database/roles` lists those that there are',
    });
    await on.perform('engine.connections.write', { name: 'db', allowedRoles: ['writ*r'], settings: {} });
    expect(await codeOf(on.issue())).toBe('access.denied');
    expect(on.server.calls.filter((call) => call.startsWith('create'))).toEqual([]);
  });

  test('needs the right to read its path', async () => {
    await using on = await openLeasesWorld();
    await on.world.setPolicy('reader', 'path "database/creds/reader" { capabilities = ["read"] }');
    await on.world.issue('job', { policies: ['reader'] });
    await on.world.issue('stranger', { policies: ['none'] });
    expect((await on.issue({}, 'job')).leaseId).toMatch(/^database/);
    expect(await codeOf(on.issue({}, 'stranger'))).toBe('access.denied');
  });

  test('is refused to a token whose last use this is: it would end with it', async () => {
    await using on = await openLeasesWorld();
    await on.world.issue('once', { policies: ['root'], uses: 1 });
    expect(await codeOf(on.issue({}, 'once'))).toBe('lease.invalid');
    expect(on.server.accounts.size).toBe(1);
  });
});

describe('a target that refuses', () => {
  test('leaves nothing behind, and its reason reaches the caller', async () => {
    await using on = await openLeasesWorld();
    on.server.before = (method) => {
      if (method === 'create') throw new TargetError('refused', 'permission denied to create role');
    };
    const error = await on.issue().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(WatchwordError);
    expect(error).toMatchObject({ code: 'engine.refused', message: expect.stringContaining('permission denied to create role') });
    on.server.up();
    await on.pass(0);
    expect(on.ledger()).toEqual({});
  });

  test('uses up no more than one use of the token', async () => {
    await using on = await openLeasesWorld();
    await on.world.issue('twice', { policies: ['root'], uses: 2 });
    on.server.down();
    expect(await codeOf(on.issue({}, 'twice'))).toBe('engine.unreachable');
    expect(await on.world.authenticator.usesLeft(on.world.storage.reader, 'twice')).toBe(1);
  });
});

describe('when nobody knows whether it was made', () => {
  test('it is not given, and whatever arrives at the target later is taken back as well', async () => {
    await using on = await openLeasesWorld();
    let late: (() => void) | undefined;
    on.server.before = (method, name) => {
      if (method !== 'create') return;
      late = () => on.server.accounts.set(name, { password: 'late', expiresAt: 'unlimited' });
      throw new TargetError('unknown-outcome', 'the connection broke');
    };
    expect(await codeOf(on.issue())).toBe('engine.unreachable');
    expect(Object.values(on.ledger())).toEqual(['doubtful']);
    await on.pass(1000);
    late?.();
    await on.pass(10_000);
    expect(on.server.accounts.size).toBe(2);
    await on.pass(30_000);
    expect([...on.server.accounts.keys()]).toEqual(['admin']);
    expect(on.ledger()).toEqual({});
  });

  test('the process may die in the middle: the next one takes it back', async () => {
    await using on = await openLeasesWorld();
    const died = new Promise<never>(() => undefined);
    on.server.after = (method) => (method === 'create' ? died : undefined);
    void on.issue();
    while (on.server.accounts.size < 2) await new Promise((resolve) => setImmediate(resolve));
    on.server.up();
    await on.restart();
    await on.pass(0);
    await on.pass(31_000);
    expect([...on.server.accounts.keys()]).toEqual(['admin']);
    expect(on.ledger()).toEqual({});
  });

  test('an answer that comes after the deadline is not given', async () => {
    await using on = await openLeasesWorld();
    on.server.after = async (method) => {
      if (method === 'create') await on.pass(21_000);
    };
    expect(await codeOf(on.issue())).toBe('lease.invalid');
    on.server.up();
    await on.pass(40_000);
    expect([...on.server.accounts.keys()]).toEqual(['admin']);
  });
});

describe('an idempotency key', () => {
  const again = { idempotencyKey: 'job-1' };

  test('gives the same session the same credential', async () => {
    await using on = await openLeasesWorld();
    const first = await on.issue(again);
    const second = await on.issue(again);
    expect(second.leaseId).toBe(first.leaseId);
    expect((second.output['password'] as Secret).text).toBe((first.output['password'] as Secret).text);
    expect(on.server.accounts.size).toBe(2);
  });

  test('is nobody else’s, and of one path', async () => {
    await using on = await openLeasesWorld();
    await on.world.issue('other', { policies: ['root'] });
    await on.addConnection('second');
    const ids = [await on.issue(again), await on.issue(again, 'other'), await on.issue({ ...again, role: 'second' })];
    expect(new Set(ids.map(({ leaseId }) => leaseId)).size).toBe(3);
  });

  test('asks to wait while the first answer is not there, and gives a second credential only once the first is over', async () => {
    await using on = await openLeasesWorld();
    let go = () => {};
    const waiting = new Promise<void>((resolve) => {
      go = resolve;
    });
    on.server.after = (method) => (method === 'create' ? waiting : undefined);
    const first = on.issue(again);
    while (on.server.accounts.size < 2) await new Promise((resolve) => setImmediate(resolve));
    expect(await codeOf(on.issue(again))).toBe('request.limited');
    go();
    const { leaseId } = await first;
    await on.pass(HOUR / 10 + 1);
    const later = await on.issue(again);
    expect(later.leaseId).not.toBe(leaseId);
    await on.pass(0);
    expect(on.ledger()).toEqual({ [later.leaseId]: 'active' });
  });

  test('gives the same after a renewal, for as long as it would have', async () => {
    await using on = await openLeasesWorld();
    const { leaseId } = await on.issue(again);
    await on.perform('leases.renew', { id: leaseId });
    expect((await on.issue(again)).leaseId).toBe(leaseId);
    await on.pass(HOUR / 10 + 1);
    expect((await on.issue(again)).leaseId).not.toBe(leaseId);
  });

  test('stands for one request: whoever asks for something else with it is refused, and what it stands for goes on', async () => {
    await using on = await openLeasesWorld();
    const request = { purpose: 'training', tags: { b: ['2', '1'], a: '0' } };
    const first = await on.issue({ ...again, ttl: 600, request });
    const same = await on.issue({ ...again, ttl: 600, request: { tags: { a: '0', b: ['2', '1'] }, purpose: 'training' } });
    expect(same.leaseId).toBe(first.leaseId);
    const others = [
      { ttl: 601, request },
      { request },
      { ttl: 600 },
      { ttl: 600, request: { ...request, purpose: 'serving' } },
      { ttl: 600, request: { ...request, tags: { b: ['1', '2'], a: '0' } } },
    ];
    for (const other of others) expect(await codeOf(on.issue({ ...again, ...other }))).toBe('request.key-reused');
    await on.pass(61_000);
    expect(await codeOf(on.issue({ ...again, ttl: 601, request }))).toBe('request.key-reused');
    expect(on.ledger()).toEqual({ [first.leaseId]: 'active' });
    await on.pass(600_000);
    expect(await codeOf(on.issue({ ...again, ttl: 601, request }))).toBe('answered');
  });

  test('that came with a secret stands for that secret, which is told to nobody', async () => {
    await using on = await openLeasesWorld();
    const ask = (purpose: string) => on.issue({ ...again, request: { purpose: Secret.fromText(purpose) } });
    const { leaseId } = await ask('first-canary');
    expect((await ask('first-canary')).leaseId).toBe(leaseId);
    const refused = await ask('second-canary').catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: 'request.key-reused' });
    expect(String(refused) + JSON.stringify(on.world.audit.records)).not.toContain('canary');
  });

  test('gives nothing of a credential that was revoked', async () => {
    await using on = await openLeasesWorld();
    const first = await on.issue(again);
    await on.perform('leases.revoke', { id: first.leaseId });
    await on.pass(0);
    expect((await on.issue(again)).leaseId).not.toBe(first.leaseId);
  });
});

describe('limits', () => {
  test('say how many leases a role may have at once, and how many of them one workload', async () => {
    await using on = await openLeasesWorld();
    await on.world.issue('other', { policies: ['root'] });
    await on.perform('engine.roles.write', { name: 'reader', maxLeases: 3, maxLeasesPerWorkload: 2, settings: {} });
    const { leaseId } = await on.issue();
    await on.issue();
    expect(await codeOf(on.issue())).toBe('lease.limited');
    await on.issue({}, 'other');
    expect(await codeOf(on.issue({}, 'other'))).toBe('lease.limited');
    await on.perform('leases.revoke', { id: leaseId });
    await on.pass(0);
    expect(await codeOf(on.issue({}, 'other'))).toBe('answered');
    expect(on.server.accounts.size).toBe(4);
  });
});
