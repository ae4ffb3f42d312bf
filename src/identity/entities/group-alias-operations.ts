import { z } from 'zod';
import { type AnyOperation, type ChangeContext, defineChange, defineRead } from '../../access/operation.ts';
import { newId } from '../../foundation/ids.ts';
import { aliasClear, aliasPath, aliasSchema, byIdSchema, checkAccessor } from './alias-write.ts';
import type { AliasInput } from './contract.ts';
import type { IdentityStore } from './dependencies.ts';
import { type Group, newAlias, newGroup } from './entity.ts';
import { invalid, pageFields } from './inputs.ts';
import { aliasFacts, listed } from './telling.ts';

const event = { class: 'access-change' } as const;
interface Made {
  readonly id: string;
  readonly canonicalId: string;
}

export function groupAliasOperations(store: IdentityStore): AnyOperation[] {
  const { groups, mounts } = store;
  const byId = ({ id }: { readonly id: string }, mount: { readonly path: string }) => `${mount.path}group-alias/id/${id}`;
  return [
    defineChange<'group-aliases.write'>({
      name: 'group-aliases.write',
      summary: 'Say by what an auth method knows an external group: who logs in as a member of it becomes one here.',
      capability: 'update',
      input: aliasSchema,
      path: aliasPath('group-alias'),
      event: { ...event, activity: 'update', clear: [...aliasClear, 'name'] },
      perform: (input, context) => write(store, input, context),
    }),
    defineRead<'group-aliases.read'>({
      name: 'group-aliases.read',
      summary: 'Read the alias of a group.',
      capability: 'read',
      input: byIdSchema,
      path: byId,
      event: { ...event, activity: 'read', clear: ['id'] },
      async perform({ id }, { reader }) {
        const group = (await groups.current(reader)).byAliasId(id);
        return group?.alias ? aliasFacts(group.alias, group.id, mounts) : null;
      },
    }),
    defineChange<'group-aliases.delete'>({
      name: 'group-aliases.delete',
      summary: 'Delete the alias of a group: it has no members then.',
      capability: 'delete',
      input: byIdSchema,
      path: byId,
      event: { ...event, activity: 'delete', clear: ['id'] },
      async perform({ id }, { tx, now }) {
        const group = (await groups.current(tx)).byAliasId(id);
        if (group !== undefined) await groups.put(tx, changed(group, { alias: null, now }));
        return null;
      },
    }),
    defineRead<'group-aliases.list'>({
      name: 'group-aliases.list',
      summary: 'List the ids of the aliases of groups.',
      capability: 'list',
      input: z.object(pageFields),
      path: (_input, mount) => `${mount.path}group-alias/id/`,
      event: { ...event, activity: 'read', clear: ['after', 'limit'] },
      async perform(page, { reader, warn }) {
        const all = (await groups.current(reader))
          .all()
          .flatMap(({ id, alias }) => (alias ? [aliasFacts(alias, id, mounts)] : []));
        const ordered = all.sort((a, b) => (a.id < b.id ? -1 : 1));
        return listed({
          page,
          read: async ({ after, limit }) => ordered.filter(({ id }) => id > after).slice(0, limit),
          keyOf: ({ id }) => id,
          info: async (alias) => [alias.id, alias],
          warn,
        });
      },
    }),
  ];
}

async function write(store: IdentityStore, input: AliasInput, { tx, now, note }: ChangeContext): Promise<Made | null> {
  const { groups, mounts } = store;
  const { id, name, mountAccessor, canonicalId } = input;
  const snapshot = await groups.current(tx);
  const before = id === undefined ? undefined : snapshot.byAliasId(id);
  if (id !== undefined && !before?.alias) throw invalid('id', 'invalid group alias ID');
  if (name === undefined) throw invalid('name', 'missing alias name');
  if (mountAccessor === undefined) throw invalid('mount_accessor', 'missing mount_accessor');
  const old = before?.alias;
  if (old && old.name === name && old.mountAccessor === mountAccessor && (canonicalId ?? before?.id) === before?.id) return null;
  checkAccessor(mounts, mountAccessor);
  const other = snapshot.byAlias(mountAccessor, name);
  if (other !== undefined && other.alias?.id !== id) {
    throw invalid('name', 'combination of mount and group alias name is already in use');
  }
  const group = owner(canonicalId === undefined ? before : snapshot.byId(canonicalId), canonicalId, now);
  if (before !== undefined && before.id !== group.id) await groups.put(tx, changed(before, { alias: null, now }));
  const alias = { ...(old ?? newAlias(newId(), mountAccessor, name, now)), name, mountAccessor, updatedAt: now };
  await groups.put(tx, changed(group, { alias, now }));
  note({ groupId: group.id });
  return { id: alias.id, canonicalId: group.id };
}

/** A new external group where none was named. @throws WatchwordError `identity.invalid` */
function owner(found: Group | undefined, canonicalId: string | undefined, now: number): Group {
  if (found === undefined && canonicalId !== undefined) throw invalid('canonical_id', "invalid group ID given in 'canonical_id'");
  const group: Group = found ?? { ...newGroup(newId(), now), type: 'external' };
  if (group.type !== 'external') throw invalid('canonical_id', "alias can't be set on an internal group");
  return group;
}

function changed(group: Group, { alias, now }: { alias: Group['alias']; now: number }): Group {
  return { ...group, alias, updatedAt: now, changes: group.changes + 1 };
}
