import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { MountPoint } from '../../foundation/mount.ts';
import { Secret } from '../../foundation/secret.ts';
import { GuardedRecords, MountRecordStore } from '../../keyring/mount-records.ts';
import type { TokenParameters } from '../logins/token-parameters.ts';
import { type GuardedIdentity, openGuardedIdentity } from '../testing/guarded.ts';
import { AwsWorld } from './aws/testing/aws-world.ts';

let on: GuardedIdentity;
let mount: MountPoint;
const asRoot = () => ({ as: on.root });
const remote = { address: '192.0.2.1', port: 1 };
const anew = { code: 'token.invalid', message: expect.stringContaining('made anew') };
const lastSubject = () => on.world.audit.records.at(-1)?.principal?.id;
const attach = (entityId: string) =>
  on.performAt(on.identityMount, 'entities.write', { at: 'id', id: entityId, policies: ['inherited'] }, asRoot());
const lookUp = async (token: Secret) => (await on.perform(token, 'token.lookup-self', {})).output;

beforeEach(async () => {
  on = await openGuardedIdentity();
  await on.world.setPolicy('default', 'path "auth/token/*" { capabilities = ["read", "update"] }');
});
afterEach(() => on[Symbol.asyncDispose]());

describe('a user who is deleted and made again', () => {
  beforeEach(async () => {
    mount = await on.mountMethod('userpass');
    await user();
  });
  const password = () => Secret.fromText('right');
  const user = (name = 'Ada') =>
    on.performAt(mount, 'userpass.users.write', { name, policies: ['people'], password: password() } as never, asRoot());
  const remove = (name = 'ada') => on.performAt(mount, 'userpass.users.delete', { name }, asRoot());
  const logIn = async () => {
    const { output } = await on.performAt(mount, 'userpass.login', { name: 'ada', password: password() }, { remote });
    return { token: output?.token ?? expect.unreachable(), entityId: output?.entityId ?? '', subject: lastSubject() };
  };

  it('is another one: another entity, another subject, and none of the policies of the first', async () => {
    const first = await logIn();
    await attach(first.entityId);
    expect(await lookUp(first.token)).toMatchObject({ identityPolicies: ['inherited'] });
    await remove('ADA');
    await user();
    const second = await logIn();
    expect(second.entityId).not.toBe(first.entityId);
    expect(second.subject).not.toBe(first.subject);
    expect(await lookUp(second.token)).toMatchObject({ identityPolicies: [] });
    expect((await logIn()).entityId).toBe(second.entityId);
    expect((await logIn()).subject).toBe(second.subject);
  });

  it('renews no token of the first', async () => {
    const first = await logIn();
    await expect(on.perform(first.token, 'token.renew-self', {})).resolves.toBeDefined();
    await remove();
    await user();
    await expect(on.perform(first.token, 'token.renew-self', {})).rejects.toMatchObject(anew);
    await expect(on.perform((await logIn()).token, 'token.renew-self', {})).resolves.toBeDefined();
  });

  it('stays the same one when she is written again, or has another password or policies', async () => {
    const first = await logIn();
    await user();
    await on.performAt(mount, 'userpass.password', { name: 'ada', password: password() }, asRoot());
    await on.performAt(mount, 'userpass.policies', { name: 'ada', policies: ['people'] }, asRoot());
    await expect(on.perform(first.token, 'token.renew-self', {})).resolves.toBeDefined();
    expect(await logIn()).toMatchObject({ entityId: first.entityId, subject: first.subject });
  });

  it('leaves the other aliases of the entity as they are', async () => {
    const { entityId } = await logIn();
    const other = await on.mountMethod('userpass', 'elsewhere');
    const alias = { at: 'body', name: 'ada', mountAccessor: other.accessor, canonicalId: entityId } as never;
    await on.performAt(on.identityMount, 'entity-aliases.write', alias, asRoot());
    await remove();
    const { output } = await on.performAt(on.identityMount, 'entities.read', { at: 'id', id: entityId }, asRoot());
    expect(output?.aliases).toMatchObject([{ name: 'ada', mountAccessor: other.accessor }]);
  });

  it('that never was takes no alias with it that stands ready', async () => {
    const alias = { at: 'body', name: 'grace', mountAccessor: mount.accessor } as never;
    const { output } = await on.performAt(on.identityMount, 'entity-aliases.write', alias, asRoot());
    await remove('grace');
    const read = await on.performAt(on.identityMount, 'entity-aliases.read', { id: output?.id ?? '' }, asRoot());
    expect(read.output).toMatchObject({ name: 'grace' });
  });

  it('and whose record is older than incarnations renews tokens until she is made again', async () => {
    await makeOld('ada');
    const old = await logIn();
    await user();
    await expect(on.perform(old.token, 'token.renew-self', {})).resolves.toBeDefined();
    await remove();
    await user();
    await expect(on.perform(old.token, 'token.renew-self', {})).rejects.toMatchObject(anew);
  });

  /** As a record that was written before there were incarnations. */
  async function makeOld(name: string): Promise<void> {
    const { storage, keyring } = on.world;
    const users = new GuardedRecords<TokenParameters>(new MountRecordStore(storage, keyring), 'role');
    await storage.write(async (tx) => {
      const { incarnation, ...rest } = (await users.find(tx, mount, name)) ?? expect.unreachable();
      expect(incarnation).toMatch(/^[0-9a-f-]{36}$/);
      await users.put(tx, mount, name, rest);
    });
  }
});

describe('a role id of an operator’s choice', () => {
  beforeEach(async () => {
    mount = await on.mountMethod('approle');
    await role('train', 'chosen');
  });
  const role = (name: string, roleId: string) =>
    on.performAt(
      mount,
      'approle.roles.write',
      { name, roleId, policies: ['features'], bindSecretId: false, boundCidrs: ['192.0.2.0/24'] } as never,
      asRoot(),
    );
  const remove = (name: string) => on.performAt(mount, 'approle.roles.delete', { name }, asRoot());
  const logIn = async (roleId = 'chosen') => {
    const { output } = await on.performAt(mount, 'approle.login', { roleId }, { remote });
    return { token: output?.token ?? expect.unreachable(), entityId: output?.entityId ?? '', subject: lastSubject() };
  };

  it.each([
    ['the role was made again under the same name', () => remove('train'), 'train'],
    ['its role was deleted', () => remove('train'), 'other'],
    ['its role got another one', () => role('train', 'another'), 'other'],
  ])('that is given again after %s makes somebody else', async (_why, release, next) => {
    const first = await logIn();
    await attach(first.entityId);
    await release();
    await role(next, 'chosen');
    const second = await logIn();
    expect(second.entityId).not.toBe(first.entityId);
    expect(second.subject).not.toBe(first.subject);
    expect(await lookUp(second.token)).toMatchObject({ identityPolicies: [] });
  });

  it('renews no token of the role that had it before', async () => {
    const first = await logIn();
    await remove('train');
    await role('train', 'chosen');
    await expect(on.perform(first.token, 'token.renew-self', {})).rejects.toMatchObject(anew);
  });
});

it('callers that are known by the name of their role are somebody else after it was made anew', async () => {
  await using world = await AwsWorld.open();
  await world.on.performAt(world.mount, 'aws.identity.write', { iamAlias: 'role_id' }, { as: world.on.root });
  const logIn = async () => {
    world.on.world.clock.time += 1000;
    return (await world.logIn(world.signed())).output?.entityId;
  };
  const first = await logIn();
  expect(await logIn()).toBe(first);
  await world.on.performAt(world.mount, 'aws.roles.delete', { name: 'train' }, { as: world.on.root });
  await world.role({});
  expect(await logIn()).not.toBe(first);
});
