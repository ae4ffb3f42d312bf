import { z } from 'zod';
import { type AnyOperation, type ChangeContext, defineChange, defineRead } from '../../access/operation.ts';
import type { InputOf } from '../../access/operation-types.ts';
import { newId } from '../../foundation/ids.ts';
import type { Executor, Reader, Transaction } from '../../storage/contract.ts';
import type { EntityFacts, EntityInput, LookupInput } from './contract.ts';
import type { IdentityStore } from './dependencies.ts';
import { type Entity, nameKey, newEntity } from './entity.ts';
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
import { aliasFacts, entityFacts, listed } from './telling.ts';

const path = pathOf('entity');
const event = { class: 'access-change' } as const;
const fields = z.object({
  at: z.enum(['body', 'id', 'name']),
  id: entryId.optional(),
  name: entryName.optional(),
  policies: identityPolicies.optional(),
  metadata: metadataSchema.optional(),
  disabled: z.boolean().optional(),
}) as unknown as z.ZodType<InputOf<'entities.write'>>;

export function entityOperations(store: IdentityStore): AnyOperation[] {
  const { entities } = store;
  return [
    defineChange<'entities.write'>({
      name: 'entities.write',
      summary: 'Make an entity, or change the given fields of one.',
      capability: 'update',
      input: fields,
      path,
      event: { ...event, activity: 'update', clear: ['at', 'id', 'name', 'policies', 'disabled'] },
      perform: (input, context) => write(store, input, context),
    }),
    defineRead<'entities.read'>({
      name: 'entities.read',
      summary: 'Read an entity with its aliases and groups.',
      capability: 'read',
      input: namedSchema as unknown as z.ZodType<InputOf<'entities.read'>>,
      path,
      event: { ...event, activity: 'read', clear: ['at', 'id', 'name'] },
      perform: async (input, { reader }) => told(store, await named(store, reader, input), reader),
    }),
    defineChange<'entities.delete'>({
      name: 'entities.delete',
      summary: 'Delete an entity: its tokens may do nothing any more, and who logs in again is somebody new.',
      capability: 'delete',
      input: namedSchema as unknown as z.ZodType<InputOf<'entities.delete'>>,
      path,
      event: { ...event, activity: 'delete', clear: ['at', 'id', 'name'] },
      async perform(input, { tx }) {
        await remove(store, tx, await named(store, tx, input));
        return null;
      },
    }),
    defineChange<'entities.delete-several'>({
      name: 'entities.delete-several',
      summary: 'Delete several entities at once.',
      capability: 'update',
      input: z.object({ entityIds: ids.min(1, 'missing entity ids to delete') }),
      path: (_input, mount) => `${mount.path}entity/batch-delete`,
      event: { ...event, activity: 'delete', clear: ['entityIds'] },
      async perform({ entityIds }, { tx }) {
        for (const id of new Set(entityIds)) await remove(store, tx, await entities.find(tx, id));
        return null;
      },
    }),
    defineRead<'entities.lookup'>({
      name: 'entities.lookup',
      summary: 'Find an entity by its id, its name, or one of its aliases.',
      capability: 'update',
      input: lookupSchema,
      path: (_input, mount) => `${mount.path}lookup/entity`,
      event: { ...event, activity: 'read', clear: ['id', 'name', 'aliasId', 'aliasMountAccessor'] },
      perform: async (input, { reader }) => told(store, await lookedUp(store, reader, input), reader),
    }),
    listOperation(store),
  ];
}

function listOperation(store: IdentityStore): AnyOperation {
  const { entities, mounts } = store;
  return defineRead<'entities.list'>({
    name: 'entities.list',
    summary: 'List the ids or the names of entities.',
    capability: 'list',
    input: z.object({ at: z.enum(['id', 'name']), ...pageFields }),
    path: ({ at }, mount) => `${mount.path}entity/${at}/`,
    event: { ...event, activity: 'read', clear: ['at', 'after', 'limit'] },
    perform: ({ at, ...page }, { reader, warn }) =>
      listed({
        page: { ...page, after: at === 'name' ? nameKey(page.after ?? '') : page.after },
        read: (part) =>
          at === 'id'
            ? entities.table.entities(reader, part)
            : entities.table.entitiesByName(reader, { ...part, after: nameKey(part.after) }),
        keyOf: ({ id, name }) => (at === 'id' ? id : (name ?? '')),
        async info({ id }) {
          const entity = await entities.find(reader, id);
          if (entity === undefined) return undefined;
          return [id, { name: entity.name, aliases: entity.aliases.map((alias) => aliasFacts(alias, id, mounts)) }];
        },
        warn,
      }),
  });
}

async function write({ entities }: IdentityStore, input: EntityInput, { tx, now, note }: ChangeContext) {
  const { at, id, name, policies, metadata, disabled } = input;
  const byId = at === 'name' || id === undefined ? undefined : await entities.find(tx, id);
  if (at !== 'name' && id !== undefined && byId === undefined) throw invalid('id', 'entity not found from id');
  const byName = name === undefined ? undefined : await entities.byName(tx, name);
  if (byId !== undefined && byName !== undefined && byName.id !== byId.id) throw invalid('name', 'entity name is already in use');
  const before = byId ?? byName;
  const entity: Entity = {
    ...(before ?? newEntity(newId(), now)),
    ...(name === undefined ? {} : { name }),
    ...(policies === undefined ? {} : { policies }),
    ...(metadata === undefined ? {} : { metadata: { ...metadata } }),
    ...(disabled === undefined ? {} : { disabled }),
    updatedAt: now,
  };
  checkPolicies(entity.policies);
  await entities.save(tx, entity, before);
  note({ entityId: entity.id, entityName: entity.name });
  return before === undefined ? { id: entity.id, name: entity.name } : null;
}

async function remove({ entities, groups }: IdentityStore, tx: Transaction, entity: Entity | undefined): Promise<void> {
  if (entity === undefined) return;
  for (const group of (await groups.current(tx)).naming(entity.id)) {
    await groups.put(tx, { ...group, memberEntityIds: group.memberEntityIds.filter((id) => id !== entity.id) });
  }
  await entities.remove(tx, entity);
}

type Named = InputOf<'entities.read'>;

function named({ entities }: IdentityStore, on: Executor, { at, id = '', name = '' }: Named): Promise<Entity | undefined> {
  return at === 'id' ? entities.find(on, id) : entities.byName(on, name);
}

async function lookedUp({ entities }: IdentityStore, on: Executor, input: LookupInput): Promise<Entity | undefined> {
  checkLookup(input);
  const { id, name, aliasId, aliasName = '', aliasMountAccessor = '' } = input;
  if (id !== undefined) return entities.find(on, id);
  if (name !== undefined) return entities.byName(on, name);
  if (aliasId !== undefined) return (await entities.byAliasId(on, aliasId))?.entity;
  return (await entities.byAlias(on, aliasMountAccessor, aliasName)).entity;
}

async function told({ groups, mounts }: IdentityStore, entity: Entity | undefined, reader: Reader): Promise<EntityFacts | null> {
  return entity === undefined ? null : entityFacts(entity, await groups.current(reader), mounts);
}
