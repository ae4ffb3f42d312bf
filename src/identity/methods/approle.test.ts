import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { MountPoint } from '../../foundation/mount.ts';
import { Secret } from '../../foundation/secret.ts';
import { MountRecordTable } from '../../keyring/mount-record-table.ts';
import { MountRecordStore, removeExpiredRecords } from '../../keyring/mount-records.ts';
import { type GuardedIdentity, openGuardedIdentity } from '../testing/guarded.ts';

let on: GuardedIdentity;
let mount: MountPoint;
let roleId: string;

beforeEach(async () => {
  on = await openGuardedIdentity();
  mount = await on.mountMethod('approle');
  await role({});
  roleId = await idOf('train');
});
afterEach(() => on[Symbol.asyncDispose]());

const asRoot = () => ({ as: on.root });
const role = (more: object, name = 'train') =>
  on.performAt(mount, 'approle.roles.write', { name, policies: ['features'], secretIdNumUses: 3, ...more }, asRoot());
const idOf = async (name: string) =>
  String((await on.performAt(mount, 'approle.role-field.read', { role: name, field: 'roleId' }, asRoot())).output?.value);

async function secretId(more: object = {}, name = 'train'): Promise<string> {
  const { output } = await on.performAt(mount, 'approle.secret-ids.create', { role: name, ...more }, asRoot());
  return output?.secretId.text ?? '';
}

const logIn = (secret: string | undefined, { id = roleId, address = '192.0.2.1' } = {}) => {
  const input = secret === undefined ? { roleId: id } : { roleId: id, secretId: Secret.fromText(secret) };
  return on.performAt(mount, 'approle.login', input, { remote: { address, port: 1 } });
};
const reason = () => on.world.audit.records.at(-1)?.reason;

async function refused(attempt: Promise<unknown>, expected: string): Promise<void> {
  await expect(attempt).rejects.toMatchObject({ code: 'login.refused', message: 'Permission denied.' });
  expect(reason()).toBe(expected);
}

describe('role id and secret id', () => {
  it('give a token of the role, which tells what was said of the secret id', async () => {
    const { output } = await logIn(await secretId({ metadata: { team: 'vision' } }));
    expect(output).toMatchObject({ policies: ['default', 'features'], metadata: { team: 'vision', role_name: 'train' } });
  });

  it('that are used by many at once give exactly as many tokens as the secret id has uses', async () => {
    const secret = await secretId();
    const settled = await Promise.allSettled(Array.from({ length: 10 }, () => logIn(secret)));
    expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(3);
    await refused(logIn(secret), 'approle.secret-id-used-up');
  });

  it('end with the time of the secret id', async () => {
    const secret = await secretId({ ttl: 60 });
    on.world.clock.time += 59_000;
    await logIn(secret);
    on.world.clock.time += 1_000;
    await refused(logIn(secret), 'approle.secret-id-expired');
  });

  it('are worth nothing once the secret id is destroyed, by itself or by its accessor', async () => {
    const [first, second] = [await secretId(), await secretId()];
    await on.performAt(mount, 'approle.secret-ids.destroy', { role: 'train', secretId: Secret.fromText(first) }, asRoot());
    await refused(logIn(first), 'approle.secret-id-destroyed');
    const { output } = await on.performAt(mount, 'approle.secret-ids.list', { role: 'train' }, asRoot());
    expect(output?.keys).toHaveLength(1);
    const accessor = output?.keys[0] ?? '';
    await on.performAt(mount, 'approle.secret-ids.destroy-accessor', { role: 'train', accessor }, asRoot());
    await refused(logIn(second), 'approle.secret-id-destroyed');
    expect((await on.performAt(mount, 'approle.secret-ids.list', { role: 'train' }, asRoot())).output).toBeNull();
  });

  it('go with the role', async () => {
    const secret = await secretId();
    await on.performAt(mount, 'approle.roles.delete', { name: 'train' }, asRoot());
    await refused(logIn(secret), 'role.unknown');
    await role({ roleId });
    await refused(logIn(secret), 'approle.secret-id');
  });

  it('are those of one role alone', async () => {
    await role({}, 'other');
    await refused(logIn(await secretId({}, 'other')), 'approle.secret-id');
  });

  it('change with a new role id', async () => {
    const secret = await secretId();
    await on.performAt(mount, 'approle.role-field.write', { role: 'train', field: 'roleId', value: 'own' }, asRoot());
    await refused(logIn(secret), 'role.unknown');
    await expect(logIn(secret, { id: 'own' })).resolves.toBeDefined();
    await expect(role({ roleId: 'own' }, 'thief')).rejects.toMatchObject({ code: 'login.invalid' });
    await expect(logIn(secret, { id: 'own' })).resolves.toBeDefined();
  });

  it.each([
    ['the role', { secretIdBoundCidrs: ['10.0.0.0/8'] }, {}],
    ['the secret id', {}, { cidrs: ['10.0.0.0/8'] }],
  ])('bound to networks by %s work from there alone', async (_name, ofRole, ofSecret) => {
    await role(ofRole);
    const secret = await secretId(ofSecret);
    await refused(logIn(secret), 'approle.secret-id-address');
    await expect(logIn(secret, { address: '10.1.2.3' })).resolves.toBeDefined();
  });

  it('bind the token to the networks of the secret id, which may be narrower than those of the role for as long as it is renewed', async () => {
    await role({ boundCidrs: ['10.0.0.0/8'] });
    const secret = await secretId({ tokenCidrs: ['10.1.0.0/16'] });
    await refused(logIn(secret, { address: '10.2.2.3' }), 'role.address');
    const token = (await logIn(secret, { address: '10.1.2.3' })).output?.token as Secret;
    await expect(on.perform(on.root, 'token.renew', { token })).resolves.toBeDefined();
    await role({ boundCidrs: ['10.1.2.0/24'] });
    await expect(on.perform(on.root, 'token.renew', { token })).rejects.toMatchObject({ code: 'token.invalid' });
  });
});

describe('nobody logs in', () => {
  it('without a secret id where one is needed', () => refused(logIn(undefined), 'approle.secret-id-missing'));
  it('with a guessed one', () => refused(logIn('guessed'), 'approle.secret-id'));
  it('with an empty one', () => refused(logIn(''), 'approle.secret-id'));
  it('to a role that does not exist', async () => refused(logIn(await secretId(), { id: 'absent' }), 'role.unknown'));

  it('with less work where there is no such role: the same rows are looked for', async () => {
    const find = vi.spyOn(MountRecordTable.prototype, 'find');
    const lookUps = async (id: string) => {
      find.mockClear();
      await logIn('guessed', { id }).catch(() => {});
      return find.mock.calls.map(([, key]) => key.collection);
    };
    const known = await lookUps(roleId);
    expect(known).toHaveLength(3);
    expect(await lookUps('absent')).toEqual(known);
    find.mockRestore();
  });
});

describe('a secret id', () => {
  it('may be weaker than its role says in nothing', async () => {
    await role({ secretIdTtl: 600, secretIdBoundCidrs: ['10.0.0.0/8'], boundCidrs: ['10.0.0.0/8'] });
    for (const more of [
      { uses: 4 },
      { uses: 0 },
      { ttl: 601 },
      { ttl: 0 },
      { cidrs: ['0.0.0.0/0'] },
      { cidrs: ['10.0.0.0/7'] },
      { cidrs: ['192.0.2.0/24'] },
      { tokenCidrs: ['192.0.2.1'] },
      { tokenCidrs: ['::ffff:10.0.0.0/97'] },
      { tokenCidrs: ['10.0.0.0/0'] },
    ]) {
      await expect(secretId(more), JSON.stringify(more)).rejects.toMatchObject({ code: 'login.invalid' });
    }
    await expect(secretId({ uses: 1, ttl: 60, cidrs: ['10.1.0.0/16'], tokenCidrs: ['10.1.2.3'] })).resolves.toMatch(
      /^[0-9a-f-]{36}$/,
    );
  });

  it('of one’s own choice is made once, until it has ended', async () => {
    const own = { secretId: Secret.fromText('my own'), uses: 1 };
    await secretId(own);
    await expect(secretId(own)).rejects.toMatchObject({ code: 'login.invalid' });
    await expect(logIn('my own')).resolves.toBeDefined();
    await refused(logIn('my own'), 'approle.secret-id-used-up');
    await secretId(own);
    await expect(logIn('my own')).resolves.toBeDefined();
  });

  it('that has ended is forgotten an hour later', async () => {
    const secret = await secretId({ uses: 1 });
    await logIn(secret);
    on.world.clock.time += 3_600_000;
    await removeExpiredRecords(
      on.world.storage,
      new MountRecordStore(on.world.storage, on.world.keyring),
      on.world.clock.time,
      100,
    );
    expect(on.world.look("select name from auth_record where collection like 'secret%'")).toEqual([]);
    await refused(logIn(secret), 'approle.secret-id');
  });

  it('stands nowhere in the database or the log', async () => {
    const secret = await secretId();
    await logIn(secret);
    const rows = on.world.look("select name, hex(sealed) as sealed from auth_record where collection like 'secret%'");
    expect(rows.length).toBeGreaterThan(1);
    expect(JSON.stringify(rows)).not.toContain(secret);
    expect(JSON.stringify(rows)).not.toContain(Buffer.from(secret).toString('hex').toUpperCase());
    expect(JSON.stringify(on.world.audit.records)).not.toContain(secret);
  });

  it('is looked at by itself and by its accessor, and only within its role', async () => {
    const secret = Secret.fromText(await secretId({ metadata: { a: 'b' } }));
    const { output } = await on.performAt(mount, 'approle.secret-ids.lookup', { role: 'train', secretId: secret }, asRoot());
    expect(output).toMatchObject({ metadata: { a: 'b' }, usesLeft: 3 });
    const byAccessor = (name: string) =>
      on.performAt(mount, 'approle.secret-ids.lookup-accessor', { role: name, accessor: output?.accessor ?? '' }, asRoot());
    expect((await byAccessor('train')).output).toEqual(output);
    await expect(byAccessor('other')).rejects.toMatchObject({ code: 'store.missing' });
  });
});

describe('a role', () => {
  it('without any constraint is refused', async () => {
    await expect(role({ bindSecretId: false })).rejects.toMatchObject({ code: 'login.invalid' });
    await role({ bindSecretId: false, secretIdBoundCidrs: ['192.0.2.0/24'] });
    await expect(logIn(undefined)).resolves.toBeDefined();
    await refused(logIn(undefined, { address: '10.0.0.1' }), 'approle.secret-id-address');
  });

  it('whose secret ids never end is warned of', async () => {
    expect((await role({ secretIdNumUses: 0 })).warnings).toEqual([expect.stringContaining('live for ever')]);
  });

  it('has fields that are changed and set back one by one', async () => {
    const field = 'secretIdTtl' as const;
    await on.performAt(mount, 'approle.role-field.write', { role: 'train', field, value: 60 }, asRoot());
    const read = async () =>
      (await on.performAt(mount, 'approle.role-field.read', { role: 'train', field }, asRoot())).output?.value;
    expect(await read()).toBe(60);
    await expect(
      on.performAt(mount, 'approle.role-field.write', { role: 'train', field, value: 'soon' }, asRoot()),
    ).rejects.toMatchObject({ code: 'login.invalid' });
    await on.performAt(mount, 'approle.role-field.delete', { role: 'train', field }, asRoot());
    expect(await read()).toBe(0);
  });
});
