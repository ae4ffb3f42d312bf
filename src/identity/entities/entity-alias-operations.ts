import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { type AnyOperation, type ChangeContext, defineChange, defineRead } from '../../access/operation.ts';
import { newId } from '../../foundation/ids.ts';
import { aliasClear, aliasPath, aliasSchema, byIdSchema, checkAccessor } from './alias-write.ts';
import type { AliasInput } from './contract.ts';
import type { IdentityStore } from './dependencies.ts';
import { type Alias, type Entity, newAlias, newEntity, withoutAlias } from './entity.ts';
import { invalid, pageFields } from './inputs.ts';
import { aliasFacts, listed } from './telling.ts';

const event = { class: 'access-change' } as const;
interface Made {
  readonly id: string;
  readonly canonicalId: string;
}

export function entityAliasOperations(store: IdentityStore): AnyOperation[] {
  const { entities, mounts } = store;
  const byId = ({ id }: { readonly id: string }, mount: { readonly path: string }) => `${mount.path}entity-alias/id/${id}`;
  return [
    defineChange<'entity-aliases.write'>({
      name: 'entity-aliases.write',
      summary: 'Say by what an auth method knows an entity, or change that.',
      capability: 'update',
      input: aliasSchema,
      path: aliasPath('entity-alias'),
      event: { ...event, activity: 'update', clear: [...aliasClear] },
      perform: (input, context) => write(store, input, context),
    }),
    defineRead<'entity-aliases.read'>({
      name: 'entity-aliases.read',
      summary: 'Read an alias of an entity.',
      capability: 'read',
      input: byIdSchema,
      path: byId,
      event: { ...event, activity: 'read', clear: ['id'] },
      async perform({ id }, { reader }) {
        const found = await entities.byAliasId(reader, id);
        return found === undefined ? null : aliasFacts(found.alias, found.entity.id, mounts);
      },
    }),
    defineChange<'entity-aliases.delete'>({
      name: 'entity-aliases.delete',
      summary: 'Delete an alias: who logs in by it next is somebody new.',
      capability: 'delete',
      input: byIdSchema,
      path: byId,
      event: { ...event, activity: 'delete', clear: ['id'] },
      async perform({ id }, { tx, now }) {
        const found = await entities.byAliasId(tx, id);
        if (found !== undefined) await entities.save(tx, withoutAlias(found.entity, found.alias, now), found.entity);
        return null;
      },
    }),
    defineRead<'entity-aliases.list'>({
      name: 'entity-aliases.list',
      summary: 'List the ids of the aliases of entities.',
      capability: 'list',
      input: z.object(pageFields),
      path: (_input, mount) => `${mount.path}entity-alias/id/`,
      event: { ...event, activity: 'read', clear: ['after', 'limit'] },
      perform: (page, { reader, warn }) =>
        listed({
          page,
          read: (part) => entities.table.aliases(reader, part),
          keyOf: ({ id }) => id,
          async info({ id }) {
            const found = await entities.byAliasId(reader, id);
            return found && [id, aliasFacts(found.alias, found.entity.id, mounts)];
          },
          warn,
        }),
    }),
  ];
}

async function write(store: IdentityStore, input: AliasInput, context: ChangeContext): Promise<Made | null> {
  const { entities, mounts } = store;
  const { id, name, mountAccessor } = input;
  if (id !== undefined) {
    const known = await entities.byAliasId(context.tx, id);
    if (known === undefined) throw invalid('id', 'invalid alias ID provided');
    return update(store, known, input, context);
  }
  if (mountAccessor === undefined || name === undefined) {
    throw invalid('mount_accessor', "'id' or 'mount_accessor' and 'name' must be provided");
  }
  checkAccessor(mounts, mountAccessor);
  const { entity, alias } = await entities.byAlias(context.tx, mountAccessor, name);
  if (entity !== undefined && alias !== undefined) return update(store, { entity, alias }, input, context);
  return create(store, { ...input, mountAccessor, name }, context);
}

async function create(
  { entities }: IdentityStore,
  input: AliasInput & { readonly mountAccessor: string; readonly name: string },
  { tx, now, note }: ChangeContext,
): Promise<Made> {
  const { canonicalId, mountAccessor, name, customMetadata = {} } = input;
  const known = canonicalId === undefined ? undefined : await entities.find(tx, canonicalId);
  if (canonicalId !== undefined && known === undefined) throw invalid('canonical_id', 'invalid canonical ID');
  const entity = known ?? newEntity(newId(), now);
  refuseSecond(entity, mountAccessor);
  const alias = { ...newAlias(newId(), mountAccessor, name, now), customMetadata: { ...customMetadata } };
  await entities.save(tx, { ...entity, aliases: [...entity.aliases, alias], updatedAt: now }, known);
  note({ entityId: entity.id });
  return { id: alias.id, canonicalId: entity.id };
}

interface Known {
  readonly entity: Entity;
  readonly alias: Alias;
}

/** Changes the given fields; moves it to another entity where `canonicalId` says so. */
async function update({ entities, mounts }: IdentityStore, known: Known, input: AliasInput, { tx, now, note }: ChangeContext) {
  const { entity, alias } = known;
  const { name = alias.name, mountAccessor = alias.mountAccessor, canonicalId = entity.id } = input;
  const customMetadata = { ...(input.customMetadata ?? alias.customMetadata) };
  const changed: Alias = { ...alias, name, mountAccessor, customMetadata };
  if (isDeepStrictEqual(changed, alias) && canonicalId === entity.id) return null;
  if (mountAccessor !== alias.mountAccessor) checkAccessor(mounts, mountAccessor);
  const other = (await entities.byAlias(tx, mountAccessor, name)).alias;
  if (other !== undefined && other.id !== alias.id) {
    throw invalid('name', 'alias with combination of mount accessor and name already exists');
  }
  const left = withoutAlias(entity, alias, now);
  const target = canonicalId === entity.id ? left : await entities.find(tx, canonicalId);
  if (target === undefined) throw invalid('canonical_id', "given 'canonical_id' is not associated with an entity");
  refuseSecond(target, mountAccessor);
  if (target !== left) await entities.save(tx, left, entity);
  const same = target === left && mountAccessor === alias.mountAccessor && name === alias.name;
  const gained: Entity = {
    ...target,
    aliases: [...target.aliases, { ...changed, updatedAt: now }],
    externalGroups: same ? entity.externalGroups : target.externalGroups,
    updatedAt: now,
  };
  await entities.save(tx, gained, target === left ? entity : target);
  note({ entityId: target.id });
  return { id: alias.id, canonicalId: target.id };
}

/** An entity has one alias at each mount: a template could not tell two of them apart. */
function refuseSecond(entity: Entity, mountAccessor: string): void {
  if (!entity.aliases.some((alias) => alias.mountAccessor === mountAccessor)) return;
  throw invalid('mount_accessor', 'Alias already exists for requested entity and mount accessor');
}
