import { z } from 'zod';
import { type AnyOperation, type ChangeContext, defineChange } from '../../access/operation.ts';
import type { Transaction } from '../../storage/contract.ts';
import type { MergeInput } from './contract.ts';
import type { IdentityStore } from './dependencies.ts';
import type { Alias, Entity } from './entity.ts';
import { entryId, ids, invalid } from './inputs.ts';

export function mergeOperation(store: IdentityStore): AnyOperation {
  return defineChange<'entities.merge'>({
    name: 'entities.merge',
    summary: 'Make several entities one: aliases and groups go over, policies and metadata do not, and tokens stand for the one.',
    capability: 'update',
    input: z.object({
      toEntityId: entryId,
      fromEntityIds: ids.min(1, 'missing entity ids to merge from'),
      conflictingAliasIdsToKeep: ids.optional(),
    }),
    path: (_input, mount) => `${mount.path}entity/merge`,
    event: { class: 'access-change', activity: 'update', clear: ['toEntityId', 'fromEntityIds', 'conflictingAliasIdsToKeep'] },
    perform: (input, context) => merge(store, input, context),
  });
}

async function merge(store: IdentityStore, input: MergeInput, { tx, now }: ChangeContext): Promise<null> {
  const { entities } = store;
  const into = await entities.find(tx, input.toEntityId);
  if (into === undefined) throw invalid('to_entity_id', 'entity id to merge to is invalid');
  const sources: Entity[] = [];
  for (const id of new Set(input.fromEntityIds)) {
    if (id === into.id) throw invalid('from_entity_ids', 'to_entity_id should not be present in from_entity_ids');
    const source = await entities.find(tx, id);
    if (source === undefined) throw invalid('from_entity_ids', 'entity id to merge from is invalid');
    if (source.disabled && !into.disabled) {
      throw invalid(
        'from_entity_ids',
        'an entity to merge from is disabled: its tokens would live again; enable or delete it first',
      );
    }
    sources.push(source);
  }
  const aliases = mergedAliases(into, sources, input.conflictingAliasIdsToKeep ?? []);
  for (const source of sources) {
    await replaceMember(store, tx, source.id, into.id);
    await entities.merge(tx, source, into.id);
  }
  const mergedIds = [...into.mergedIds, ...sources.flatMap(({ id, mergedIds: before }) => [...before, id])];
  await entities.save(
    tx,
    { ...into, aliases, mergedIds, externalGroups: mergedGroups(into, sources, aliases), updatedAt: now },
    into,
  );
  return null;
}

/** @throws WatchwordError `identity.invalid` where two of them are known at the same mount and it is not said which one stays */
function mergedAliases(into: Entity, sources: readonly Entity[], keep: readonly string[]): Alias[] {
  const byMount = new Map(into.aliases.map((alias) => [alias.mountAccessor, alias]));
  for (const source of sources) {
    for (const alias of source.aliases) {
      const other = byMount.get(alias.mountAccessor);
      const moved = { ...alias, mergedFrom: [...alias.mergedFrom, source.id] };
      if (other === undefined || keep.includes(alias.id)) byMount.set(alias.mountAccessor, moved);
      else if (!keep.includes(other.id)) {
        throw invalid(
          'conflicting_alias_ids_to_keep',
          `conflicting mount accessors in following alias IDs and neither were present in conflicting_alias_ids_to_keep: ${alias.id}, ${other.id}`,
        );
      }
    }
  }
  return [...byMount.values()];
}

/** What the logins of the aliases that stay have said last. */
function mergedGroups(into: Entity, sources: readonly Entity[], aliases: readonly Alias[]): Entity['externalGroups'] {
  const entries = aliases.flatMap(({ id, mountAccessor }) => {
    const owner = [into, ...sources].find((entity) => entity.aliases.some((alias) => alias.id === id));
    const groups = owner?.externalGroups[mountAccessor];
    return groups === undefined ? [] : [[mountAccessor, groups] as const];
  });
  return Object.fromEntries(entries);
}

async function replaceMember({ groups }: IdentityStore, tx: Transaction, member: string, by: string): Promise<void> {
  for (const group of (await groups.current(tx)).naming(member)) {
    const others = group.memberEntityIds.filter((id) => id !== member && id !== by);
    await groups.put(tx, { ...group, memberEntityIds: [...others, by] });
  }
}
