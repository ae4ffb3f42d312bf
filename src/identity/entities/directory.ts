import { isDeepStrictEqual } from 'node:util';
import { newId } from '../../foundation/ids.ts';
import type { Transaction } from '../../storage/contract.ts';
import { type RefusalReasons, refusedLogin } from '../login-refusal.ts';
import type { Entities } from './entities.ts';
import { type Entity, type Metadata, newAlias, newEntity, withoutAlias } from './entity.ts';
import type { EntitySessions } from './entity-sessions.ts';
import type { GroupSnapshot } from './group-snapshot.ts';
import type { Groups } from './groups.ts';

export const entityReasons: RefusalReasons = {
  'entity.disabled': 'Whoever logged in, or whose token it is, is an entity that is disabled.',
  'entity.missing': "The token's entity was deleted.",
};

/** Somebody who proved at a mount who he is. */
export interface Entrant {
  readonly mountAccessor: string;
  /** By what the mount knows him, and what it says of him. */
  readonly alias: { readonly name: string; readonly metadata: Metadata };
  /** Names of groups at the platform. */
  readonly groups: readonly string[];
  /** Milliseconds since the epoch. */
  readonly now: number;
}

export interface Entered {
  readonly entityId: string;
  /** True for somebody who was never here before. */
  readonly made: boolean;
  /** Of the entity and its groups. */
  readonly policies: readonly string[];
}

export interface DirectoryDependencies {
  readonly entities: Entities;
  readonly groups: Groups;
  readonly sessions: EntitySessions;
}

/** From whoever logged in to the entity that he is. */
export class EntityDirectory {
  readonly #on: DirectoryDependencies;

  constructor(dependencies: DirectoryDependencies) {
    this.#on = dependencies;
  }

  /**
   * In the login's transaction: finds or makes the entity, and writes only what the login says anew.
   * @throws WatchwordError `login.refused` where the entity is disabled; `store.raced` when two logins made it at once
   */
  async enter(tx: Transaction, entrant: Entrant): Promise<Entered> {
    const { entities, sessions } = this.#on;
    const { entity: before, generation } = await entities.byAlias(tx, entrant.mountAccessor, entrant.alias.name);
    if (before?.disabled === true) throw refusedLogin('entity.disabled');
    const groups = () => this.#on.groups.at(tx, generation);
    const entity = await withGroups(withAlias(before, entrant), entrant, groups);
    if (entity === before) {
      return { entityId: entity.id, made: false, policies: await sessions.policiesOf(tx, { entity, generation }) };
    }
    await entities.save(tx, entity, before);
    return { entityId: entity.id, made: before === undefined, policies: await sessions.policies(tx, entity.id) };
  }

  /** Nobody is known at the mount by this name any more: who enters by it next is somebody new. */
  async forget(tx: Transaction, known: { mountAccessor: string; aliasName: string; now: number }): Promise<void> {
    const { entities } = this.#on;
    const { entity, alias } = await entities.byAlias(tx, known.mountAccessor, known.aliasName);
    if (entity === undefined || alias === undefined) return;
    await entities.save(tx, withoutAlias(entity, alias, known.now), entity);
  }
}

/** External groups of the mount that know one of the caller's groups have him as a member, and no others do. */
async function withGroups(
  entity: Entity,
  { mountAccessor, groups, now }: Entrant,
  known: () => Promise<GroupSnapshot>,
): Promise<Entity> {
  const before = entity.externalGroups[mountAccessor] ?? [];
  if (groups.length === 0 && before.length === 0) return entity;
  const snapshot = await known();
  const ids = groups.flatMap((name) => snapshot.byAlias(mountAccessor, name)?.id ?? []);
  const sorted = [...new Set(ids)].sort();
  if (isDeepStrictEqual(sorted, before)) return entity;
  const { [mountAccessor]: _old, ...others } = entity.externalGroups;
  const externalGroups = sorted.length === 0 ? others : { ...others, [mountAccessor]: sorted };
  return { ...entity, externalGroups, updatedAt: now };
}

/** The same object where the login says nothing new. */
function withAlias(before: Entity | undefined, { mountAccessor, alias: said, now }: Entrant): Entity {
  if (before === undefined) {
    const alias = { ...newAlias(newId(), mountAccessor, said.name, now), metadata: { ...said.metadata } };
    return { ...newEntity(newId(), now), aliases: [alias] };
  }
  const isIt = ({ mountAccessor: accessor, name }: Entity['aliases'][number]) => accessor === mountAccessor && name === said.name;
  if (before.aliases.some((alias) => isIt(alias) && isDeepStrictEqual(alias.metadata, { ...said.metadata }))) return before;
  const aliases = before.aliases.map((alias) =>
    isIt(alias) ? { ...alias, metadata: { ...said.metadata }, updatedAt: now } : alias,
  );
  return { ...before, aliases };
}
