import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Secret } from '../foundation/secret.ts';
import type { IssuedToken, TokenRequest } from './contract.ts';
import { NOW, openTestIdentity, SECOND, type TestIdentity } from './testing/identity.ts';

let on: TestIdentity;
beforeEach(async () => {
  on = await openTestIdentity();
});
afterEach(() => on[Symbol.asyncDispose]());

type Made = IssuedToken & { readonly token: Secret };
async function create(request: TokenRequest = {}, caller = on.root): Promise<Made> {
  const { output } = await on.perform(caller, 'token.create', request);
  return output as Made;
}

describe('the root token', () => {
  it('opens a session that may do everything and never ends', async () => {
    const session = await on.authenticate(on.root);
    expect(session).toMatchObject({ root: true, usesLeft: 0, expiresAt: undefined });
    expect(session.principal).toMatchObject({ method: 'token', displayName: 'root', policies: ['root'] });
    expect(session.principal.id).toBe(session.principal.session);
    on.clock.now += 100 * 365 * 86_400 * SECOND;
    expect(await on.lives(on.root)).toBe(true);
  });

  it('is told of while one lives', async () => {
    const { reader } = on.storage;
    expect(await on.identity.authenticator.rootTokenLives(reader)).toBe(true);
    const other = await create({ ttl: 60 });
    await on.perform(other.token, 'token.revoke-self', {});
    expect(await on.identity.authenticator.rootTokenLives(reader)).toBe(true);
    await on.perform(on.root, 'token.revoke-self', {});
    expect(await on.identity.authenticator.rootTokenLives(reader)).toBe(false);
  });
});

describe('authentication', () => {
  it('refuses the unknown, the malformed, the expired and the revoked with one and the same error', async () => {
    const expired = await create({ policies: ['a'], ttl: 1 });
    const revoked = await create({ policies: ['a'] });
    await on.perform(on.root, 'token.revoke', { token: revoked.token });
    on.clock.now += 2 * SECOND;
    const changed = Buffer.from(on.root.bytes);
    changed[10] = changed[10] === 65 ? 66 : 65;
    const refused = [
      expired.token,
      revoked.token,
      Secret.own(changed),
      Secret.fromText('x'),
      Secret.fromText(''),
      Secret.fromText('y'.repeat(9999)),
    ];
    const errors = await Promise.all(
      refused.map((token) => on.authenticate(token).catch((error) => `${error.code} ${error.message}`)),
    );
    expect(new Set(errors)).toEqual(new Set(['access.token-invalid The token is unknown, expired or revoked.']));
  });

  it('gives the same session object while nothing changed, and another once it did', async () => {
    const made = await create({ policies: ['a'], ttl: 60 });
    const first = await on.authenticate(made.token);
    expect(await on.authenticate(made.token)).toBe(first);
    await on.perform(made.token, 'token.renew-self', { increment: 120 });
    expect((await on.authenticate(made.token)).expiresAt).toBe(NOW + 120 * SECOND);
  });

  it('ends exactly when the time is over', async () => {
    const made = await create({ policies: ['a'], ttl: 5 });
    on.clock.now = NOW + 5 * SECOND - 1;
    expect(await on.lives(made.token)).toBe(true);
    on.clock.now = NOW + 5 * SECOND;
    expect(await on.lives(made.token)).toBe(false);
  });

  it('inspects a token of somebody else, by itself or by its accessor', async () => {
    const made = await create({ policies: ['a'] });
    const { reader } = on.storage;
    const session = await on.identity.authenticator.inspect(made.token, reader);
    expect(await on.identity.authenticator.inspectAccessor(made.accessor, reader)).toEqual(session);
    await expect(on.identity.authenticator.inspectAccessor('nobody', reader)).rejects.toMatchObject({
      code: 'access.token-invalid',
    });
  });
});

describe('a token', () => {
  it('can be made, looked up and revoked', async () => {
    const made = await create({ policies: ['b', 'A', 'b'], displayName: 'my job!', metadata: { team: 'vision' }, ttl: 3600 });
    expect(made).toMatchObject({ policies: ['a', 'b', 'default'], ttl: 3600, renewable: true, orphan: false, usesLeft: 0 });
    const { output } = await on.perform(on.root, 'token.lookup', { token: made.token });
    expect(output).toMatchObject({
      accessor: made.accessor,
      displayName: 'token-my-job',
      path: 'auth/token/create',
      ttl: 3600,
      creationTtl: 3600,
      createdAt: NOW,
      expiresAt: NOW + 3600 * SECOND,
      orphan: false,
      metadata: { team: 'vision' },
    });
    expect(output.id?.bytes.equals(made.token.bytes)).toBe(true);
    const byAccessor = await on.perform(on.root, 'token.lookup-accessor', { accessor: made.accessor });
    expect(byAccessor.output).toEqual({ ...output, id: undefined });
    const own = await on.perform(made.token, 'token.lookup-self', {});
    expect(own.output).toEqual(output);
    await on.perform(on.root, 'token.revoke', { token: made.token });
    await expect(on.perform(on.root, 'token.lookup', { token: made.token })).rejects.toMatchObject({
      code: 'access.token-invalid',
    });
    await expect(on.perform(on.root, 'token.lookup-accessor', { accessor: made.accessor })).rejects.toMatchObject({
      code: 'token.invalid',
    });
    expect(on.ended()).toEqual([made.accessor]);
  });

  it('can be revoked twice; an unknown accessor only earns a warning', async () => {
    const made = await create({ policies: ['a'] });
    await on.perform(on.root, 'token.revoke', { token: made.token });
    await on.perform(on.root, 'token.revoke', { token: made.token });
    const { warnings } = await on.perform(on.root, 'token.revoke-accessor', { accessor: made.accessor });
    expect(warnings).toEqual(['No token found with this accessor']);
    await expect(on.perform(on.root, 'token.revoke-orphan', { token: made.token })).rejects.toMatchObject({
      code: 'token.invalid',
    });
  });

  it('takes its children with it, whatever their depth', async () => {
    let parent = await create({ policies: ['a'] });
    const line = [parent];
    for (let depth = 0; depth < 60; depth++) {
      parent = await create({}, parent.token);
      line.push(parent);
    }
    expect(await on.lives(parent.token)).toBe(true);
    await on.perform(on.root, 'token.revoke-accessor', { accessor: line[0]?.accessor ?? '' });
    for (const { token } of line) expect(await on.lives(token)).toBe(false);
    expect(on.ended()).toEqual(line.map(({ accessor }) => accessor).sort());
    expect(on.attack('select 1 from token')).toHaveLength(1);
  });

  it('has a bounded number of generations above it', async () => {
    let parent = await create({ policies: ['a'] });
    for (let depth = 1; depth < 256; depth++) parent = await create({}, parent.token);
    await expect(create({}, parent.token)).rejects.toMatchObject({ code: 'token.invalid' });
  });

  it('with many children takes them all', async () => {
    const parent = await create({ policies: ['a'] });
    await Promise.all(Array.from({ length: 1001 }, () => create({}, parent.token)));
    await on.perform(parent.token, 'token.revoke-self', {});
    expect(on.ended()).toHaveLength(1002);
    expect(on.attack('select 1 from token')).toHaveLength(1);
  });

  it('that is revoked alone leaves orphans behind', async () => {
    const parent = await create({ policies: ['a'] });
    const child = await create({}, parent.token);
    const grandchild = await create({}, child.token);
    await on.perform(on.root, 'token.revoke-orphan', { token: parent.token });
    expect(on.ended()).toEqual([parent.accessor]);
    expect([await on.lives(parent.token), await on.lives(child.token), await on.lives(grandchild.token)]).toEqual([
      false,
      true,
      true,
    ]);
    expect((await on.perform(child.token, 'token.lookup-self', {})).output.orphan).toBe(true);
    await on.perform(on.root, 'token.revoke', { token: child.token });
    expect(await on.lives(grandchild.token)).toBe(false);
  });

  it('dies with the expiry of any token above it, before anything was tidied', async () => {
    const parent = await create({ policies: ['a'], ttl: 10 });
    const child = await create({ ttl: 3600 }, parent.token);
    const grandchild = await create({ ttl: 3600 }, child.token);
    const orphan = (await on.perform(parent.token, 'token.create-orphan', { ttl: 3600 })).output as Made;
    on.clock.now += 10 * SECOND;
    expect([await on.lives(child.token), await on.lives(grandchild.token), await on.lives(orphan.token)]).toEqual([
      false,
      false,
      true,
    ]);
    expect(await on.identity.removeExpired()).toBe(1);
    expect(on.ended()).toEqual([parent.accessor, child.accessor, grandchild.accessor].sort());
    expect(await on.identity.removeExpired()).toBe(0);
  });

  it('is listed by its accessor while it has not expired', async () => {
    const made = await create({ policies: ['a'], ttl: 5 });
    const { session } = (await on.authenticate(on.root)).principal;
    const list = async () => (await on.perform(on.root, 'token.accessors', {})).output?.keys;
    expect(await list()).toEqual([made.accessor, session].sort());
    on.clock.now += 5 * SECOND;
    expect(await list()).toEqual([session]);
  });

  it('stands nowhere in the database, not even in part', async () => {
    const made = await create({ policies: ['canary-policy'], displayName: 'canary-name', metadata: { canary: 'canary-value' } });
    const stored = on
      .attack('select * from token')
      .map((row) =>
        Object.values(row)
          .map((value) => Buffer.from(value instanceof Uint8Array ? value : String(value)).toString('latin1'))
          .join('\n'),
      )
      .join('\n');
    for (const text of [made.token.text, made.token.text.slice(4, 20), on.root.text, 'canary-'])
      expect(stored).not.toContain(text);
  });
});

describe('tidying', () => {
  it('removes what expired in bounded batches, and ends each session once', async () => {
    const made = [];
    for (let n = 0; n < 7; n++) made.push(await create({ policies: ['a'], ttl: 1 }));
    const living = await create({ policies: ['a'], ttl: 100 });
    on.clock.now += SECOND;
    expect(await on.identity.removeExpired(3)).toBe(7);
    expect(on.ended()).toEqual(made.map(({ accessor }) => accessor).sort());
    expect(await on.lives(living.token)).toBe(true);
  });

  it('on demand does the same', async () => {
    const made = await create({ policies: ['a'], ttl: 1 });
    on.clock.now += SECOND;
    expect((await on.perform(on.root, 'token.tidy', {})).facts).toMatchObject({ removed: 1 });
    expect(on.ended()).toEqual([made.accessor]);
  });
});

describe('a large tree', () => {
  it('goes as a whole, and lets others have their turn meanwhile', async () => {
    const parent = await create({ policies: ['a'] });
    const text = parent.token;
    for (let i = 0; i < 300; i++) await create({ policies: ['a'] }, text);
    let turns = 0;
    let gone = false;
    const others = (async () => {
      while (!gone) {
        turns += 1;
        // Committed state: all of it, or nothing.
        const { reader } = on.storage;
        const { n } = await reader.query
          .withTables<{ token: object }>()
          .selectFrom('token')
          .select((select) => select.fn.countAll().as('n'))
          .executeTakeFirstOrThrow();
        expect([302, 1]).toContain(Number(n));
        await new Promise((resolve) => setImmediate(resolve));
      }
    })();
    await on.perform(on.root, 'token.revoke', { token: text });
    gone = true;
    await others;
    expect(turns).toBeGreaterThan(3);
    expect(await on.lives(text)).toBe(false);
  });
});
