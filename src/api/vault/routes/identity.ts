import { WatchwordError } from '../../../foundation/errors.ts';
import { boolean, integer, text, textMap, texts } from '../fields.ts';
import { type AnyRoute, nothing, route, type WireRequest } from '../route.ts';
import { decodeFields, field } from '../wire-fields.ts';
import {
  aliasListReply,
  aliasReply,
  entityListReply,
  entityReply,
  groupListReply,
  groupReply,
  madeAliasReply,
  madeEntityReply,
  madeReply,
} from './identity-replies.ts';

/** Empty is as good as not said. */
const filled = (body: WireRequest['body'], name: string) => text(body, name) || undefined;

/** An object of texts, or `key=value`, one or several, as command lines send it. */
function pairs(body: WireRequest['body'], name: string): Record<string, string> | undefined {
  const value = body[name];
  if (typeof value !== 'string' && !Array.isArray(value)) return textMap(body, name);
  const entries = (texts(body, name) ?? []).map((pair) => {
    const at = pair.indexOf('=');
    if (at < 1) throw new WatchwordError('request.invalid', `${name} must be an object of texts, or key=value`, { where: name });
    return [pair.slice(0, at), pair.slice(at + 1)];
  });
  return Object.fromEntries(entries) as Record<string, string>;
}

const entityFields = [field('policies', texts), field('metadata', pairs), field('disabled', boolean)];
const groupFields = [
  field('policies', texts),
  field('metadata', pairs),
  field('type', filled),
  field('member_entity_ids', texts),
  field('member_group_ids', texts),
];
const aliasFields = [
  field('name', filled),
  field('mount_accessor', filled),
  field('canonical_id', filled, { older: ['entity_id'] }),
  field('custom_metadata', pairs),
];
const lookupFields = [
  field('id', filled),
  field('name', filled),
  field('alias_id', filled),
  field('alias_name', filled),
  field('alias_mount_accessor', filled),
];

type Spoken = Parameters<typeof decodeFields>[0];

/** What is written: named by the path, or in the body alone. */
const inBody = (fields: Spoken) => (request: WireRequest) => ({
  ...decodeFields(fields, request.body),
  at: 'body',
  id: filled(request.body, 'id'),
  name: filled(request.body, 'name'),
});
const atId = (fields: Spoken) => (request: WireRequest) => ({
  ...decodeFields(fields, request.body),
  at: 'id',
  id: request.params['id'],
  name: filled(request.body, 'name'),
});
const atName = (fields: Spoken) => (request: WireRequest) => ({
  ...decodeFields(fields, request.body),
  at: 'name',
  name: request.params['name'],
});
const byId = ({ params }: WireRequest) => ({ at: 'id', id: params['id'] });
const byName = ({ params }: WireRequest) => ({ at: 'name', name: params['name'] });
const pageOf = ({ body }: WireRequest) => ({ after: text(body, 'after'), limit: integer(body, 'limit') });
const pageAt = (at: 'id' | 'name') => (request: WireRequest) => ({ at, ...pageOf(request) });
const aliasId = ({ params }: WireRequest) => ({ id: params['id'] });
const lookup = ({ body }: WireRequest) => decodeFields(lookupFields, body);

const entityRoutes: readonly AnyRoute[] = [
  route({
    method: 'POST',
    pattern: 'entity',
    operation: 'entities.write',
    decode: inBody(entityFields),
    encode: madeEntityReply,
  }),
  route({
    method: 'POST',
    pattern: 'entity/id/:id',
    operation: 'entities.write',
    decode: atId(entityFields),
    encode: madeEntityReply,
  }),
  route({
    method: 'POST',
    pattern: 'entity/name/*name',
    operation: 'entities.write',
    decode: atName(entityFields),
    encode: madeEntityReply,
  }),
  route({ method: 'GET', pattern: 'entity/id/:id', operation: 'entities.read', decode: byId, encode: entityReply }),
  route({ method: 'GET', pattern: 'entity/name/*name', operation: 'entities.read', decode: byName, encode: entityReply }),
  route({ method: 'DELETE', pattern: 'entity/id/:id', operation: 'entities.delete', decode: byId, encode: nothing }),
  route({ method: 'DELETE', pattern: 'entity/name/*name', operation: 'entities.delete', decode: byName, encode: nothing }),
  route({ method: 'LIST', pattern: 'entity/id', operation: 'entities.list', decode: pageAt('id'), encode: entityListReply }),
  route({ method: 'LIST', pattern: 'entity/name', operation: 'entities.list', decode: pageAt('name'), encode: entityListReply }),
  route({
    method: 'POST',
    pattern: 'entity/batch-delete',
    operation: 'entities.delete-several',
    decode: ({ body }) => ({ entityIds: texts(body, 'entity_ids') ?? [] }),
    encode: nothing,
  }),
  route({
    method: 'POST',
    pattern: 'entity/merge',
    operation: 'entities.merge',
    decode: ({ body }) => ({
      toEntityId: text(body, 'to_entity_id'),
      fromEntityIds: texts(body, 'from_entity_ids') ?? [],
      conflictingAliasIdsToKeep: texts(body, 'conflicting_alias_ids_to_keep'),
    }),
    encode: nothing,
  }),
  route({ method: 'POST', pattern: 'lookup/entity', operation: 'entities.lookup', decode: lookup, encode: entityReply }),
];

const groupRoutes: readonly AnyRoute[] = [
  route({ method: 'POST', pattern: 'group', operation: 'groups.write', decode: inBody(groupFields), encode: madeReply }),
  route({ method: 'POST', pattern: 'group/id/:id', operation: 'groups.write', decode: atId(groupFields), encode: madeReply }),
  route({
    method: 'POST',
    pattern: 'group/name/*name',
    operation: 'groups.write',
    decode: atName(groupFields),
    encode: madeReply,
  }),
  route({ method: 'GET', pattern: 'group/id/:id', operation: 'groups.read', decode: byId, encode: groupReply }),
  route({ method: 'GET', pattern: 'group/name/*name', operation: 'groups.read', decode: byName, encode: groupReply }),
  route({ method: 'DELETE', pattern: 'group/id/:id', operation: 'groups.delete', decode: byId, encode: nothing }),
  route({ method: 'DELETE', pattern: 'group/name/*name', operation: 'groups.delete', decode: byName, encode: nothing }),
  route({ method: 'LIST', pattern: 'group/id', operation: 'groups.list', decode: pageAt('id'), encode: groupListReply }),
  route({ method: 'LIST', pattern: 'group/name', operation: 'groups.list', decode: pageAt('name'), encode: groupListReply }),
  route({ method: 'POST', pattern: 'lookup/group', operation: 'groups.lookup', decode: lookup, encode: groupReply }),
];

/** The same for aliases of entities and of groups. */
function aliasRoutes(noun: 'entity-alias' | 'group-alias', operations: 'entity-aliases' | 'group-aliases'): readonly AnyRoute[] {
  return [
    route({
      method: 'POST',
      pattern: noun,
      operation: `${operations}.write`,
      decode: inBody(aliasFields),
      encode: madeAliasReply,
    }),
    route({
      method: 'POST',
      pattern: `${noun}/id/:id`,
      operation: `${operations}.write`,
      decode: atId(aliasFields),
      encode: madeAliasReply,
    }),
    route({ method: 'GET', pattern: `${noun}/id/:id`, operation: `${operations}.read`, decode: aliasId, encode: aliasReply }),
    route({ method: 'DELETE', pattern: `${noun}/id/:id`, operation: `${operations}.delete`, decode: aliasId, encode: nothing }),
    route({ method: 'LIST', pattern: `${noun}/id`, operation: `${operations}.list`, decode: pageOf, encode: aliasListReply }),
  ];
}

/** Who somebody is, whichever way he logs in: below Vault's paths. */
export const identityRoutes: readonly AnyRoute[] = [
  ...entityRoutes,
  ...aliasRoutes('entity-alias', 'entity-aliases'),
  ...groupRoutes,
  ...aliasRoutes('group-alias', 'group-aliases'),
];
