import type { InputOf, OutputOf } from '../../../../access/operation-types.ts';
import { boolean, integer, seconds, text, texts } from '../../fields.ts';
import { type AnyRoute, nothing, route, type WireReply, type WireRequest } from '../../route.ts';
import { decodeFields, encodeFields, field, type WireField } from '../../wire-fields.ts';
import { keysReply } from '../listing.ts';
import { type EngineFields, engineFields } from './engine-fields.ts';

type Connection = OutputOf<'engine.connections.read'>;
type Role = OutputOf<'engine.roles.read'>;
type Issued = OutputOf<'credentials.issue'>;

/** Of every engine's roles; those without a word of Vault's are ours. */
const roleFields: readonly WireField[] = [
  field('db_name', text, { as: 'connection' }),
  field('default_ttl', seconds, { as: 'ttl', older: ['default_sts_ttl', 'token_default_ttl', 'ttl'] }),
  field('max_ttl', seconds, { older: ['max_sts_ttl', 'token_max_ttl'] }),
  field('owner', text),
  field('max_leases', integer),
  field('max_leases_per_workload', integer),
];

const nothingKnown: EngineFields = { connection: [], role: [], request: [] };
const fieldsOf = (engine: string | undefined): EngineFields => (engine && engineFields[engine]) || nothingKnown;

/** Fields of several engines, each wire name once. */
function union(engines: readonly string[], part: 'connection' | 'role' | 'request'): readonly WireField[] {
  const byWire = new Map<string, WireField>();
  for (const engine of engines) for (const one of fieldsOf(engine)[part]) if (!byWire.has(one.wire)) byWire.set(one.wire, one);
  return [...byWire.values()];
}

/** What was sent and is not known, as Vault says it. */
function unrecognized({ body }: WireRequest, known: readonly WireField[], also: readonly string[] = []): readonly string[] {
  const names = new Set([...known.flatMap(({ wire, older }) => [wire, ...older]), ...also]);
  const unknown = Object.keys(body).filter((name) => !names.has(name));
  return unknown.length === 0 ? [] : [`Endpoint ignored these unrecognized parameters: [${unknown.sort().join(' ')}]`];
}

const guarantees = {
  hard: undefined,
  'new-logins-only': 'revoking this credential ends no session that is open: it only lets nobody log in any more',
  'expiry-only': 'this credential cannot be revoked at its target: it works until it expires',
} as const;

const wireName = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

function issuedReply({ leaseId, ttl, renewable, revocation, output }: Issued): WireReply {
  const warning = guarantees[revocation];
  return {
    leaseId,
    renewable,
    leaseDuration: ttl,
    data: Object.fromEntries(Object.entries(output).map(([name, value]) => [wireName(name), value])),
    ...(warning === undefined ? {} : { warnings: [warning] }),
  };
}

/** A connection stands in its own words where there is one alone, and in Vault's for databases where there are several. */
function connectionReply(connection: Connection): WireReply {
  if (connection === null) return {};
  const settings = encodeFields(fieldsOf(connection.engine).connection, connection.settings);
  const revocation = connection.revocation;
  if (connection.engine === connection.mount) return { data: { ...settings, revocation } };
  return {
    data: {
      allowed_roles: connection.allowedRoles,
      connection_details: settings,
      password_policy: '',
      plugin_name: connection.plugin,
      plugin_version: '',
      root_credentials_rotate_statements: [],
      revocation,
    },
  };
}

function roleReply(role: Role): WireReply {
  if (role === null) return {};
  const { engine, connection, several, revocation, settings, ttl, maxTtl, owner, maxLeases, maxLeasesPerWorkload } = role;
  const fields = fieldsOf(engine);
  const [ttlName, maxTtlName] = fields.lifetimes ?? ['default_ttl', 'max_ttl'];
  return {
    data: {
      ...encodeFields(fields.role, settings),
      ...(several ? { db_name: connection } : {}),
      [ttlName]: ttl,
      [maxTtlName]: maxTtl,
      owner,
      max_leases: maxLeases,
      max_leases_per_workload: maxLeasesPerWorkload,
      ...(revocation === undefined ? {} : { revocation }),
    },
  };
}

interface EngineRoutes {
  /** Every engine that such a mount may hold. */
  readonly engines: readonly string[];
  /** Below the mount: `config/:name` where there may be several connections, one path where there is one. */
  readonly config: string;
  /** Where credentials are asked for: `creds`. */
  readonly creds: readonly string[];
  /** What may be asked for at one of these paths only. @throws WatchwordError `request.invalid` */
  readonly checkRequest?: (path: string, body: WireRequest['body']) => void;
  /** Where Vault takes POST alone: who may only read gets none. */
  readonly acts?: boolean;
  /** What the public part of a signing key is called where a connection has one; Vault's word unless said otherwise. */
  readonly publicField?: string;
}

/** What every mount of an engine answers: connections, roles, credentials. */
export function engineRoutes({ engines, config, creds, publicField, ...asking }: EngineRoutes): readonly AnyRoute[] {
  return [
    ...connectionRoutes(engines, config, publicField),
    ...engineRoleRoutes(engines),
    ...creds.map((path) => credentialRoute(engines, path, asking)),
  ];
}

function connectionRoutes(engines: readonly string[], config: string, publicField = 'public_key'): readonly AnyRoute[] {
  const several = config.includes(':name');
  const fields = union(engines, 'connection');
  const only = config.slice(config.lastIndexOf('/') + 1);
  const named = ({ params }: WireRequest) => ({ name: params['name'] ?? only });
  const at = (verb: string) => `${verb}/${several ? ':name' : only}`;
  const written = (request: WireRequest): InputOf<'engine.connections.write'> => ({
    ...named(request),
    plugin: text(request.body, 'plugin_name'),
    allowedRoles: several ? texts(request.body, 'allowed_roles') : undefined,
    verify: boolean(request.body, 'verify_connection'),
    settings: decodeFields(fields, request.body),
  });
  const also = ['plugin_name', 'plugin_version', 'allowed_roles', 'verify_connection', 'name'];
  return [
    ...(several
      ? [
          route({
            method: 'LIST',
            pattern: 'config',
            operation: 'engine.connections.list',
            decode: () => ({}),
            encode: keysReply,
          }),
        ]
      : []),
    route({ method: 'GET', pattern: config, operation: 'engine.connections.read', decode: named, encode: connectionReply }),
    route({
      method: 'POST',
      pattern: config,
      operation: 'engine.connections.write',
      decode: written,
      encode: (written, request) => ({
        ...(written === null ? {} : { data: { [publicField]: written.publicKey } }),
        warnings: unrecognized(request, fields, also),
      }),
    }),
    route({ method: 'DELETE', pattern: config, operation: 'engine.connections.delete', decode: named, encode: nothing }),
    route({ method: 'POST', pattern: at('reset'), operation: 'engine.connections.reset', decode: named, encode: nothing }),
    route({
      method: 'GET',
      pattern: at('test'),
      operation: 'engine.connections.test',
      notes: 'ours',
      decode: named,
      encode: ({ reached, failure, shortfalls }) => ({
        // Of a target that was not reached nobody knows what it lacks.
        data: { reached, ...(failure === undefined ? { shortfalls } : { failure }) },
      }),
    }),
  ];
}

/** @param path where Vault's engine has another word for them; policies speak of `roles` all the same */
export function engineRoleRoutes(engines: readonly string[], path = 'roles', listed = path): readonly AnyRoute[] {
  const fields = union(engines, 'role');
  const named = ({ params }: WireRequest) => ({ name: params['name'] ?? '' });
  return [
    route({ method: 'LIST', pattern: listed, operation: 'engine.roles.list', decode: () => ({}), encode: keysReply }),
    route({ method: 'GET', pattern: `${path}/:name`, operation: 'engine.roles.read', decode: named, encode: roleReply }),
    route({
      method: 'POST',
      pattern: `${path}/:name`,
      operation: 'engine.roles.write',
      decode: (request) => ({
        ...(decodeFields(roleFields, request.body) as Partial<InputOf<'engine.roles.write'>>),
        ...named(request),
        settings: decodeFields(fields, request.body),
      }),
      encode: (_output, request) => ({ warnings: unrecognized(request, [...roleFields, ...fields], ['name']) }),
    }),
    route({ method: 'DELETE', pattern: `${path}/:name`, operation: 'engine.roles.delete', decode: named, encode: nothing }),
  ];
}

/** @param path with `:name` where the role does not stand at its end */
export function credentialRoute(
  engines: readonly string[],
  path: string,
  { checkRequest: check, acts = false }: Pick<EngineRoutes, 'checkRequest' | 'acts'> = {},
): AnyRoute {
  const fields = union(engines, 'request');
  return route({
    method: ['GET', 'POST'],
    pattern: path.includes(':name') ? path : `${path}/:name`,
    operation: 'credentials.issue',
    decode({ method, params, body, idempotencyKey }): InputOf<'credentials.issue'> {
      check?.(path, body);
      const request = decodeFields(fields, body);
      const by = acts ? 'update' : method === 'POST' ? 'either' : 'read';
      return { at: path, role: params['name'] ?? '', by, ttl: seconds(body, 'ttl'), idempotencyKey, request };
    },
    encode(issued, sent) {
      const { warnings = [], ...reply } = issuedReply(issued);
      return { ...reply, warnings: [...warnings, ...unrecognized(sent, fields, ['name', 'role', 'ttl'])] };
    },
  });
}
