import type { OutputOf } from '../../../access/operation-types.ts';
import { wireTime } from '../fields.ts';
import type { WireReply } from '../route.ts';

type AliasFacts = NonNullable<OutputOf<'entity-aliases.read'>>;
type EntityFacts = NonNullable<OutputOf<'entities.read'>>;
type GroupFacts = NonNullable<OutputOf<'groups.read'>>;

const NAMESPACE = 'root';
/** Vault says `null` where nobody said anything. */
const orNull = (list: readonly string[]) => (list.length === 0 ? null : list);
const mapOrNull = (map: Readonly<Record<string, string>>) => (Object.keys(map).length === 0 ? null : map);

function times({ createdAt, updatedAt }: { readonly createdAt: number; readonly updatedAt: number }) {
  return { creation_time: wireTime(createdAt), last_update_time: wireTime(updatedAt) };
}

/** Absent when the mount is gone. */
function mountOf({ mountPath, mountKind }: Pick<AliasFacts, 'mountPath' | 'mountKind'>) {
  return mountPath === undefined ? {} : { mount_path: mountPath, mount_type: mountKind };
}

function aliasOf(alias: AliasFacts) {
  return {
    canonical_id: alias.canonicalId,
    ...times(alias),
    custom_metadata: alias.customMetadata,
    id: alias.id,
    local: false,
    merged_from_canonical_ids: orNull(alias.mergedFrom),
    metadata: mapOrNull(alias.metadata),
    mount_accessor: alias.mountAccessor,
    ...mountOf(alias),
    name: alias.name,
  };
}

export function entityReply(entity: EntityFacts | null): WireReply {
  if (entity === null) return {};
  const { directGroupIds, inheritedGroupIds } = entity;
  return {
    data: {
      aliases: entity.aliases.map(aliasOf),
      ...times(entity),
      direct_group_ids: directGroupIds,
      disabled: entity.disabled,
      group_ids: [...directGroupIds, ...inheritedGroupIds],
      id: entity.id,
      inherited_group_ids: inheritedGroupIds,
      merged_entity_ids: orNull(entity.mergedIds),
      metadata: mapOrNull(entity.metadata),
      name: entity.name,
      namespace_id: NAMESPACE,
      policies: entity.policies,
    },
  };
}

export function groupReply(group: GroupFacts | null): WireReply {
  if (group === null) return {};
  return {
    data: {
      alias: group.alias === null ? {} : aliasOf(group.alias),
      ...times(group),
      id: group.id,
      member_entity_ids: orNull(group.memberEntityIds),
      member_group_ids: orNull(group.memberGroupIds),
      metadata: mapOrNull(group.metadata),
      modify_index: group.changes,
      name: group.name,
      namespace_id: NAMESPACE,
      parent_group_ids: orNull(group.parentGroupIds),
      policies: group.policies,
      type: group.type,
    },
  };
}

export function aliasReply(alias: AliasFacts | null): WireReply {
  return alias === null ? {} : { data: { ...aliasOf(alias), namespace_id: NAMESPACE } };
}

/** What was made, or nothing where something was changed. */
export function madeReply(made: { readonly id: string; readonly name: string } | null): WireReply {
  return made === null ? {} : { data: { id: made.id, name: made.name } };
}

export function madeEntityReply(made: OutputOf<'entities.write'>): WireReply {
  return made === null ? {} : { data: { aliases: null, id: made.id, name: made.name } };
}

export function madeAliasReply(made: OutputOf<'entity-aliases.write'>): WireReply {
  return made === null ? {} : { data: { canonical_id: made.canonicalId, id: made.id } };
}

type AliasInfo = OutputOf<'entity-aliases.list'>['infos'] extends infer Infos
  ? NonNullable<Infos> extends Readonly<Record<string, infer Info>>
    ? Info
    : never
  : never;

function aliasInfo(alias: AliasInfo) {
  return { id: alias.id, mount_accessor: alias.mountAccessor, ...mountOf(alias), name: alias.name };
}

/** No keys are nothing: 404. */
function listReply<Info>(
  { keys, infos }: { readonly keys: readonly string[]; readonly infos: Readonly<Record<string, Info>> | undefined },
  print: (info: Info) => object,
): WireReply {
  if (keys.length === 0) return {};
  if (infos === undefined) return { data: { keys } };
  return { data: { key_info: Object.fromEntries(Object.entries(infos).map(([id, info]) => [id, print(info)])), keys } };
}

export const entityListReply = (listing: OutputOf<'entities.list'>): WireReply =>
  listReply(listing, ({ name, aliases }) => ({
    ...(aliases.length === 0 ? {} : { aliases: aliases.map(aliasInfo) }),
    name,
  }));

export const aliasListReply = (listing: OutputOf<'entity-aliases.list'>): WireReply =>
  listReply(listing, (alias) => ({ canonical_id: alias.canonicalId, ...aliasInfo(alias) }));

export const groupListReply = (listing: OutputOf<'groups.list'>): WireReply =>
  listReply(listing, ({ name, memberEntities, parentGroups, alias }) => ({
    ...(alias === null ? {} : { alias: aliasInfo(alias) }),
    name,
    num_member_entities: memberEntities,
    num_parent_groups: parentGroups,
  }));
