import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { MountPoint } from '../../foundation/mount.ts';
import { Secret } from '../../foundation/secret.ts';
import { type GuardedIdentity, openGuardedIdentity } from '../testing/guarded.ts';
import { Passwords } from './userpass/passwords.ts';

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

  it('needs a password', async () => {
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
  it('ends after ten tries, for whoever guesses and for nobody else', async () => {
    for (let i = 0; i < 10; i++) await expect(logIn(`guess ${i}`)).rejects.toMatchObject({ code: 'login.refused' });
    await expect(logIn('right')).rejects.toMatchObject({ code: 'request.limited' });
    await expect(logIn('right', 'ada', '198.51.100.7')).resolves.toBeDefined();
    on.world.clock.time += 6_000;
    await expect(logIn('right')).resolves.toBeDefined();
  });
});

describe('passwords', () => {
  it('are the same work to check whether or not there is a user', async () => {
    const passwords = new Passwords();
    const { cost, r, p, salt, hash } = await passwords.hash(secret('right'));
    expect({ cost, r, p }).toEqual({ cost: 15, r: 8, p: 1 });
    expect(await passwords.isRight(secret('right'), { cost, r, p, salt, hash })).toBe(true);
    expect(await passwords.isRight(secret('right'), undefined)).toBe(false);
  });

  it('have a salt each', async () => {
    const passwords = new Passwords();
    const [first, second] = [await passwords.hash(secret('same')), await passwords.hash(secret('same'))];
    expect(first.hash.bytes.equals(second.hash.bytes)).toBe(false);
  });

  it('are checked a few at a time, and a flood of them is told to come back', async () => {
    const passwords = new Passwords();
    const settled = await Promise.allSettled(Array.from({ length: 70 }, () => passwords.isRight(secret('x'), undefined)));
    const refused = settled.filter((one) => one.status === 'rejected');
    expect(refused).toHaveLength(4);
    for (const one of refused) expect(one.reason).toMatchObject({ code: 'login.unavailable', reason: 'userpass.busy' });
  });
});
