import type { Alias, Entity, Group } from './entity.ts';
import type { Belonging, GroupSnapshot } from './group-snapshot.ts';

/** What an entity and its groups give to whoever acts as it. */
export interface Standing {
  /** Of the entity and of all its groups; sorted. */
  readonly policies: readonly string[];
  /** What policy templates may refer to, by Vault's names: `identity.entity.metadata.team`. */
  readonly attributes: Readonly<Record<string, string>>;
}

export function standingOf(entity: Entity, groups: GroupSnapshot): Standing {
  const belonging = groups.belonging(entity);
  const all = [...belonging.direct, ...belonging.inherited];
  const policies = [entity, ...all].flatMap((holder) => holder.policies);
  return { policies: [...new Set(policies)].sort(), attributes: attributesOf(entity, belonging) };
}

/** The policies of a token together with those of its entity; the root policy stands alone. */
export function unitedPolicies(ofToken: readonly string[], ofIdentity: readonly string[]): readonly string[] {
  if (ofIdentity.length === 0 || ofToken.includes('root')) return ofToken;
  return [...new Set([...ofToken, ...ofIdentity])].sort();
}

function attributesOf(entity: Entity, { direct, inherited }: Belonging): Record<string, string> {
  const attributes: Record<string, string> = {
    'identity.entity.id': entity.id,
    'identity.entity.name': entity.name,
    ...prefixed('identity.entity.metadata', entity.metadata),
  };
  for (const alias of entity.aliases) Object.assign(attributes, aliasAttributes(alias));
  for (const group of [...direct, ...inherited]) Object.assign(attributes, groupAttributes(group));
  return attributes;
}

function aliasAttributes({ id, name, mountAccessor, metadata, customMetadata }: Alias): Record<string, string> {
  const prefix = `identity.entity.aliases.${mountAccessor}`;
  return {
    [`${prefix}.id`]: id,
    [`${prefix}.name`]: name,
    ...prefixed(`${prefix}.metadata`, metadata),
    ...prefixed(`${prefix}.custom_metadata`, customMetadata),
  };
}

/**
 * By id and, where it holds no dot, by name: a group could otherwise be named like what is said of another one, `team.metadata.x`.
 */
function groupAttributes({ id, name, metadata }: Group): Record<string, string> {
  const byId = `identity.groups.ids.${id}`;
  const byName = `identity.groups.names.${name}`;
  return {
    [`${byId}.id`]: id,
    [`${byId}.name`]: name,
    ...prefixed(`${byId}.metadata`, metadata),
    ...(name.includes('.')
      ? {}
      : { [`${byName}.id`]: id, [`${byName}.name`]: name, ...prefixed(`${byName}.metadata`, metadata) }),
  };
}

function prefixed(prefix: string, metadata: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(metadata).map(([key, value]) => [`${prefix}.${key}`, value]));
}
