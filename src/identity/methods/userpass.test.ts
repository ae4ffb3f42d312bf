import { scryptSync } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { MountPoint } from '../../foundation/mount.ts';
import { Secret } from '../../foundation/secret.ts';
import { MountRecordTable } from '../../keyring/mount-record-table.ts';
import { type GuardedIdentity, openGuardedIdentity } from '../testing/guarded.ts';
import { type Derive, Passwords } from './userpass/passwords.ts';

let on: GuardedIdentity;
let mount: MountPoint;

beforeEach(async () => {
  on = await openGuardedIdentity();
  mount = await on.mountMethod('userpass');
  await user({ password: secret('right') });
});
afterEach(() => on[Symbol.asyncDispose]());

const secret = (text: string) => Secret.fromText(text);
const asRoot = () => ({ as: on.root });
const user = (more: object, name = 'Ada') =>
  on.performAt(mount, 'userpass.users.write', { name, policies: ['people'], ...more } as never, asRoot());
const logIn = (password: string, name = 'ada', address = '192.0.2.1') =>
  on.performAt(mount, 'userpass.login', { name, password: secret(password) }, { remote: { address, port: 1 } });
const reason = () => on.world.audit.records.at(-1)?.reason;

describe('a user', () => {
  it('logs in with her password, whatever the case of her name', async () => {
    expect((await logIn('right', 'ADA')).output).toMatchObject({
      policies: ['default', 'people'],
      metadata: { username: 'ada' },
    });
  });

  it.each([
    ['a wrong password', 'wrong', 'ada', 'userpass.password'],
    ['an empty password', '', 'ada', 'userpass.password'],
    ['the right password in another case', 'RIGHT', 'ada', 'userpass.password'],
    ['a name that nobody has', 'right', 'grace', 'role.unknown'],
  ])('is refused with %s, and the caller is told nothing more', async (_name, password, name, expected) => {
    await expect(logIn(password, name)).rejects.toMatchObject({ code: 'login.refused', message: 'Permission denied.' });
    expect(reason()).toBe(expected);
  });

  it('needs a password, and an empty one is none', async () => {
    await expect(user({ password: secret('') }, 'grace')).rejects.toMatchObject({ code: 'request.invalid' });
    await expect(on.performAt(mount, 'userpass.password', { name: 'ada', password: secret('') }, asRoot())).rejects.toMatchObject(
      { code: 'request.invalid' },
    );
    await expect(user({}, 'grace')).rejects.toMatchObject({ code: 'login.invalid', message: 'missing password' });
  });

  it('keeps her password when other things change, and loses the old one when it changes', async () => {
    await user({ ttl: 60 });
    await expect(logIn('right')).resolves.toMatchObject({ output: { ttl: 60 } });
    await on.performAt(mount, 'userpass.password', { name: 'ada', password: secret('new') }, asRoot());
    await expect(logIn('right')).rejects.toMatchObject({ code: 'login.refused' });
    await expect(logIn('new')).resolves.toBeDefined();
  });

  it('has a password that nobody can read', async () => {
    const { output } = await on.performAt(mount, 'userpass.users.read', { name: 'ada' }, asRoot());
    expect(output).not.toHaveProperty('password');
    expect(JSON.stringify(on.world.audit.records)).not.toContain('right');
  });

  it('whose row was put back as it was before a change of the password is not let in by the old one', async () => {
    const [old] = on.world.look("select hex(sealed) as sealed from auth_record where name = 'ada'");
    await on.performAt(mount, 'userpass.password', { name: 'ada', password: secret('new') }, asRoot());
    await on.world.storage.write(async (tx) => {
      const sealed = Buffer.from(String(old?.['sealed']), 'hex');
      await tx.query.updateTable('auth_record').set({ sealed }).where('name', '=', 'ada').execute();
    });
    await expect(logIn('right')).rejects.toMatchObject({ code: 'keyring.rolled-back' });
  });
});

describe('guessing', () => {
  it('looks for the same rows whether or not there is a user', async () => {
    const find = vi.spyOn(MountRecordTable.prototype, 'find');
    const lookUps = async (name: string) => {
      find.mockClear();
      await logIn('guessed', name).catch(() => {});
      return find.mock.calls.map(([, key]) => key.collection);
    };
    const known = await lookUps('ada');
    expect(known).toEqual(['role']);
    expect(await lookUps('grace')).toEqual(known);
    find.mockRestore();
  });

  it('ends after ten tries, for whoever guesses and for nobody else', async () => {
    for (let i = 0; i < 10; i++) await expect(logIn(`guess ${i}`)).rejects.toMatchObject({ code: 'login.refused' });
    await expect(logIn('right')).rejects.toMatchObject({ code: 'request.limited' });
    await expect(logIn('right', 'ada', '198.51.100.7')).resolves.toBeDefined();
    on.world.clock.time += 6_000;
    await expect(logIn('right')).resolves.toBeDefined();
  });
});

describe('passwords', () => {
  /** Counts what is derived, and ends when it is told to. */
  function counting() {
    const derived: object[] = [];
    const go: (() => void)[] = [];
    let most = 0;
    const derive: Derive = async (_password, { cost, r, p, salt }) => {
      derived.push({ cost, r, p, salt: salt.length });
      most = Math.max(most, go.length + 1);
      await new Promise<void>((resolve) => go.push(resolve));
      return Secret.own(Buffer.alloc(32));
    };
    const finishOne = async () => {
      await new Promise((resolve) => setImmediate(resolve));
      go.shift()?.();
    };
    return { derived, finishOne, passwords: new Passwords(derive), most: () => most };
  }

  it('are kept as scrypt with its parameters', async () => {
    const passwords = new Passwords();
    const { cost, r, p, salt, hash } = await passwords.hash(secret('right'));
    expect({ cost, r, p }).toEqual({ cost: 15, r: 8, p: 1 });
    const expected = scryptSync('right', Buffer.from(salt, 'base64'), 32, { N: 2 ** 15, r: 8, p: 1, maxmem: 2 ** 27 });
    expect(hash.bytes.equals(expected)).toBe(true);
    expect(await passwords.isRight(secret('right'), { cost, r, p, salt, hash }, 'a')).toBe(true);
  });

  it('are the same work to check whether or not there is a user, and nobody has the password of nobody', async () => {
    const { derived, finishOne, passwords } = counting();
    const hashed = passwords.hash(secret('right'));
    await finishOne();
    const known = await hashed;
    const answers: boolean[] = [];
    for (const user of [known, { ...known, hash: Secret.own(Buffer.alloc(32, 1)) }, undefined]) {
      const answer = passwords.isRight(secret('right'), user, 'a');
      await finishOne();
      answers.push(await answer);
    }
    expect(answers).toEqual([true, false, false]);
    expect(derived).toEqual(Array.from({ length: 4 }, () => ({ cost: 15, r: 8, p: 1, salt: 24 })));
  });

  it('have a salt each', async () => {
    const passwords = new Passwords();
    const [first, second] = [await passwords.hash(secret('same')), await passwords.hash(secret('same'))];
    expect(first.hash.bytes.equals(second.hash.bytes)).toBe(false);
  });

  it('are checked two at a time, and whoever sends many waits for his own and leaves room for others', async () => {
    const { finishOne, passwords, most } = counting();
    const ask = (source: string) => passwords.isRight(secret('x'), undefined, source);
    const flood = Promise.allSettled(Array.from({ length: 100 }, () => ask('flood')));
    const others = Promise.all(Array.from({ length: 56 }, (_, n) => ask(`other ${n}`)));
    await expect(ask('one too many')).rejects.toMatchObject({ code: 'login.unavailable' });
    for (let i = 0; i < 66; i++) {
      await finishOne();
    }
    const refused = (await flood).filter((one) => one.status === 'rejected');
    expect(refused).toHaveLength(90);
    for (const one of refused) expect(one.reason).toMatchObject({ code: 'login.unavailable', reason: 'userpass.busy' });
    expect((await others).filter((right) => !right)).toHaveLength(56);
    expect(most()).toBe(2);
    const after = ask('flood');
    await finishOne();
    expect(await after).toBe(false);
  });
});
