import type { Alias, Entity, Group, Metadata } from './entity.ts';

/** An alias as it is told. */
export interface AliasFacts extends Alias {
  /** The entity or group that it stands for. */
  readonly canonicalId: string;
  /** Absent when the mount is gone. */
  readonly mountPath: string | undefined;
  readonly mountKind: string | undefined;
}

export interface EntityFacts extends Omit<Entity, 'aliases' | 'externalGroups'> {
  readonly aliases: readonly AliasFacts[];
  readonly directGroupIds: readonly string[];
  readonly inheritedGroupIds: readonly string[];
}

export interface GroupFacts extends Omit<Group, 'alias'> {
  readonly alias: AliasFacts | null;
  readonly parentGroupIds: readonly string[];
}

/** By what an entity or a group is looked for: exactly one of id, name, alias id, or alias name and mount accessor. */
export interface LookupInput {
  readonly id?: string | undefined;
  readonly name?: string | undefined;
  readonly aliasId?: string | undefined;
  readonly aliasName?: string | undefined;
  readonly aliasMountAccessor?: string | undefined;
}

/** What a request speaks of: something new or named in its body, or what its path names by id or name. */
export type At = 'body' | 'id' | 'name';
interface Named {
  readonly at: Exclude<At, 'body'>;
  /** Which of the two counts is said by `at`. */
  readonly id?: string | undefined;
  readonly name?: string | undefined;
}

export interface EntityInput {
  readonly at: At;
  readonly id?: string | undefined;
  readonly name?: string | undefined;
  readonly policies?: readonly string[] | undefined;
  readonly metadata?: Metadata | undefined;
  readonly disabled?: boolean | undefined;
}

export interface GroupInput extends Omit<EntityInput, 'disabled'> {
  readonly type?: 'internal' | 'external' | undefined;
  readonly memberEntityIds?: readonly string[] | undefined;
  readonly memberGroupIds?: readonly string[] | undefined;
}

export interface AliasInput {
  readonly at: Exclude<At, 'name'>;
  readonly id?: string | undefined;
  readonly name?: string | undefined;
  readonly mountAccessor?: string | undefined;
  readonly canonicalId?: string | undefined;
  readonly customMetadata?: Metadata | undefined;
}

export interface MergeInput {
  readonly toEntityId: string;
  readonly fromEntityIds: readonly string[];
  readonly conflictingAliasIdsToKeep?: readonly string[] | undefined;
}

export interface PageInput {
  /** In the order of what is listed: after this one. */
  readonly after?: string | undefined;
  readonly limit?: number | undefined;
}

/** What is listed, and a word on each; undefined where there are too many for that. */
export interface Listing<Info> {
  readonly keys: readonly string[];
  /** By id. */
  readonly infos: Readonly<Record<string, Info>> | undefined;
}

type AliasInfo = Pick<AliasFacts, 'id' | 'name' | 'mountAccessor' | 'canonicalId' | 'mountPath' | 'mountKind'>;
export interface EntityInfo {
  readonly name: string;
  readonly aliases: readonly AliasInfo[];
}
export interface GroupInfo {
  readonly name: string;
  readonly memberEntities: number;
  readonly parentGroups: number;
  readonly alias: AliasInfo | null;
}

/** Null where nothing new was made. */
type Made<Fields> = Fields | null;
type NamedListing = PageInput & { readonly at: 'id' | 'name' };
interface ById {
  readonly id: string;
}
interface MadeAlias {
  readonly id: string;
  readonly canonicalId: string;
}

declare module '../../access/operation-types.ts' {
  interface OperationTypes {
    'entities.write': { input: EntityInput; output: Made<{ id: string; name: string }> };
    'entities.read': { input: Named; output: EntityFacts | null };
    'entities.delete': { input: Named; output: null };
    'entities.list': { input: NamedListing; output: Listing<EntityInfo> };
    'entities.delete-several': { input: { entityIds: readonly string[] }; output: null };
    'entities.merge': { input: MergeInput; output: null };
    'entities.lookup': { input: LookupInput; output: EntityFacts | null };
    'entity-aliases.write': { input: AliasInput; output: Made<MadeAlias> };
    'entity-aliases.read': { input: ById; output: AliasFacts | null };
    'entity-aliases.delete': { input: ById; output: null };
    'entity-aliases.list': { input: PageInput; output: Listing<AliasInfo> };
    'groups.write': { input: GroupInput; output: Made<{ id: string; name: string }> };
    'groups.read': { input: Named; output: GroupFacts | null };
    'groups.delete': { input: Named; output: null };
    'groups.list': { input: NamedListing; output: Listing<GroupInfo> };
    'groups.lookup': { input: LookupInput; output: GroupFacts | null };
    'group-aliases.write': { input: AliasInput; output: Made<MadeAlias> };
    'group-aliases.read': { input: ById; output: AliasFacts | null };
    'group-aliases.delete': { input: ById; output: null };
    'group-aliases.list': { input: PageInput; output: Listing<AliasInfo> };
  }
}
