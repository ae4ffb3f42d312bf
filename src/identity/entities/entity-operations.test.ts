import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EntityWorld } from './testing/entity-world.ts';

let on: EntityWorld;
beforeEach(async () => {
  on = await EntityWorld.open();
});
afterEach(() => on[Symbol.asyncDispose]());

const refused = (message: string) => ({ code: 'identity.invalid', message });
const denied = { code: 'access.denied' };

describe('an entity', () => {
  it('is found by id, by name whatever its case, and by its alias', async () => {
    const made = await on.perform('entities.write', { at: 'body', name: 'Ada', metadata: { team: 'red' }, policies: ['B', 'a'] });
    const id = made?.id ?? '';
    await on.perform('entity-aliases.write', { at: 'body', name: 'ada', mountAccessor: on.accessor, canonicalId: id });
    const expected = {
      id,
      name: 'Ada',
      policies: ['a', 'b'],
      metadata: { team: 'red' },
      aliases: [{ name: 'ada', canonicalId: id }],
    };
    expect(await on.perform('entities.read', { at: 'id', id })).toMatchObject(expected);
    expect(await on.perform('entities.read', { at: 'name', name: 'ADA' })).toMatchObject(expected);
    expect(await on.entity('ada')).toMatchObject({ ...expected, aliases: [{ mountPath: 'auth/jwt/', mountKind: 'jwt' }] });
    expect((await on.logIn('ada')).entityId).toBe(id);
  });

  it('keeps what a later write does not name', async () => {
    await on.perform('entities.write', { at: 'body', name: 'ada', metadata: { team: 'red' }, policies: ['a'] });
    expect(await on.perform('entities.write', { at: 'name', name: 'ada', disabled: true })).toBeNull();
    expect(await on.perform('entities.read', { at: 'name', name: 'ada' })).toMatchObject({
      metadata: { team: 'red' },
      policies: ['a'],
      disabled: true,
    });
  });

  it.each([
    ['the root policy', { policies: ['Root'] }, refused('policies cannot contain root')],
    ['the policy of wrapping tokens', { policies: ['response-wrapping'] }, refused('policies cannot contain response-wrapping')],
    ['an id that nobody has', { id: 'nobody' }, refused('entity not found from id')],
    ['more metadata than there is room for', { metadata: { k: 'x'.repeat(513) } }, { code: 'request.invalid' }],
    ['control characters in its name', { name: 'a\nb' }, { code: 'request.invalid' }],
  ])('is refused with %s', async (_what, fields, error) => {
    await expect(on.perform('entities.write', { at: 'body', ...fields })).rejects.toMatchObject(error);
  });

  it('cannot take the name of another', async () => {
    await on.perform('entities.write', { at: 'body', name: 'ada' });
    const other = await on.perform('entities.write', { at: 'body', name: 'eve' });
    const taking = on.perform('entities.write', { at: 'id', id: other?.id, name: 'ADA' });
    await expect(taking).rejects.toMatchObject(refused('entity name is already in use'));
    expect(await on.perform('entities.write', { at: 'id', id: other?.id, name: 'EVE' })).toBeNull();
  });

  it('goes with its aliases and its places in groups, and its tokens may do nothing', async () => {
    const { token, entityId } = await on.logIn('ada');
    const group = await on.group({ name: 'crew', memberEntityIds: [entityId] });
    await on.perform('entities.delete', { at: 'id', id: entityId });
    expect(await on.perform('entities.read', { at: 'id', id: entityId })).toBeNull();
    expect((await on.perform('entity-aliases.list', {})).keys).toEqual([]);
    expect(await on.perform('groups.read', { at: 'id', id: group })).toMatchObject({ memberEntityIds: [] });
    await expect(on.perform('token.lookup-self', {}, token)).rejects.toMatchObject(denied);
    expect((await on.logIn('ada')).entityId).not.toBe(entityId);
    await on.perform('entities.delete', { at: 'id', id: entityId });
  });

  it('is listed by id and by name, in pages, with its aliases', async () => {
    for (const name of ['c', 'A', 'b']) await on.perform('entities.write', { at: 'body', name });
    await on.perform('entity-aliases.write', {
      at: 'body',
      name: 'x',
      mountAccessor: on.accessor,
      canonicalId: (await idOf('A')) ?? '',
    });
    expect((await on.perform('entities.list', { at: 'name' })).keys).toEqual(['A', 'b', 'c']);
    expect((await on.perform('entities.list', { at: 'name', after: 'A', limit: 1 })).keys).toEqual(['b']);
    const { keys, infos } = await on.perform('entities.list', { at: 'id' });
    expect([...keys]).toEqual([...keys].sort());
    expect(infos?.[(await idOf('A')) ?? '']).toMatchObject({ name: 'A', aliases: [{ name: 'x', mountPath: 'auth/jwt/' }] });
    await on.perform('entities.delete-several', { entityIds: [...keys, 'nobody'] });
    expect((await on.perform('entities.list', { at: 'id' })).keys).toEqual([]);
  });

  it('is looked up by exactly one thing', async () => {
    await expect(on.perform('entities.lookup', {})).rejects.toMatchObject(refused('query parameter not supplied'));
    await expect(on.perform('entities.lookup', { id: 'a', name: 'b' })).rejects.toMatchObject({ code: 'identity.invalid' });
    await expect(on.perform('entities.lookup', { aliasName: 'a' })).rejects.toMatchObject({ code: 'identity.invalid' });
    expect(await on.perform('entities.lookup', { aliasId: 'nobody' })).toBeNull();
  });
});

const idOf = async (name: string) => (await on.perform('entities.read', { at: 'name', name }))?.id;

describe('an alias', () => {
  it('belongs to one entity, which has no other at the same mount', async () => {
    const { entityId } = await on.logIn('ada');
    const write = (fields: object) => on.perform('entity-aliases.write', { at: 'body', mountAccessor: on.accessor, ...fields });
    await expect(write({ name: 'countess', canonicalId: entityId })).rejects.toMatchObject(
      refused('Alias already exists for requested entity and mount accessor'),
    );
    await expect(write({ name: 'x', mountAccessor: 'nowhere' })).rejects.toMatchObject(
      refused('invalid mount accessor "nowhere"'),
    );
    await expect(write({ name: 'x', canonicalId: 'nobody' })).rejects.toMatchObject(refused('invalid canonical ID'));
    await expect(on.perform('entity-aliases.write', { at: 'body' })).rejects.toMatchObject({ code: 'identity.invalid' });
    expect(await write({ name: 'ada' })).toBeNull();
  });

  it('moves to another entity, and the next login follows it', async () => {
    const { entityId, token } = await on.logIn('ada', { groups: ['crew'] });
    const target = await on.perform('entities.write', { at: 'body', name: 'countess', policies: ['more'] });
    const alias = (await on.entity('ada')).aliases[0];
    const moved = { id: alias?.id ?? '', canonicalId: target?.id ?? '' };
    expect(await on.perform('entity-aliases.write', { at: 'id', ...moved })).toEqual(moved);
    const login = await on.logIn('ada');
    expect([login.entityId, login.identityPolicies]).toEqual([target?.id, ['more']]);
    // Who is logged in already stays who he was.
    expect(await on.perform('token.lookup-self', {}, token)).toMatchObject({ entityId, identityPolicies: [] });
    expect(await on.perform('entities.read', { at: 'id', id: entityId })).toMatchObject({ aliases: [] });
  });

  it('takes no name that another has', async () => {
    await on.logIn('ada');
    await on.logIn('eve');
    const id = (await on.entity('eve')).aliases[0]?.id ?? '';
    await expect(on.perform('entity-aliases.write', { at: 'id', id, name: 'ada' })).rejects.toMatchObject(
      refused('alias with combination of mount accessor and name already exists'),
    );
    await on.perform('entity-aliases.write', { at: 'id', id, name: 'mallory' });
    expect((await on.logIn('mallory')).entityId).toBe((await on.entity('mallory')).id);
    await expect(on.entity('eve')).rejects.toThrow('nobody');
  });

  it('has words of administrators, which no login changes', async () => {
    await on.logIn('ada', { team: 'red' });
    const id = (await on.entity('ada')).aliases[0]?.id ?? '';
    await on.perform('entity-aliases.write', { at: 'id', id, customMetadata: { desk: '7' } });
    await on.logIn('ada', { team: 'blue' });
    expect(await on.perform('entity-aliases.read', { id })).toMatchObject({
      customMetadata: { desk: '7' },
      metadata: { team: 'blue' },
    });
    await on.perform('entity-aliases.delete', { id });
    expect(await on.perform('entity-aliases.read', { id })).toBeNull();
  });

  it('keeps its groups when only words about it change', async () => {
    await on.externalGroup('crew', ['of-crew']);
    await on.logIn('ada', { groups: ['crew'] });
    const id = (await on.entity('ada')).aliases[0]?.id ?? '';
    await on.perform('entity-aliases.write', { at: 'id', id, customMetadata: { desk: '7' } });
    expect((await on.entity('ada')).directGroupIds).toHaveLength(1);
    await on.perform('entity-aliases.write', { at: 'id', id, name: 'countess' });
    expect((await on.entity('countess')).directGroupIds).toEqual([]);
  });
});

describe('merging', () => {
  const make = async (name: string, policies: string[]) =>
    (await on.perform('entities.write', { at: 'body', name, policies }))?.id ?? '';

  it('brings aliases and groups, no policies, and lets tokens live on as the other', async () => {
    await on.externalGroup('crew', ['of-crew']);
    const { token, entityId } = await on.logIn('ada', { groups: ['crew'] });
    const target = await make('countess', ['of-countess']);
    const group = await on.group({ name: 'club', policies: ['of-club'], memberEntityIds: [entityId] });
    await on.perform('entities.merge', { toEntityId: target, fromEntityIds: [entityId] });
    expect(await on.perform('entities.read', { at: 'id', id: entityId })).toBeNull();
    expect(await on.perform('entities.read', { at: 'id', id: target })).toMatchObject({
      mergedIds: [entityId],
      aliases: [{ name: 'ada', mergedFrom: [entityId] }],
    });
    expect(await on.perform('groups.read', { at: 'id', id: group })).toMatchObject({ memberEntityIds: [target] });
    expect(await on.policiesOf(token)).toEqual(['default', 'of-club', 'of-countess', 'of-crew', 'people']);
    expect((await on.logIn('ada', { groups: ['crew'] })).entityId).toBe(target);
  });

  it('asks which of two aliases at one mount stays', async () => {
    const [ada, eve] = [await on.logIn('ada'), await on.logIn('eve')];
    const merge = (keep?: string[]) =>
      on.perform('entities.merge', {
        toEntityId: ada.entityId,
        fromEntityIds: [eve.entityId],
        conflictingAliasIdsToKeep: keep,
      });
    await expect(merge()).rejects.toMatchObject({ code: 'identity.invalid', where: 'conflicting_alias_ids_to_keep' });
    await merge([(await on.entity('eve')).aliases[0]?.id ?? '']);
    expect((await on.logIn('eve')).entityId).toBe(ada.entityId);
    expect((await on.logIn('ada')).entityId).not.toBe(ada.entityId);
  });

  it('takes nobody into himself, and nobody who is not there', async () => {
    const id = await make('ada', []);
    const merge = (toEntityId: string, ...fromEntityIds: string[]) =>
      expect(on.perform('entities.merge', { toEntityId, fromEntityIds })).rejects.toMatchObject({ code: 'identity.invalid' });
    await merge(id, id);
    await merge(id, 'nobody');
    await merge('nobody', id);
    expect(await on.perform('entities.read', { at: 'id', id })).not.toBeNull();
  });

  it('follows entities that were merged one after another', async () => {
    const { token, entityId } = await on.logIn('ada');
    const [one, two] = [await make('one', []), await make('two', ['of-two'])];
    await on.perform('entities.merge', { toEntityId: one, fromEntityIds: [entityId] });
    await on.perform('entities.merge', { toEntityId: two, fromEntityIds: [one] });
    expect(await on.policiesOf(token)).toContain('of-two');
    await on.perform('entities.delete', { at: 'id', id: two });
    await expect(on.perform('token.lookup-self', {}, token)).rejects.toMatchObject(denied);
  });
});
