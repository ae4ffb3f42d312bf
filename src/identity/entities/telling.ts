import type { MountPoint } from '../../foundation/mount.ts';
import type { Executor } from '../../storage/contract.ts';
import type { AliasFacts, EntityFacts, GroupFacts, Listing } from './contract.ts';
import type { Entities } from './entities.ts';
import { type Alias, type Entity, externalGroupIds, type Group } from './entity.ts';
import type { GroupSnapshot } from './group-snapshot.ts';

export type Mounts = () => readonly MountPoint[];

export function aliasFacts(alias: Alias, canonicalId: string, mounts: Mounts): AliasFacts {
  const mount = mounts().find(({ accessor }) => accessor === alias.mountAccessor);
  return { ...alias, canonicalId, mountPath: mount?.path, mountKind: mount?.kind };
}

export function entityFacts(entity: Entity, groups: GroupSnapshot, mounts: Mounts): EntityFacts {
  const { externalGroups: _kept, aliases, ...rest } = entity;
  const { direct, inherited } = groups.belonging(entity);
  return {
    ...rest,
    aliases: aliases.map((alias) => aliasFacts(alias, entity.id, mounts)),
    directGroupIds: direct.map(({ id }) => id),
    inheritedGroupIds: inherited.map(({ id }) => id),
  };
}

export function groupFacts(group: Group, groups: GroupSnapshot, mounts: Mounts, members: readonly string[]): GroupFacts {
  return {
    ...group,
    memberEntityIds: members,
    alias: group.alias === null ? null : aliasFacts(group.alias, group.id, mounts),
    parentGroupIds: groups.parentsOf(group.id).map(({ id }) => id),
  };
}

const PAGE = 1000;

/** Of an external group: those whose sealed bodies say that they are in it, among those that the index names. */
export async function externalMembers(entities: Entities, on: Executor, groupId: string): Promise<string[]> {
  const members: string[] = [];
  for (let after = ''; ; ) {
    const page = await entities.memberships.members(on, groupId, { after, limit: PAGE });
    for (const id of page) {
      const entity = await entities.find(on, id);
      if (entity !== undefined && externalGroupIds(entity).includes(groupId)) members.push(id);
    }
    after = page.at(-1) ?? '';
    if (page.length < PAGE) return members;
  }
}

/** What is said about each of a list takes opening each of them: for that there must not be too many. */
const MAX_INFOS = 1000;

/**
 * A page of a table, all of it unless a limit was asked for.
 * @param read rows after a key, in the order of their keys
 */
export async function listed<Row, Info>(options: {
  readonly page: { readonly after?: string | undefined; readonly limit?: number | undefined };
  readonly read: (page: { readonly after: string; readonly limit: number }) => Promise<readonly Row[]>;
  readonly keyOf: (row: Row) => string;
  readonly info: (row: Row) => Promise<readonly [id: string, info: Info] | undefined>;
  readonly warn: (message: string) => void;
}): Promise<Listing<Info>> {
  const { page, read, keyOf, info, warn } = options;
  const rows: Row[] = [];
  for (let after = page.after ?? ''; ; ) {
    const wanted = Math.min(10 * PAGE, (page.limit ?? Number.POSITIVE_INFINITY) - rows.length);
    const more = wanted < 1 ? [] : await read({ after, limit: wanted });
    rows.push(...more);
    const last = more.at(-1);
    if (last === undefined || more.length < wanted) break;
    after = keyOf(last);
  }
  const keys = rows.map(keyOf);
  if (keys.length > MAX_INFOS) {
    warn(`key_info is told of ${MAX_INFOS} entries at most: ask for pages with "after" and "limit"`);
    return { keys, infos: undefined };
  }
  const infos = Object.create(null) as Record<string, Info>;
  for (const row of rows) {
    const told = await info(row);
    if (told !== undefined) infos[told[0]] = told[1];
  }
  return { keys, infos };
}
