import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Secret } from '../../foundation/secret.ts';
import { EntityWorld } from './testing/entity-world.ts';

let on: EntityWorld;
beforeEach(async () => {
  on = await EntityWorld.open();
});
afterEach(() => on[Symbol.asyncDispose]());

const denied = { code: 'access.denied' };
const make = async (name: string, policies: readonly string[]) =>
  (await on.perform('entities.write', { at: 'body', name, policies }))?.id ?? '';
const give = (entityId: string, policies: readonly string[]) =>
  on.perform('entities.write', { at: 'id', id: entityId, policies });
const aliasOf = async (name: string) => (await on.entity(name)).aliases[0]?.id ?? '';
const home = (token: Secret, name: string) => on.perform('entities.read', { at: 'name', name: `home/${name}` }, token);
const own = () =>
  on.setPolicy(
    'people',
    `path "identity/entity/name/home/{{identity.entity.aliases.${on.accessor}.name}}" { capabilities = ["read"] }
     path "auth/token/*" { capabilities = ["read", "update", "sudo"] }`,
  );

describe('a token whose alias is deleted', () => {
  it('keeps the entity with its policies, and loses at once what the alias named', async () => {
    await own();
    const { token, entityId } = await on.logIn('ada');
    await give(entityId, ['of-ada']);
    expect(await home(token, 'ada')).toBeNull();
    await on.perform('entity-aliases.delete', { id: await aliasOf('ada') });
    expect(await on.policiesOf(token)).toEqual(['default', 'of-ada', 'people']);
    await expect(home(token, 'ada')).rejects.toMatchObject(denied);
  });

  it('gains nothing by the next who is called alike', async () => {
    await own();
    const { token, entityId } = await on.logIn('ada');
    await on.perform('entity-aliases.delete', { id: await aliasOf('ada') });
    const next = await on.logIn('ada');
    expect(next.entityId).not.toBe(entityId);
    await give(next.entityId, ['of-next']);
    expect(await on.policiesOf(token)).toEqual(['default', 'people']);
    await expect(home(token, 'ada')).rejects.toMatchObject(denied);
    expect(await home(next.token, 'ada')).toBeNull();
    expect(await on.policiesOf(next.token)).toContain('of-next');
  });

  it('loses the groups that the logins at its mount had told', async () => {
    await on.externalGroup('crew', ['of-crew']);
    const { token } = await on.logIn('ada', { groups: ['crew'] });
    expect(await on.policiesOf(token)).toContain('of-crew');
    await on.perform('entity-aliases.delete', { id: await aliasOf('ada') });
    expect(await on.policiesOf(token)).toEqual(['default', 'people']);
    // Renewing brings nothing back.
    expect(await on.perform('token.renew-self', {}, token)).toMatchObject({ identityPolicies: [] });
  });
});

describe('a token whose alias goes over to another entity', () => {
  it('stays with the entity that it was given for, which the alias names no longer', async () => {
    await own();
    const { token, entityId } = await on.logIn('ada');
    await give(entityId, ['of-ada']);
    const countess = await make('countess', ['of-countess']);
    const id = await aliasOf('ada');
    await on.perform('entity-aliases.write', { at: 'id', id, canonicalId: countess });
    expect(await on.policiesOf(token)).toEqual(['default', 'of-ada', 'people']);
    await expect(home(token, 'ada')).rejects.toMatchObject(denied);
    const next = await on.logIn('ada');
    expect(await on.policiesOf(next.token)).toEqual(['default', 'of-countess', 'people']);
    expect(await home(next.token, 'ada')).toBeNull();
    // And back: the first token means the same as at first, the second one keeps what it was given for.
    await on.perform('entity-aliases.write', { at: 'id', id, canonicalId: entityId });
    expect(await home(token, 'ada')).toBeNull();
    await expect(home(next.token, 'ada')).rejects.toMatchObject(denied);
    expect(await on.policiesOf(next.token)).toContain('of-countess');
  });

  it('is the same for its children, and for those who look at them', async () => {
    const { token, entityId } = await on.logIn('ada');
    await give(entityId, ['of-ada']);
    const child = (await on.perform('token.create', { policies: ['people'] }, token)).token as Secret;
    const countess = await make('countess', ['of-countess']);
    await on.perform('entity-aliases.write', { at: 'id', id: await aliasOf('ada'), canonicalId: countess });
    expect(await on.policiesOf(child)).toEqual(['default', 'of-ada', 'people']);
    const told = await on.perform('token.lookup', { token: child });
    expect(told).toMatchObject({ entityId, identityPolicies: ['of-ada'] });
  });

  it('follows the new name of its alias, which nobody else may have at the same time', async () => {
    await own();
    const { token } = await on.logIn('ada');
    const eve = await on.logIn('eve');
    const id = await aliasOf('ada');
    await expect(on.perform('entity-aliases.write', { at: 'id', id, name: 'eve' })).rejects.toMatchObject({
      code: 'identity.invalid',
    });
    await on.perform('entity-aliases.write', { at: 'id', id, name: 'countess' });
    expect(await home(token, 'countess')).toBeNull();
    await expect(home(token, 'ada')).rejects.toMatchObject(denied);
    await expect(home(token, 'eve')).rejects.toMatchObject(denied);
    await expect(home(eve.token, 'countess')).rejects.toMatchObject(denied);
  });
});

describe('tokens of entities that become one', () => {
  it('have the policies of the one, of no other, and at most what the one has', async () => {
    const [ada, eve] = [await on.logIn('ada'), await on.logIn('eve')];
    await give(ada.entityId, ['of-ada']);
    await give(eve.entityId, ['of-eve']);
    const conflictingAliasIdsToKeep = [await aliasOf('eve')];
    await on.perform('entities.merge', { toEntityId: ada.entityId, fromEntityIds: [eve.entityId], conflictingAliasIdsToKeep });
    for (const { token } of [ada, eve]) expect(await on.policiesOf(token)).toEqual(['default', 'of-ada', 'people']);
    await on.perform('entities.write', { at: 'id', id: ada.entityId, disabled: true });
    for (const { token } of [ada, eve]) {
      await expect(on.perform('token.lookup-self', {}, token)).rejects.toMatchObject(denied);
    }
  });

  it('mean by an alias the one that stays', async () => {
    await own();
    const [ada, eve] = [await on.logIn('ada'), await on.logIn('eve')];
    const conflictingAliasIdsToKeep = [await aliasOf('eve')];
    await on.perform('entities.merge', { toEntityId: ada.entityId, fromEntityIds: [eve.entityId], conflictingAliasIdsToKeep });
    for (const { token } of [ada, eve]) {
      expect(await home(token, 'eve')).toBeNull();
      await expect(home(token, 'ada')).rejects.toMatchObject(denied);
    }
  });

  it('do not live again by it, where their entity was disabled', async () => {
    const { token, entityId } = await on.logIn('ada');
    await on.perform('entities.write', { at: 'id', id: entityId, disabled: true });
    const [countess, locked] = [await make('countess', ['of-countess']), await make('locked', [])];
    const merge = (toEntityId: string) => on.perform('entities.merge', { toEntityId, fromEntityIds: [entityId] });
    await expect(merge(countess)).rejects.toMatchObject({ code: 'identity.invalid', where: 'from_entity_ids' });
    await expect(on.perform('token.lookup-self', {}, token)).rejects.toMatchObject(denied);
    await on.perform('entities.write', { at: 'id', id: locked, disabled: true });
    await merge(locked);
    await expect(on.perform('token.lookup-self', {}, token)).rejects.toMatchObject(denied);
    await expect(on.logIn('ada')).rejects.toMatchObject({ code: 'login.refused' });
  });

  it('are those of nobody when the merge fails half way', async () => {
    const { token, entityId } = await on.logIn('ada');
    await give(entityId, ['of-ada']);
    const countess = await make('countess', ['of-countess']);
    const merging = on.perform('entities.merge', { toEntityId: countess, fromEntityIds: [entityId, 'nobody'] });
    await expect(merging).rejects.toMatchObject({ code: 'identity.invalid' });
    expect(await on.policiesOf(token)).toEqual(['default', 'of-ada', 'people']);
    expect((await on.logIn('ada')).entityId).toBe(entityId);
  });
});

describe('an entity by its name', () => {
  it.each(['\ud800', 'a\udc00', '\ud83d'])('has none that the database would keep as another one: %j', async (name) => {
    for (const operation of ['entities.write', 'groups.write'] as const) {
      const writing = on.perform(operation, { at: 'body', name });
      await expect(writing).rejects.toMatchObject({ code: 'request.invalid' });
    }
    expect(await on.perform('entities.read', { at: 'name', name: '\ufffd' })).toBeNull();
    expect(await make('\u{1f600}', [])).not.toBe('');
  });
});
