import { z } from 'zod';
import { type AnyOperation, type ChangeContext, defineChange, defineRead } from '../../access/operation.ts';
import type { InputOf } from '../../access/operation-types.ts';
import { newId } from '../../foundation/ids.ts';
import type { Reader } from '../../storage/contract.ts';
import type { GroupFacts, GroupInput, LookupInput } from './contract.ts';
import type { IdentityStore } from './dependencies.ts';
import { type Group, nameKey, newGroup } from './entity.ts';
import type { GroupSnapshot } from './group-snapshot.ts';
import {
  checkPolicies,
  entryId,
  entryName,
  identityPolicies,
  ids,
  invalid,
  metadataSchema,
  namedSchema,
  pageFields,
  pathOf,
} from './inputs.ts';
import { checkLookup, lookupSchema } from './lookup.ts';
import { aliasFacts, externalMembers, groupFacts, listed } from './telling.ts';

const path = pathOf('group');
const event = { class: 'access-change' } as const;
const fields = z.object({
  at: z.enum(['body', 'id', 'name']),
  id: entryId.optional(),
  name: entryName.optional(),
  type: z.enum(['internal', 'external'], 'invalid group type').optional(),
  policies: identityPolicies.optional(),
  metadata: metadataSchema.optional(),
  memberEntityIds: ids.optional(),
  memberGroupIds: ids.optional(),
}) as unknown as z.ZodType<InputOf<'groups.write'>>;

export function groupOperations(store: IdentityStore): AnyOperation[] {
  const { groups, entities } = store;
  return [
    defineChange<'groups.write'>({
      name: 'groups.write',
      summary: 'Make a group of entities, or change the given fields of one.',
      capability: 'update',
      input: fields,
      path,
      event: {
        ...event,
        activity: 'update',
        clear: ['at', 'id', 'name', 'type', 'policies', 'memberEntityIds', 'memberGroupIds'],
      },
      perform: (input, context) => write(store, input, context),
    }),
    defineRead<'groups.read'>({
      name: 'groups.read',
      summary: 'Read a group with its members.',
      capability: 'read',
      input: namedSchema as unknown as z.ZodType<InputOf<'groups.read'>>,
      path,
      event: { ...event, activity: 'read', clear: ['at', 'id', 'name'] },
      async perform(input, { reader }) {
        const snapshot = await groups.current(reader);
        return told(store, named(snapshot, input), snapshot, reader);
      },
    }),
    defineChange<'groups.delete'>({
      name: 'groups.delete',
      summary: 'Delete a group: its policies are gone from the very next request of its members.',
      capability: 'delete',
      input: namedSchema as unknown as z.ZodType<InputOf<'groups.delete'>>,
      path,
      event: { ...event, activity: 'delete', clear: ['at', 'id', 'name'] },
      async perform(input, { tx }) {
        const snapshot = await groups.current(tx);
        const group = named(snapshot, input);
        if (group === undefined) return null;
        for (const parent of snapshot.parentsOf(group.id)) {
          await groups.put(tx, { ...parent, memberGroupIds: parent.memberGroupIds.filter((id) => id !== group.id) });
        }
        await groups.remove(tx, group.id);
        await entities.memberships.removeGroup(tx, group.id);
        return null;
      },
    }),
    defineRead<'groups.lookup'>({
      name: 'groups.lookup',
      summary: 'Find a group by its id, its name, or its alias.',
      capability: 'update',
      input: lookupSchema,
      path: (_input, mount) => `${mount.path}lookup/group`,
      event: { ...event, activity: 'read', clear: ['id', 'name', 'aliasId', 'aliasName', 'aliasMountAccessor'] },
      async perform(input, { reader }) {
        const snapshot = await groups.current(reader);
        return told(store, lookedUp(snapshot, input), snapshot, reader);
      },
    }),
    listOperation(store),
  ];
}

function listOperation({ groups, entities, mounts }: IdentityStore): AnyOperation {
  return defineRead<'groups.list'>({
    name: 'groups.list',
    summary: 'List the ids or the names of groups.',
    capability: 'list',
    input: z.object({ at: z.enum(['id', 'name']), ...pageFields }),
    path: ({ at }, mount) => `${mount.path}group/${at}/`,
    event: { ...event, activity: 'read', clear: ['at', 'after', 'limit'] },
    async perform({ at, ...page }, { reader, warn }) {
      const snapshot = await groups.current(reader);
      const keyOf = ({ id, name }: Group) => (at === 'id' ? id : name);
      const order = (key: string) => (at === 'id' ? key : nameKey(key));
      const all = snapshot.all().sort((a, b) => (order(keyOf(a)) < order(keyOf(b)) ? -1 : 1));
      return listed({
        page,
        read: async ({ after, limit }) => all.filter((group) => order(keyOf(group)) > order(after)).slice(0, limit),
        keyOf,
        async info(group) {
          const { id, name, type, memberEntityIds, alias } = group;
          const members = type === 'external' ? await externalMembers(entities, reader, id) : memberEntityIds;
          const parentGroups = snapshot.parentsOf(id).length;
          return [id, { name, memberEntities: members.length, parentGroups, alias: alias && aliasFacts(alias, id, mounts) }];
        },
        warn,
      });
    },
  });
}

async function write(store: IdentityStore, input: GroupInput, context: ChangeContext) {
  const { groups } = store;
  const { tx, now, note } = context;
  const snapshot = await groups.current(tx);
  const before = target(snapshot, input);
  const { name, policies, metadata, memberEntityIds, memberGroupIds, type } = input;
  if (before !== undefined && type !== undefined && type !== before.type) throw invalid('type', 'group type cannot be changed');
  const plain = before ?? { ...newGroup(newId(), now), type: type ?? 'internal' };
  const group: Group = {
    ...plain,
    ...(name === undefined ? {} : { name }),
    ...(policies === undefined ? {} : { policies }),
    ...(metadata === undefined ? {} : { metadata: { ...metadata } }),
    ...(memberEntityIds === undefined ? {} : { memberEntityIds: [...new Set(memberEntityIds)] }),
    ...(memberGroupIds === undefined ? {} : { memberGroupIds: [...new Set(memberGroupIds)] }),
    updatedAt: now,
    changes: plain.changes + 1,
  };
  checkPolicies(group.policies);
  await checkMembers(store, group, input, context, snapshot);
  await groups.put(tx, group);
  note({ groupId: group.id, groupName: group.name });
  return before === undefined ? { id: group.id, name: group.name } : null;
}

/** The group that a write speaks of; undefined for a new one. @throws WatchwordError `identity.invalid` */
function target(snapshot: GroupSnapshot, { at, id, name }: GroupInput): Group | undefined {
  const byName = name === undefined ? undefined : snapshot.byName(name);
  if (at === 'name' || id === undefined) return byName;
  const byId = snapshot.byId(id);
  if (byId === undefined) throw invalid('id', 'invalid group ID');
  if (byName !== undefined && byName.id !== id) throw invalid('name', 'group name is already in use');
  return byId;
}

/** Members exist, and no group is among its own members. */
async function checkMembers(
  { entities }: IdentityStore,
  group: Group,
  { memberEntityIds, memberGroupIds }: GroupInput,
  { tx }: ChangeContext,
  snapshot: GroupSnapshot,
): Promise<void> {
  if (group.type === 'external' && (memberEntityIds !== undefined || memberGroupIds !== undefined)) {
    if (memberEntityIds !== undefined)
      throw invalid('member_entity_ids', "member entities can't be set manually for external groups");
    throw invalid('member_group_ids', "member groups can't be set for external groups");
  }
  for (const id of memberEntityIds ?? []) {
    if ((await entities.find(tx, id)) === undefined) throw invalid('member_entity_ids', `invalid entity ID "${id}"`);
  }
  for (const id of memberGroupIds ?? []) {
    if (snapshot.byId(id) === undefined) throw invalid('member_group_ids', `invalid group ID "${id}"`);
  }
  if (snapshot.wouldCircle(group.id, group.memberGroupIds)) {
    throw invalid('member_group_ids', 'cycle detected in member group IDs');
  }
}

function named(snapshot: GroupSnapshot, { at, id = '', name = '' }: InputOf<'groups.read'>): Group | undefined {
  return at === 'id' ? snapshot.byId(id) : snapshot.byName(name);
}

function lookedUp(snapshot: GroupSnapshot, input: LookupInput): Group | undefined {
  checkLookup(input);
  const { id, name, aliasId, aliasName = '', aliasMountAccessor = '' } = input;
  if (id !== undefined) return snapshot.byId(id);
  if (name !== undefined) return snapshot.byName(name);
  if (aliasId !== undefined) return snapshot.byAliasId(aliasId);
  return snapshot.byAlias(aliasMountAccessor, aliasName);
}

async function told(
  { entities, mounts }: IdentityStore,
  group: Group | undefined,
  snapshot: GroupSnapshot,
  reader: Reader,
): Promise<GroupFacts | null> {
  if (group === undefined) return null;
  const members = group.type === 'external' ? await externalMembers(entities, reader, group.id) : group.memberEntityIds;
  return groupFacts(group, snapshot, mounts, members);
}
