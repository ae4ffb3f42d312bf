import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EntityWorld } from './testing/entity-world.ts';

let on: EntityWorld;
beforeEach(async () => {
  on = await EntityWorld.open();
});
afterEach(() => on[Symbol.asyncDispose]());

const refused = (message: string) => ({ code: 'identity.invalid', message });

describe('a group', () => {
  it('gives its policies to its members, and so do the groups above it, from the next request on', async () => {
    const { token, entityId } = await on.logIn('ada');
    const crew = await on.group({ name: 'crew', policies: ['of-crew'], memberEntityIds: [entityId] });
    const staff = await on.group({ name: 'staff', policies: ['of-staff'], memberGroupIds: [crew] });
    expect(await on.policiesOf(token)).toEqual(['default', 'of-crew', 'of-staff', 'people']);
    expect(await on.entity('ada')).toMatchObject({ directGroupIds: [crew], inheritedGroupIds: [staff] });
    expect(await on.perform('groups.read', { at: 'name', name: 'CREW' })).toMatchObject({
      memberEntityIds: [entityId],
      parentGroupIds: [staff],
      changes: 1,
    });
    await on.perform('groups.write', { at: 'id', id: staff, memberGroupIds: [] });
    expect(await on.policiesOf(token)).toEqual(['default', 'of-crew', 'people']);
    await on.perform('groups.delete', { at: 'name', name: 'crew' });
    expect(await on.policiesOf(token)).toEqual(['default', 'people']);
  });

  it('that is deleted leaves the groups that it was in', async () => {
    const crew = await on.group({ name: 'crew' });
    const staff = await on.group({ name: 'staff', memberGroupIds: [crew] });
    await on.perform('groups.delete', { at: 'id', id: crew });
    expect(await on.perform('groups.read', { at: 'id', id: staff })).toMatchObject({ memberGroupIds: [] });
    expect(await on.perform('groups.delete', { at: 'id', id: crew })).toBeNull();
  });

  it('refuses what no group can be', async () => {
    const crew = await on.group({ name: 'crew' });
    const staff = await on.group({ name: 'staff', memberGroupIds: [crew] });
    const write = (fields: object, error: object) =>
      expect(on.perform('groups.write', { at: 'body', ...fields })).rejects.toMatchObject(error);
    await write({ id: crew, memberGroupIds: [staff] }, refused('cycle detected in member group IDs'));
    await write({ id: crew, memberGroupIds: [crew] }, refused('cycle detected in member group IDs'));
    await write({ id: crew, name: 'Staff' }, refused('group name is already in use'));
    await write({ id: crew, type: 'external' }, refused('group type cannot be changed'));
    await write({ id: 'none' }, refused('invalid group ID'));
    await write({ policies: ['root'] }, refused('policies cannot contain root'));
    await write({ memberEntityIds: ['nobody'] }, refused('invalid entity ID "nobody"'));
    await write({ memberGroupIds: ['none'] }, refused('invalid group ID "none"'));
    const byHand = "member entities can't be set manually for external groups";
    await write({ type: 'external', memberEntityIds: [] }, refused(byHand));
    await write({ type: 'external', memberGroupIds: [crew] }, refused("member groups can't be set for external groups"));
    expect((await on.perform('groups.list', { at: 'name' })).keys).toEqual(['crew', 'staff']);
  });

  it('is listed and looked up', async () => {
    const { entityId } = await on.logIn('ada', { groups: ['b'] });
    const a = await on.group({ name: 'a', memberEntityIds: [entityId] });
    const b = await on.externalGroup('b', []);
    await on.logIn('ada', { groups: ['b'] });
    expect((await on.perform('groups.list', { at: 'name' })).infos).toMatchObject({
      [a]: { name: 'a', memberEntities: 1, alias: null },
      [b]: { name: 'b', memberEntities: 1, alias: { name: 'b', mountAccessor: on.accessor } },
    });
    expect((await on.perform('groups.list', { at: 'id', limit: 1 })).keys).toHaveLength(1);
    const found = await on.perform('groups.lookup', { aliasName: 'b', aliasMountAccessor: on.accessor });
    expect(found).toMatchObject({ id: b, memberEntityIds: [entityId], alias: { canonicalId: b } });
    const aliasId = found?.alias?.id ?? '';
    expect(await on.perform('groups.lookup', { aliasId })).toMatchObject({ id: b });
    expect(await on.perform('groups.lookup', { name: 'none' })).toBeNull();
  });
});

describe('the alias of a group', () => {
  it('lets the logins of a mount say who is in it', async () => {
    await on.externalGroup('admins', ['of-admins']);
    const inside = await on.logIn('ada', { groups: ['admins', 'others'] });
    expect(inside).toMatchObject({ policies: ['default', 'people'], identityPolicies: ['of-admins'] });
    await on.logIn('ada', { groups: [] });
    // What the later login said holds for the token of the earlier one.
    expect(await on.policiesOf(inside.token)).toEqual(['default', 'people']);
  });

  it('makes a group where none was named, moves, and is unique at its mount', async () => {
    const write = (fields: object) =>
      on.perform('group-aliases.write', { at: 'body', name: 'admins', mountAccessor: on.accessor, ...fields });
    const made = await write({});
    expect(await on.perform('groups.read', { at: 'id', id: made?.canonicalId })).toMatchObject({
      type: 'external',
      name: expect.stringMatching(/^group_[0-9a-f]{16}$/),
    });
    await expect(write({})).rejects.toMatchObject(refused('combination of mount and group alias name is already in use'));
    expect(await write({ id: made?.id })).toBeNull();
    const internal = await on.group({ name: 'inner' });
    await expect(write({ id: made?.id, canonicalId: internal })).rejects.toMatchObject(
      refused("alias can't be set on an internal group"),
    );
    const other = await on.group({ name: 'other', type: 'external' });
    expect(await write({ id: made?.id, canonicalId: other })).toEqual({ id: made?.id, canonicalId: other });
    expect(await on.perform('groups.read', { at: 'id', id: made?.canonicalId })).toMatchObject({ alias: null });
    expect((await on.perform('group-aliases.list', {})).keys).toEqual([made?.id]);
    expect(await on.perform('group-aliases.read', { id: made?.id ?? '' })).toMatchObject({ canonicalId: other });
    await on.perform('group-aliases.delete', { id: made?.id ?? '' });
    expect(await on.perform('group-aliases.read', { id: made?.id ?? '' })).toBeNull();
    await expect(write({ mountAccessor: 'nowhere' })).rejects.toMatchObject(refused('invalid mount accessor "nowhere"'));
    await expect(write({ name: undefined })).rejects.toMatchObject(refused('missing alias name'));
    await expect(write({ id: 'none' })).rejects.toMatchObject(refused('invalid group alias ID'));
  });
});
