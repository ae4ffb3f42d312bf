import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EntityWorld } from './testing/entity-world.ts';

let on: EntityWorld;
beforeEach(async () => {
  on = await EntityWorld.open();
});
afterEach(() => on[Symbol.asyncDispose]());

const denied = { code: 'access.denied' };
const lastRecord = () => on.platform.on.world.audit.records.at(-1);

describe('a token of somebody who logged in', () => {
  it('carries the entity, and so do its children, but no orphan', async () => {
    const { token, entityId } = await on.logIn('ada');
    expect(await on.perform('token.lookup-self', {}, token)).toMatchObject({ entityId, identityPolicies: [] });
    await on.perform('entities.write', { at: 'id', id: entityId, policies: ['more'] });
    const child = await on.perform('token.create', { policies: ['people'] }, token);
    expect(child).toMatchObject({ entityId, policies: ['default', 'people'], identityPolicies: ['more'] });
    await on.setPolicy('more', 'path "auth/token/create-orphan" { capabilities = ["update", "sudo"] }');
    expect(await on.perform('token.create-orphan', {}, token)).toMatchObject({ entityId: '', identityPolicies: [] });
  });

  it('is renewed although the entity has more policies by now, and told of them', async () => {
    const { token, entityId } = await on.logIn('ada');
    await on.perform('entities.write', { at: 'id', id: entityId, policies: ['more'] });
    expect(await on.perform('token.renew-self', {}, token)).toMatchObject({ identityPolicies: ['more'] });
  });

  it('makes no child with the policies of its entity: those are its own only as long as it has them', async () => {
    const { token, entityId } = await on.logIn('ada');
    await on.perform('entities.write', { at: 'id', id: entityId, policies: ['more'] });
    const asking = on.perform('token.create', { policies: ['more'] }, token);
    await expect(asking).rejects.toMatchObject({ code: 'token.invalid' });
  });

  it('may do nothing from the moment on that the entity is disabled, and the log says whose it is and why', async () => {
    const { token, entityId } = await on.logIn('ada');
    const child = await on.perform('token.create', {}, token);
    await on.perform('token.lookup-self', {}, token);
    await on.perform('entities.write', { at: 'id', id: entityId, disabled: true });
    await expect(on.perform('token.lookup-self', {}, token)).rejects.toMatchObject(denied);
    expect(lastRecord()).toMatchObject({
      outcome: 'denied',
      reason: 'entity.disabled',
      principal: { method: 'jwt', displayName: expect.stringContaining('ada') },
    });
    await expect(on.perform('token.lookup-self', {}, child.token)).rejects.toMatchObject(denied);
    await expect(on.logIn('ada')).rejects.toMatchObject({ code: 'login.refused' });
    expect(lastRecord()).toMatchObject({ reason: 'entity.disabled' });
    await on.perform('entities.write', { at: 'id', id: entityId, disabled: false });
    expect(await on.perform('token.lookup-self', {}, token)).toMatchObject({ entityId });
  });

  it('names its entity in the event of the login', async () => {
    const { entityId } = await on.logIn('ada');
    expect(lastRecord()?.facts).toMatchObject({ entityId, entityMade: true });
  });
});

describe('a policy with templates', () => {
  const self = 'path "identity/entity/id/{{identity.entity.id}}" { capabilities = ["read", "update"] }';
  const named = (name: string) => `path "identity/entity/name/{{${name}}}" { capabilities = ["read"] }`;
  const read = (id: string, token: Parameters<typeof on.perform>[2]) => on.perform('entities.read', { at: 'id', id }, token);

  it('lets everybody reach what is his own', async () => {
    await on.setPolicy('people', self);
    const [ada, eve] = [await on.logIn('ada'), await on.logIn('eve')];
    expect(await read(ada.entityId, ada.token)).toMatchObject({ id: ada.entityId });
    await expect(read(eve.entityId, ada.token)).rejects.toMatchObject(denied);
    await expect(read(ada.entityId, eve.token)).rejects.toMatchObject(denied);
  });

  it('follows metadata with the very next request', async () => {
    await on.setPolicy('people', named('identity.entity.metadata.twin'));
    const { token, entityId } = await on.logIn('ada');
    const readTwin = (name: string) => on.perform('entities.read', { at: 'name', name }, token);
    await expect(readTwin('twin')).rejects.toMatchObject(denied);
    await on.perform('entities.write', { at: 'id', id: entityId, metadata: { twin: 'twin' } });
    expect(await readTwin('twin')).toBeNull();
    await on.perform('entities.write', { at: 'id', id: entityId, metadata: { twin: 'other' } });
    await expect(readTwin('twin')).rejects.toMatchObject(denied);
    expect(await readTwin('other')).toBeNull();
  });

  it('names what the login said, and groups', async () => {
    await on.setPolicy('people', named(`identity.entity.aliases.${on.accessor}.metadata.team`));
    const { token, entityId } = await on.logIn('ada', { team: 'blue' });
    expect(await on.perform('entities.read', { at: 'name', name: 'blue' }, token)).toBeNull();
    await on.setPolicy('people', named('identity.groups.names.crew.metadata.ship'));
    await on.group({ name: 'crew', memberEntityIds: [entityId], metadata: { ship: 'argo' } });
    expect(await on.perform('entities.read', { at: 'name', name: 'argo' }, token)).toBeNull();
  });

  it.each(['*', '+', 'a/b', 'x*', '..', '{{identity.entity.id}}', ''])(
    'grants nothing where a value could widen it: %j',
    async (value) => {
      await on.setPolicy('people', named('identity.entity.metadata.twin'));
      const { token, entityId } = await on.logIn('ada');
      await on.perform('entities.write', { at: 'id', id: entityId, metadata: { twin: value } });
      for (const name of [value, 'a', 'a/b', 'xy', entityId]) {
        if (name === '') continue;
        await expect(on.perform('entities.read', { at: 'name', name }, token)).rejects.toMatchObject(denied);
      }
    },
  );
});
