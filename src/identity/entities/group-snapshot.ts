import { type Entity, externalGroupIds, type Group, nameKey } from './entity.ts';

/** The groups that an entity is in. */
export interface Belonging {
  readonly direct: readonly Group[];
  /** Groups that those are members of, at whatever distance. */
  readonly inherited: readonly Group[];
}

/** All groups as of one generation. */
export class GroupSnapshot {
  readonly generation: number;
  readonly #byId: ReadonlyMap<string, Group>;
  readonly #byName: ReadonlyMap<string, Group>;
  readonly #byAlias: ReadonlyMap<string, Group>;
  /** By member, the groups that name it. */
  readonly #ofEntity: ReadonlyMap<string, readonly Group[]>;
  readonly #ofGroup: ReadonlyMap<string, readonly Group[]>;

  constructor(groups: readonly Group[], generation: number) {
    this.generation = generation;
    this.#byId = new Map(groups.map((group) => [group.id, group]));
    this.#byName = new Map(groups.map((group) => [nameKey(group.name), group]));
    this.#byAlias = new Map(
      groups.flatMap((group) => (group.alias === null ? [] : [[factorsOf(group.alias.mountAccessor, group.alias.name), group]])),
    );
    this.#ofEntity = byMember(groups, ({ memberEntityIds }) => memberEntityIds);
    this.#ofGroup = byMember(groups, ({ memberGroupIds }) => memberGroupIds);
  }

  /** In the order of the ids. */
  all(): Group[] {
    return [...this.#byId.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  byId(id: string): Group | undefined {
    return this.#byId.get(id);
  }

  byName(name: string): Group | undefined {
    return this.#byName.get(nameKey(name));
  }

  byAlias(mountAccessor: string, name: string): Group | undefined {
    return this.#byAlias.get(factorsOf(mountAccessor, name));
  }

  byAliasId(id: string): Group | undefined {
    return this.all().find(({ alias }) => alias?.id === id);
  }

  /** Groups that have this one as a member. */
  parentsOf(id: string): readonly Group[] {
    return this.#ofGroup.get(id) ?? [];
  }

  /** Internal groups that name the entity, whatever they inherit. */
  naming(entityId: string): readonly Group[] {
    return this.#ofEntity.get(entityId) ?? [];
  }

  belonging(entity: Entity): Belonging {
    const direct = new Set([...this.naming(entity.id), ...this.#external(entity)]);
    const all = new Set(direct);
    // A set that grows is walked to its new end: each group once, circles or not.
    for (const group of all) for (const parent of this.parentsOf(group.id)) all.add(parent);
    return { direct: sorted(direct), inherited: sorted([...all].filter((group) => !direct.has(group))) };
  }

  /** Whether a group would be among its own members. */
  wouldCircle(id: string, memberGroupIds: readonly string[]): boolean {
    const below = new Set(memberGroupIds);
    for (const member of below) for (const deeper of this.byId(member)?.memberGroupIds ?? []) below.add(deeper);
    return below.has(id);
  }

  /** A login's word counts only while the group has an alias at the mount that the login was at. */
  #external(entity: Entity): Group[] {
    return externalGroupIds(entity).flatMap((id) => {
      const group = this.byId(id);
      const accessor = group?.alias?.mountAccessor;
      const said = accessor !== undefined && entity.externalGroups[accessor]?.includes(id) === true;
      return group !== undefined && group.type === 'external' && said ? [group] : [];
    });
  }
}

const factorsOf = (mountAccessor: string, name: string) => JSON.stringify([mountAccessor, name]);

const sorted = (groups: Iterable<Group>) => [...groups].sort((a, b) => (a.name < b.name ? -1 : 1));

function byMember(groups: readonly Group[], membersOf: (group: Group) => readonly string[]): Map<string, Group[]> {
  const found = new Map<string, Group[]>();
  for (const group of groups) {
    if (group.type !== 'internal') continue;
    for (const member of new Set(membersOf(group))) {
      const known = found.get(member);
      if (known === undefined) found.set(member, [group]);
      else known.push(group);
    }
  }
  return found;
}
