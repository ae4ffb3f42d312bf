import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { newAlias, newGroup } from './entity.ts';
import { type BareStore, MOUNT, NOW, openBareStore } from './testing/bare-store.ts';

let on: BareStore;
beforeEach(async () => {
  on = await openBareStore();
});
afterEach(() => on[Symbol.asyncDispose]());

const rows = (table: string) => Number(on.attack(`select count(*) as count from ${table}`)[0]?.['count']);
const entity = async (id: string) => (await on.entities.resolve(on.storage.reader, id)).entity;
const external = (id: string, name: string, policies: string[] = []) =>
  on.storage.write((tx) =>
    on.groups.put(tx, {
      ...newGroup(id, NOW),
      name: id,
      type: 'external',
      policies,
      alias: newAlias(`a-${id}`, MOUNT, name, NOW),
    }),
  );

describe('whoever logs in', () => {
  it('is made an entity the first time, and is the same from then on', async () => {
    const first = await on.enter('ada', { metadata: { team: 'red' } });
    const second = await on.enter('ada', { metadata: { team: 'red' } });
    expect([first.made, second.made, second.entityId]).toEqual([true, false, first.entityId]);
    expect(await entity(first.entityId)).toMatchObject({
      name: expect.stringMatching(/^entity_[0-9a-f]{16}$/),
      disabled: false,
      aliases: [{ mountAccessor: MOUNT, name: 'ada', metadata: { team: 'red' } }],
    });
  });

  it('is another one at another mount, and under a name that differs in case alone', async () => {
    const ids = [await on.enter('ada'), await on.enter('Ada'), await on.enter('ada', { mount: 'jwt_other' })].map(
      ({ entityId }) => entityId,
    );
    expect(new Set(ids).size).toBe(3);
  });

  it('cannot reach the alias of another by a name or accessor that runs into the other part', async () => {
    const one = await on.enter('b"c', { mount: 'a' });
    const other = await on.enter('c', { mount: 'a","b' });
    expect(other.entityId).not.toBe(one.entityId);
  });

  it('is one entity when a hundred of his logins come first at once', async () => {
    const entered = await Promise.all(Array.from({ length: 100 }, () => on.enter('ada')));
    expect(new Set(entered.map(({ entityId }) => entityId)).size).toBe(1);
    expect(entered.filter(({ made }) => made)).toHaveLength(1);
    expect([rows('identity_entity'), rows('identity_alias')]).toEqual([1, 1]);
  });

  it('leaves nothing behind when the login fails after all', async () => {
    const failing = on.storage.write(async (tx) => {
      await on.directory.enter(tx, { mountAccessor: MOUNT, alias: { name: 'ada', metadata: {} }, groups: [], now: NOW });
      throw new Error('refused later');
    });
    await expect(failing).rejects.toThrow('refused later');
    expect([rows('identity_entity'), rows('identity_alias'), rows('identity_shard')]).toEqual([0, 0, 0]);
    expect((await on.enter('ada')).made).toBe(true);
  });

  it('changes his row only by what is new', async () => {
    const { entityId } = await on.enter('ada', { metadata: { team: 'red' } });
    const sealed = () => on.attack('select sealed from identity_entity')[0]?.['sealed'];
    const before = sealed();
    await on.enter('ada', { metadata: { team: 'red' } });
    expect(sealed()).toEqual(before);
    await on.enter('ada', { metadata: { team: 'blue' } });
    expect(sealed()).not.toEqual(before);
    expect((await entity(entityId))?.aliases[0]?.metadata).toEqual({ team: 'blue' });
  });

  it('makes no generation of the groups, or each new one would empty the caches of all', async () => {
    const generation = async () => (await on.entities.resolve(on.storage.reader, 'nobody')).generation;
    const before = await generation();
    await on.enter('ada', { metadata: { team: 'red' }, groups: ['nobodys'] });
    expect(await generation()).toBe(before);
  });

  it('is refused while disabled, with a reason for the log', async () => {
    const { entityId } = await on.enter('ada');
    const known = await entity(entityId);
    await on.storage.write((tx) => on.entities.save(tx, { ...(known as NonNullable<typeof known>), disabled: true }, known));
    await expect(on.enter('ada')).rejects.toMatchObject({ code: 'login.refused', reason: 'entity.disabled' });
  });

  it('keeps names that only JSON finds special', async () => {
    const metadata = JSON.parse('{"__proto__": "x", "constructor": "y", "": "z"}') as Record<string, string>;
    const { entityId } = await on.enter('ada', { metadata });
    on.forget();
    expect(JSON.stringify((await entity(entityId))?.aliases[0]?.metadata)).toBe(JSON.stringify(metadata));
  });
});

describe('external groups', () => {
  beforeEach(async () => {
    await external('admins', 'cn=admins', ['admin']);
    await external('readers', 'cn=readers', ['read']);
  });
  const policies = async (groups: string[], mount = MOUNT) => (await on.enter('ada', { groups, mount })).policies;

  it('have those as members of whom the last login said so', async () => {
    expect(await policies(['cn=admins', 'cn=unknown'])).toEqual(['admin']);
    expect(await policies(['cn=readers', 'cn=admins'])).toEqual(['admin', 'read']);
    expect(await policies([])).toEqual([]);
    expect(rows('identity_membership')).toBe(0);
  });

  it('believe no login at another mount', async () => {
    expect(await policies(['cn=admins'], 'jwt_other')).toEqual([]);
  });

  it('lose their members with their alias, and get none back with another', async () => {
    const { entityId } = await on.enter('ada', { groups: ['cn=admins'] });
    const readable = () => on.sessions.policies(on.storage.reader, entityId);
    expect(await readable()).toEqual(['admin']);
    const plain = { ...newGroup('admins', NOW), name: 'admins', type: 'external' as const, policies: ['admin'] };
    await on.storage.write((tx) => on.groups.put(tx, plain));
    expect(await readable()).toEqual([]);
    await on.storage.write((tx) => on.groups.put(tx, { ...plain, alias: newAlias('b', 'ldap_1', 'cn=admins', NOW) }));
    expect(await readable()).toEqual([]);
  });
});
