import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Entity, newGroup } from './entity.ts';
import { type BareStore, NOW, openBareStore } from './testing/bare-store.ts';

/** Everything here is done by somebody who can write to the database, but has no key. */
let on: BareStore;
let ada: string;
let eve: string;
beforeEach(async () => {
  on = await openBareStore();
  ada = (await on.enter('ada')).entityId;
  eve = (await on.enter('eve')).entityId;
});
afterEach(() => on[Symbol.asyncDispose]());

type Row = Record<string, string | number | Uint8Array | null>;
const tampered = { code: 'keyring.tampered' };
const rolledBack = { code: 'keyring.rolled-back' };
const row = (table: string, column: string, value: string) =>
  on.attack(`select * from ${table} where ${column} = ?`, value)[0] as Row;
function restore(table: string, old: Row): void {
  const columns = Object.keys(old);
  const marks = columns.map(() => '?').join(', ');
  on.attack(`insert or replace into ${table} (${columns.join(', ')}) values (${marks})`, ...Object.values(old));
}
/** Every request arrives in a turn of its own. */
const resolve = (id: string) => nextTurn().then(() => on.entities.resolve(on.storage.reader, id));
const policies = (id: string) => nextTurn().then(() => on.sessions.policies(on.storage.reader, id));

async function change(id: string, fields: Partial<Entity>): Promise<void> {
  const before = (await resolve(id)).entity as Entity;
  await on.storage.write((tx) => on.entities.save(tx, { ...before, ...fields }, before));
}

describe.each([
  ['a process that knew the rows', () => {}],
  ['one that has just started', () => on.forget()],
])('%s', (_name, begin) => {
  it('takes the body of another entity for nobody', async () => {
    await change(ada, { policies: ['admin'] });
    await policies(eve);
    on.attack('update identity_entity set sealed = ? where id = ?', row('identity_entity', 'id', ada)['sealed'] ?? null, eve);
    begin();
    await expect(policies(eve)).rejects.toMatchObject(rolledBack);
  });

  it('refuses an entity that was put back as it was before it was disabled', async () => {
    const before = row('identity_entity', 'id', eve);
    await policies(eve);
    await change(eve, { disabled: true });
    restore('identity_entity', before);
    begin();
    await expect(resolve(eve)).rejects.toMatchObject(rolledBack);
    await expect(on.enter('eve')).rejects.toMatchObject(rolledBack);
  });

  it('refuses an entity that was put back after it was deleted', async () => {
    const [entity, alias] = [row('identity_entity', 'id', eve), row('identity_alias', 'entity_id', eve)];
    await policies(eve);
    const known = (await resolve(eve)).entity as Entity;
    await on.storage.write((tx) => on.entities.remove(tx, known));
    restore('identity_entity', entity);
    restore('identity_alias', alias);
    begin();
    await expect(resolve(eve)).rejects.toMatchObject(rolledBack);
    await expect(on.enter('eve')).rejects.toMatchObject(rolledBack);
  });

  it('makes nobody new of one whose alias was removed: he could be disabled', async () => {
    await change(eve, { disabled: true });
    on.attack('delete from identity_alias where entity_id = ?', eve);
    begin();
    await expect(on.enter('eve')).rejects.toMatchObject(rolledBack);
    on.attack('delete from identity_entity where id = ?', eve);
    await expect(resolve(eve)).rejects.toMatchObject(rolledBack);
  });

  it('lets two swapped aliases lead nobody anywhere', async () => {
    const [hers, his] = [row('identity_alias', 'entity_id', ada), row('identity_alias', 'entity_id', eve)];
    on.attack('update identity_alias set factors = ? where id = ?', 'aside', hers['id'] ?? null);
    on.attack('update identity_alias set factors = ? where id = ?', hers['factors'] ?? null, his['id'] ?? null);
    on.attack('update identity_alias set factors = ? where id = ?', his['factors'] ?? null, hers['id'] ?? null);
    begin();
    await expect(on.enter('eve')).rejects.toMatchObject(rolledBack);
    await nextTurn();
    await expect(on.entities.byAliasId(on.storage.reader, String(his['id']))).rejects.toMatchObject(tampered);
  });

  it('is led by the sealed alias, whatever the column beside it says', async () => {
    on.attack('update identity_alias set entity_id = ? where entity_id = ?', ada, eve);
    begin();
    expect((await on.enter('eve')).entityId).toBe(eve);
  });

  it('refuses a shard of the inventory that is not the one that its column names, and one of another number', async () => {
    on.attack("update identity_shard set tag = 'other'");
    begin();
    await expect(resolve(eve)).rejects.toMatchObject(tampered);
    on.attack('update identity_shard set sealed = (select sealed from identity_shard limit 1)');
    await expect(resolve(eve)).rejects.toMatchObject({ code: expect.stringMatching(/^keyring\./) });
  });

  it('gives a name that was changed in its column to nobody', async () => {
    const known = (await resolve(eve)).entity as Entity;
    on.attack("update identity_entity set name_key = 'admin', name = 'admin' where id = ?", eve);
    begin();
    await nextTurn();
    await expect(on.entities.byName(on.storage.reader, 'admin')).rejects.toMatchObject(tampered);
    expect(known.name).not.toBe('admin');
  });
});

describe('groups', () => {
  const put = (id: string, fields: object) =>
    on.storage.write((tx) => on.groups.put(tx, { ...newGroup(id, NOW), name: id, ...fields }));
  const groupRow = (id: string) => row('identity_group', 'id', id);

  it('that were put back as they were, or removed, stop whoever needs to know them', async () => {
    await put('admins', { policies: ['admin'], memberEntityIds: [eve] });
    await put('barred', { policies: ['deny-all'], memberEntityIds: [eve] });
    const before = groupRow('admins');
    await put('admins', { policies: ['admin'], memberEntityIds: [] });
    restore('identity_group', before);
    on.forget();
    await expect(policies(eve)).rejects.toMatchObject(rolledBack);
    await put('admins', { policies: ['admin'], memberEntityIds: [] });
    expect(await policies(eve)).toEqual(['deny-all']);
    on.attack("delete from identity_group where id = 'barred'");
    on.forget();
    await expect(policies(eve)).rejects.toMatchObject(rolledBack);
  });

  it('with the body of another open nothing', async () => {
    await put('admins', { policies: ['admin'], memberEntityIds: [ada] });
    await put('crew', { policies: ['crew'], memberEntityIds: [eve] });
    on.attack("update identity_group set sealed = ? where id = 'crew'", groupRow('admins')['sealed'] ?? null);
    on.forget();
    await expect(policies(eve)).rejects.toMatchObject({ code: expect.stringMatching(/^keyring\./) });
  });

  it('gain nobody by a row of the index of members', async () => {
    await put('admins', { type: 'external', policies: ['admin'] });
    on.attack('insert into identity_membership (group_id, entity_id) values (?, ?)', 'admins', eve);
    on.forget();
    expect(await policies(eve)).toEqual([]);
  });

  it('hold in memory against a generation that was set back', async () => {
    await put('crew', { policies: ['crew'], memberEntityIds: [eve] });
    expect(await policies(eve)).toEqual(['crew']);
    await put('crew', { policies: ['crew'], memberEntityIds: [] });
    expect(await policies(eve)).toEqual([]);
    on.attack("update configuration_generation set value = value - 1 where scope = 'identity'");
    expect(await policies(eve)).toEqual([]);
  });
});
