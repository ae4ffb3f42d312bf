import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Session } from '../../access/operation.ts';
import { type Entity, newGroup } from './entity.ts';
import { type BareStore, NOW, openBareStore } from './testing/bare-store.ts';

let on: BareStore;
let entityId: string;
beforeEach(async () => {
  on = await openBareStore();
  ({ entityId } = await on.enter('ada'));
});
afterEach(() => on[Symbol.asyncDispose]());

const session = (): Session => ({
  principal: {
    method: 'jwt',
    id: 'ada',
    displayName: 'ada',
    namespace: 'root',
    session: 'accessor',
    policies: ['of-token'],
    attributes: { 'workload.subject': 'ada' },
  },
  root: false,
  usesLeft: 0,
  expiresAt: undefined,
});
const complete = (of: Session, id = entityId) => on.sessions.complete(of, id, on.storage.reader);
const group = (id: string, fields: object) =>
  on.storage.write((tx) => on.groups.put(tx, { ...newGroup(id, NOW), name: id, ...fields }));

async function change(fields: Partial<Entity>): Promise<void> {
  const before = (await on.entities.resolve(on.storage.reader, entityId)).entity as Entity;
  await on.storage.write((tx) => on.entities.save(tx, { ...before, ...fields }, before));
}

describe('the session of a token', () => {
  it('without an entity stays as it is, and asks nothing', async () => {
    const alone = session();
    on.queries.count = 0;
    expect(await complete(alone, '')).toBe(alone);
    expect(on.queries.count).toBe(0);
  });

  it('with an entity has its policies and those of its groups, and is told what templates may name', async () => {
    await change({ policies: ['of-entity'], metadata: { team: 'red' } });
    await group('crew', { policies: ['of-group', 'of-token'], memberEntityIds: [entityId], metadata: { floor: '3' } });
    const { principal } = await complete(session());
    expect(principal.policies).toEqual(['of-entity', 'of-group', 'of-token']);
    expect(principal.attributes).toMatchObject({
      'workload.subject': 'ada',
      'identity.entity.id': entityId,
      'identity.entity.metadata.team': 'red',
      'identity.entity.aliases.jwt_1a2b3c4d.name': 'ada',
      'identity.groups.names.crew.id': 'crew',
      'identity.groups.names.crew.metadata.floor': '3',
      'identity.groups.ids.crew.name': 'crew',
    });
  });

  it('is the same object while nothing of it changed, whatever others do', async () => {
    const own = session();
    const first = await complete(own);
    await on.enter('grace');
    await group('others', { policies: ['x'] });
    expect(await complete(own)).toBe(first);
    await change({ policies: ['more'] });
    const changed = await complete(own);
    expect(changed.principal.policies).toEqual(['more', 'of-token']);
    expect(await complete(own)).toBe(changed);
  });

  it('costs no query while nothing was committed, and one after that', async () => {
    const own = session();
    await complete(own);
    on.queries.count = 0;
    await complete(own);
    expect(on.queries.count).toBe(0);
    await on.storage.write(async (tx) =>
      tx.query.updateTable('configuration_generation').set({ value: 7 }).where('scope', '=', 'mounts').execute(),
    );
    await complete(own);
    expect(on.queries.count).toBe(1);
  });

  it('loses a group with its next request', async () => {
    await group('crew', { policies: ['of-group'], memberEntityIds: [entityId] });
    const own = session();
    expect((await complete(own)).principal.policies).toEqual(['of-group', 'of-token']);
    await on.storage.write((tx) => on.groups.remove(tx, 'crew'));
    expect((await complete(own)).principal.policies).toEqual(['of-token']);
  });

  it('stands for the entity that its own was merged into', async () => {
    const target = await on.enter('grace');
    const into = (await on.entities.resolve(on.storage.reader, target.entityId)).entity as Entity;
    const from = (await on.entities.resolve(on.storage.reader, entityId)).entity as Entity;
    await on.storage.write((tx) => on.entities.merge(tx, from, into.id));
    expect((await complete(session())).principal.attributes['identity.entity.id']).toBe(into.id);
  });

  it('may do nothing while its entity is disabled, and after it was deleted', async () => {
    const own = session();
    await complete(own);
    await change({ disabled: true });
    await expect(complete(own)).rejects.toMatchObject({ code: 'access.denied', reason: 'entity.disabled' });
    await change({ disabled: false });
    expect((await complete(own)).principal.policies).toEqual(['of-token']);
    const { entity } = await on.entities.resolve(on.storage.reader, entityId);
    await on.storage.write((tx) => on.entities.remove(tx, entity as Entity));
    await expect(complete(own)).rejects.toMatchObject({ code: 'access.denied', reason: 'entity.missing' });
  });

  it('never gains by groups that a transaction saw and did not commit', async () => {
    const own = session();
    await complete(own);
    const failing = on.storage.write(async (tx) => {
      await on.groups.put(tx, { ...newGroup('ghost', NOW), name: 'ghost', policies: ['ghost'], memberEntityIds: [entityId] });
      expect(await on.sessions.policies(tx, entityId)).toEqual(['ghost']);
      throw new Error('undone');
    });
    await expect(failing).rejects.toThrow('undone');
    await group('real', { policies: ['real'], memberEntityIds: [entityId] });
    expect((await complete(own)).principal.policies).toEqual(['of-token', 'real']);
  });

  it('with the root policy keeps that alone', async () => {
    await change({ policies: ['of-entity'] });
    const { principal, ...rest } = session();
    const root = { ...rest, root: true, principal: { ...principal, policies: ['root'] } };
    expect((await complete(root)).principal.policies).toEqual(['root']);
  });
});
