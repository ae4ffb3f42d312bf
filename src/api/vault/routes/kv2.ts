import type { OutputOf } from '../../../access/operation-types.ts';
import { WatchwordError } from '../../../foundation/errors.ts';
import { formatDuration, parseDuration } from '../../../foundation/time.ts';
import { boolean, integer, integers, object, textMap, wireTime } from '../fields.ts';
import { type AnyRoute, nothing, RawJson, route, type WireReply, type WireRequest } from '../route.ts';
import { keysReply, pageOf } from './listing.ts';

type VersionFacts = OutputOf<'kv.write'>;

const pathOf = ({ params }: WireRequest) => params['path'] ?? '';

function versionOf({ version, createdAt, deletedAt, destroyed, custom }: VersionFacts) {
  return {
    created_time: wireTime(createdAt),
    custom_metadata: custom ?? null,
    deletion_time: wireTime(deletedAt),
    destroyed,
    version,
  };
}

/** A version whose value is gone is told with status 404, and what is known of it. */
function valueReply(name: 'data' | 'subkeys', value: unknown, version: VersionFacts): WireReply {
  const data = { [name]: value ?? null, metadata: versionOf(version) };
  return value === undefined || value === null ? { status: 404, data } : { data };
}

function writing(request: WireRequest) {
  const data = object(request.body, 'data');
  if (data === undefined) throw new WatchwordError('request.invalid', 'no data provided', { where: 'data' });
  return { path: pathOf(request), data, cas: integer(object(request.body, 'options') ?? {}, 'cas') };
}

function settings({ body }: WireRequest) {
  const after = body['delete_version_after'];
  return {
    maxVersions: integer(body, 'max_versions'),
    casRequired: boolean(body, 'cas_required'),
    deleteVersionAfter: after === undefined || after === null ? undefined : parseDuration(after, 'delete_version_after'),
  };
}

function settingsOf({ maxVersions, casRequired, deleteVersionAfter }: OutputOf<'kv.config.read'>) {
  return {
    cas_required: casRequired,
    delete_version_after: formatDuration(deleteVersionAfter),
    max_versions: maxVersions,
  };
}

function metadataReply(output: OutputOf<'kv.metadata.read'>): WireReply {
  if (output === null) return {};
  const { cas_required, delete_version_after, max_versions } = settingsOf(output.settings);
  const versions = output.versions.map(({ version, createdAt, deletedAt, destroyed }) => [
    String(version),
    { created_time: wireTime(createdAt), deletion_time: wireTime(deletedAt), destroyed },
  ]);
  return {
    data: {
      cas_required,
      created_time: wireTime(output.createdAt),
      current_version: output.current,
      custom_metadata: output.custom ?? null,
      delete_version_after,
      max_versions,
      oldest_version: output.oldest,
      updated_time: wireTime(output.updatedAt),
      versions: Object.fromEntries(versions),
    },
  };
}

/** null removes a key, or everything. */
function customPatch(body: WireRequest['body']) {
  if (body['custom_metadata'] === null) return null;
  const patch = object(body, 'custom_metadata');
  if (patch === undefined) return undefined;
  const removed = Object.keys(patch).filter((name) => patch[name] === null);
  const kept = Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== null));
  return { ...textMap({ custom_metadata: kept }, 'custom_metadata'), ...Object.fromEntries(removed.map((name) => [name, null])) };
}

const dataRoutes: readonly AnyRoute[] = [
  route({
    method: 'GET',
    pattern: 'data/*path',
    operation: 'kv.read',
    notes: '`version`',
    decode: (request) => ({ path: pathOf(request), version: integer(request.body, 'version') }),
    encode: (output) =>
      output === null ? {} : valueReply('data', output.data === undefined ? undefined : new RawJson(output.data), output.version),
  }),
  route({
    method: 'POST',
    pattern: 'data/*path',
    operation: 'kv.write',
    notes: '`options.cas`',
    decode: writing,
    encode: (output) => ({ data: versionOf(output) }),
  }),
  route({
    method: 'PATCH',
    pattern: 'data/*path',
    operation: 'kv.patch',
    notes: 'JSON merge patch',
    decode: writing,
    encode: (output) => ({ data: versionOf(output) }),
  }),
  route({
    method: 'DELETE',
    pattern: 'data/*path',
    operation: 'kv.delete',
    decode: (request) => ({ path: pathOf(request) }),
    encode: nothing,
  }),
  route({
    method: 'GET',
    pattern: 'subkeys/*path',
    operation: 'kv.subkeys',
    notes: '`version`, `depth`',
    decode: (request) => ({
      path: pathOf(request),
      version: integer(request.body, 'version'),
      depth: integer(request.body, 'depth'),
    }),
    encode: (output) => (output === null ? {} : valueReply('subkeys', output.subkeys, output.version)),
  }),
];

function versions(request: WireRequest) {
  const numbers = integers(request.body, 'versions') ?? [];
  if (numbers.length === 0) throw new WatchwordError('request.invalid', 'No version number provided', { where: 'versions' });
  return { path: pathOf(request), versions: numbers };
}

const versionRoutes: readonly AnyRoute[] = [
  route({
    method: 'POST',
    pattern: 'delete/*path',
    operation: 'kv.delete-versions',
    decode: versions,
    encode: nothing,
  }),
  route({
    method: 'POST',
    pattern: 'undelete/*path',
    operation: 'kv.undelete-versions',
    decode: versions,
    encode: nothing,
  }),
  route({
    method: 'POST',
    pattern: 'destroy/*path',
    operation: 'kv.destroy-versions',
    decode: versions,
    encode: nothing,
  }),
];

const metadataRoutes: readonly AnyRoute[] = [
  route({
    method: 'GET',
    pattern: 'metadata/*path',
    operation: 'kv.metadata.read',
    decode: (request) => ({ path: pathOf(request) }),
    encode: metadataReply,
  }),
  route({
    method: 'LIST',
    pattern: 'metadata/*path',
    operation: 'kv.list',
    notes: '`after`, `limit`',
    decode: pageOf,
    encode: keysReply,
  }),
  route({
    method: 'SCAN',
    pattern: 'metadata/*path',
    operation: 'kv.scan',
    notes: '`after`, `limit`; as OpenBao',
    decode: pageOf,
    encode: keysReply,
  }),
  route({
    method: 'POST',
    pattern: 'metadata/*path',
    operation: 'kv.metadata.write',
    decode: (request) => ({ path: pathOf(request), ...settings(request), custom: textMap(request.body, 'custom_metadata') }),
    encode: nothing,
  }),
  route({
    method: 'PATCH',
    pattern: 'metadata/*path',
    operation: 'kv.metadata.patch',
    decode: (request) => ({ path: pathOf(request), ...settings(request), custom: customPatch(request.body) }),
    encode: nothing,
  }),
  route({
    method: 'DELETE',
    pattern: 'metadata/*path',
    operation: 'kv.metadata.delete',
    decode: (request) => ({ path: pathOf(request) }),
    encode: nothing,
  }),
];

const configRoutes: readonly AnyRoute[] = [
  route({
    method: 'GET',
    pattern: 'config',
    operation: 'kv.config.read',
    decode: () => ({}),
    encode: (output) => ({ data: settingsOf(output) }),
  }),
  route({ method: 'POST', pattern: 'config', operation: 'kv.config.write', decode: settings, encode: nothing }),
];

/** KV version 2. */
export const kv2Routes: readonly AnyRoute[] = [...dataRoutes, ...versionRoutes, ...metadataRoutes, ...configRoutes];
