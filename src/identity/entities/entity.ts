/** Texts by name: what administrators or platforms say of somebody. */
export type Metadata = Readonly<Record<string, string>>;

/** By what a mount knows somebody, or a group of its callers. */
export interface Alias {
  readonly id: string;
  readonly mountAccessor: string;
  readonly name: string;
  /** What the last login said; empty for a group's. */
  readonly metadata: Metadata;
  /** What administrators say. */
  readonly customMetadata: Metadata;
  /** Entities that it belonged to before they were merged. */
  readonly mergedFrom: readonly string[];
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** Somebody, whichever mounts he logs in at. */
export interface Entity {
  readonly id: string;
  readonly name: string;
  /** In the order and form of `sanitizePolicies`. */
  readonly policies: readonly string[];
  readonly metadata: Metadata;
  /** True: nobody logs in as this entity, and its tokens may do nothing. */
  readonly disabled: boolean;
  /** At most one for each mount. */
  readonly aliases: readonly Alias[];
  /** Entities that were merged into this one. */
  readonly mergedIds: readonly string[];
  /** Ids of external groups, by the accessor of the mount whose login said last that the entity is in them. */
  readonly externalGroups: Readonly<Record<string, readonly string[]>>;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** What is left of an entity that was merged: its tokens stand for the other one from then on. */
export interface MergedEntity {
  readonly id: string;
  readonly mergedInto: string;
}

export interface Group {
  readonly id: string;
  readonly name: string;
  /** Members of an internal group are named by hand, those of an external one by the logins at the mount of its alias. */
  readonly type: 'internal' | 'external';
  readonly policies: readonly string[];
  readonly metadata: Metadata;
  /** Of an internal group. */
  readonly memberEntityIds: readonly string[];
  /** Groups whose members are members of this one too. */
  readonly memberGroupIds: readonly string[];
  /** Of an external group. */
  readonly alias: Alias | null;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  readonly updatedAt: number;
  /** How often it was changed. */
  readonly changes: number;
}

/** Names of entities and groups differ by more than upper and lower case. */
export function nameKey(name: string): string {
  return name.toLowerCase();
}

export function newAlias(id: string, mountAccessor: string, name: string, now: number): Alias {
  return { id, mountAccessor, name, metadata: {}, customMetadata: {}, mergedFrom: [], createdAt: now, updatedAt: now };
}

export function newEntity(id: string, now: number): Entity {
  return {
    id,
    name: `entity_${suffixOf(id)}`,
    policies: [],
    metadata: {},
    disabled: false,
    aliases: [],
    mergedIds: [],
    externalGroups: {},
    createdAt: now,
    updatedAt: now,
  };
}

/** What logins at the alias's mount said of groups goes with it: the next one says it again. */
export function withoutAlias(entity: Entity, alias: Alias, now: number): Entity {
  const { [alias.mountAccessor]: _gone, ...externalGroups } = entity.externalGroups;
  return { ...entity, externalGroups, aliases: entity.aliases.filter(({ id }) => id !== alias.id), updatedAt: now };
}

export function newGroup(id: string, now: number): Group {
  return {
    id,
    name: `group_${suffixOf(id)}`,
    type: 'internal',
    policies: [],
    metadata: {},
    memberEntityIds: [],
    memberGroupIds: [],
    alias: null,
    createdAt: now,
    updatedAt: now,
    changes: 0,
  };
}

/** Long enough that no two of them are the same. */
const suffixOf = (id: string) => id.replaceAll('-', '').slice(0, 16);

/** All external groups that logins said the entity is in. */
export function externalGroupIds({ externalGroups }: Entity): string[] {
  return [...new Set(Object.values(externalGroups).flat())];
}
