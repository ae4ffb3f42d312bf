import { type MountPoint, SYSTEM_DEFAULT_TTL, SYSTEM_MAX_TTL } from '../../../foundation/mount.ts';
import { boolean, object, seconds, text, textMap } from '../fields.ts';
import { type AnyRoute, nothing, route, type WireReply, type WireRequest } from '../route.ts';

type MountClass = 'engine' | 'auth';
type Fields = WireRequest['body'];

/** Auth methods are named without their `auth/`. */
function wirePath({ path }: MountPoint): string {
  return path.startsWith('auth/') ? path.slice('auth/'.length) : path;
}

function entryOf(mount: MountPoint) {
  const { config, options } = mount;
  const isAuth = mount.path.startsWith('auth/');
  return {
    accessor: mount.accessor,
    config: {
      default_lease_ttl: config.defaultTtl,
      force_no_cache: config.forceNoCache,
      ...(config.listingVisibility === '' ? {} : { listing_visibility: config.listingVisibility }),
      max_lease_ttl: config.maxTtl,
      ...(isAuth ? { token_type: 'default-service' } : {}),
    },
    deprecation_status: 'supported',
    description: mount.description,
    external_entropy_access: false,
    local: false,
    options: Object.keys(options).length === 0 ? null : options,
    plugin_version: '',
    running_plugin_version: '',
    running_sha256: '',
    seal_wrap: false,
    type: mount.kind,
    uuid: mount.id,
  };
}

function entriesOf(mounts: readonly MountPoint[]) {
  return Object.fromEntries(mounts.map((mount) => [wirePath(mount), entryOf(mount)]));
}

/** Where the mount says nothing, what the system gives. */
function tuning(mount: MountPoint): WireReply {
  const { config, options } = mount;
  return {
    topLevel: true,
    data: {
      default_lease_ttl: config.defaultTtl || SYSTEM_DEFAULT_TTL,
      description: mount.description,
      force_no_cache: config.forceNoCache,
      ...(config.listingVisibility === '' ? {} : { listing_visibility: config.listingVisibility }),
      max_lease_ttl: config.maxTtl || SYSTEM_MAX_TTL,
      ...(Object.keys(options).length === 0 ? {} : { options }),
      ...(mount.path.startsWith('auth/') ? { token_type: 'default-service' } : {}),
    },
  };
}

/** `system` and the empty text stand for the system's own lifetime. */
function lifetime(fields: Fields, name: string): number | undefined {
  return fields[name] === 'system' ? 0 : seconds(fields, name);
}

function configOf(fields: Fields) {
  const config = {
    defaultTtl: lifetime(fields, 'default_lease_ttl'),
    maxTtl: lifetime(fields, 'max_lease_ttl'),
    forceNoCache: boolean(fields, 'force_no_cache'),
    listingVisibility: text(fields, 'listing_visibility'),
  };
  return Object.fromEntries(Object.entries(config).filter(([, value]) => value !== undefined));
}

function enabling(mountClass: MountClass, { params, body }: WireRequest) {
  const config = object(body, 'config') ?? {};
  return {
    class: mountClass,
    path: params['path'],
    kind: text(body, 'type') ?? '',
    description: text(body, 'description') ?? '',
    options: { ...textMap(config, 'options'), ...textMap(body, 'options') },
    config: configOf(config),
  };
}

function tuningInput(mountClass: MountClass, { params, body }: WireRequest) {
  return {
    class: mountClass,
    path: params['path'],
    description: text(body, 'description'),
    options: textMap(body, 'options'),
    config: configOf(body),
  };
}

/** The same for engines and auth methods. */
function routesFor(mountClass: MountClass, base: 'mounts' | 'auth'): readonly AnyRoute[] {
  const named = ({ params }: WireRequest) => ({ class: mountClass, path: params['path'] });
  return [
    route({
      method: 'GET',
      pattern: base,
      operation: 'mounts.list',
      decode: () => ({ class: mountClass }),
      encode: ({ mounts }) => ({ data: entriesOf(mounts), topLevel: true }),
    }),
    route({
      method: 'GET',
      pattern: `${base}/*path`,
      operation: 'mounts.read',
      decode: named,
      encode: (mount) => ({ data: entryOf(mount), topLevel: true }),
    }),
    route({
      method: 'POST',
      pattern: `${base}/*path`,
      operation: 'mounts.enable',
      decode: (request) => enabling(mountClass, request),
      encode: nothing,
    }),
    route({ method: 'DELETE', pattern: `${base}/*path`, operation: 'mounts.disable', decode: named, encode: nothing }),
    route({ method: 'GET', pattern: `${base}/*path/tune`, operation: 'mounts.tune-read', decode: named, encode: tuning }),
    route({
      method: 'POST',
      pattern: `${base}/*path/tune`,
      operation: 'mounts.tune',
      decode: (request) => tuningInput(mountClass, request),
      encode: nothing,
    }),
  ];
}

/** What `vault kv` asks before it reads, to find where the mount ends and which version it is. */
const visibleRoutes: readonly AnyRoute[] = [
  route({
    method: 'GET',
    pattern: 'internal/ui/mounts',
    operation: 'mounts.visible',
    notes: 'with a token only',
    decode: () => ({}),
    encode: ({ engines, auths }) => ({ data: { auth: entriesOf(auths), secret: entriesOf(engines) } }),
  }),
  route({
    method: 'GET',
    pattern: 'internal/ui/mounts/*path',
    operation: 'mounts.visible-at',
    decode: ({ params }) => ({ path: params['path'] }),
    encode: (mount) => ({ data: { ...entryOf(mount), path: mount.path } }),
  }),
];

/** A move is over when it is answered; Vault's clients ask for its status all the same. */
const moveRoutes: readonly AnyRoute[] = [
  route({
    method: 'POST',
    pattern: 'remount',
    operation: 'mounts.move',
    decode: ({ body }) => ({ from: text(body, 'from') ?? '', to: text(body, 'to') ?? '' }),
    encode: ({ id }) => ({ data: { migration_id: id }, topLevel: true }),
  }),
  route({
    method: 'GET',
    pattern: 'remount/status/:id',
    operation: 'mounts.move-status',
    decode: ({ params }) => ({ id: params['id'] }),
    encode: ({ id, from, to, status }) => ({
      data: { migration_id: id, migration_info: { source_mount: from, target_mount: to, status } },
    }),
  }),
];

export const mountRoutes: readonly AnyRoute[] = [
  ...routesFor('engine', 'mounts'),
  ...routesFor('auth', 'auth'),
  ...moveRoutes,
  ...visibleRoutes,
];
