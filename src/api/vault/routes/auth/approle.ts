import type { OutputOf } from '../../../../access/operation-types.ts';
import { WatchwordError } from '../../../../foundation/errors.ts';
import { isJsonObject, parseExactJson } from '../../../../foundation/exact-json.ts';
import { boolean, integer, seconds, secret, text, textMap, texts, wireTime } from '../../fields.ts';
import { type AnyRoute, nothing, route, type WireReply, type WireRequest } from '../../route.ts';
import { field } from '../../wire-fields.ts';
import { keysReply } from '../listing.ts';
import { authReply } from '../token.ts';
import { roleRoutes } from './role-routes.ts';

type Fields = WireRequest['body'];

/** Fields of a role that have a path of their own, and how each is read and called there. */
const ownPaths = [
  {
    path: 'policies',
    field: 'policies',
    read: (body: Fields) => texts(body, 'token_policies') ?? texts(body, 'policies'),
    names: ['token_policies', 'policies'],
  },
  {
    path: 'secret-id-num-uses',
    field: 'secretIdNumUses',
    read: (body: Fields) => integer(body, 'secret_id_num_uses'),
    names: ['secret_id_num_uses'],
  },
  {
    path: 'secret-id-ttl',
    field: 'secretIdTtl',
    read: (body: Fields) => seconds(body, 'secret_id_ttl'),
    names: ['secret_id_ttl'],
  },
  { path: 'token-ttl', field: 'ttl', read: (body: Fields) => seconds(body, 'token_ttl'), names: ['token_ttl'] },
  { path: 'token-max-ttl', field: 'maxTtl', read: (body: Fields) => seconds(body, 'token_max_ttl'), names: ['token_max_ttl'] },
  {
    path: 'period',
    field: 'period',
    read: (body: Fields) => seconds(body, 'token_period') ?? seconds(body, 'period'),
    names: ['token_period', 'period'],
  },
  {
    path: 'bind-secret-id',
    field: 'bindSecretId',
    read: (body: Fields) => boolean(body, 'bind_secret_id'),
    names: ['bind_secret_id'],
  },
  {
    path: 'secret-id-bound-cidrs',
    field: 'secretIdBoundCidrs',
    read: (body: Fields) => texts(body, 'secret_id_bound_cidrs'),
    names: ['secret_id_bound_cidrs'],
  },
  {
    path: 'bound-cidr-list',
    field: 'secretIdBoundCidrs',
    read: (body: Fields) => texts(body, 'bound_cidr_list'),
    names: ['bound_cidr_list'],
  },
  {
    path: 'token-bound-cidrs',
    field: 'boundCidrs',
    read: (body: Fields) => texts(body, 'token_bound_cidrs'),
    names: ['token_bound_cidrs'],
  },
  { path: 'role-id', field: 'roleId', read: (body: Fields) => text(body, 'role_id'), names: ['role_id'] },
  { path: 'local-secret-ids', field: 'localSecretIds', read: undefined, names: ['local_secret_ids'] },
] as const;

function fieldRoutes({ path, field: name, read, names }: (typeof ownPaths)[number]): readonly AnyRoute[] {
  const pattern = `role/:role/${path}`;
  const which = ({ params }: WireRequest) => ({ role: params['role'], field: name });
  return [
    route({
      method: 'GET',
      pattern,
      operation: 'approle.role-field.read',
      decode: which,
      encode: (found) => (found === null ? {} : { data: Object.fromEntries(names.map((wire) => [wire, found.value])) }),
    }),
    ...(read === undefined
      ? []
      : [
          route({
            method: 'POST',
            pattern,
            operation: 'approle.role-field.write',
            decode: (request) => ({ ...which(request), value: read(request.body) ?? missing(names[0]) }),
            encode: nothing,
          }),
        ]),
    ...(read === undefined || name === 'roleId'
      ? []
      : [route({ method: 'DELETE', pattern, operation: 'approle.role-field.delete', decode: which, encode: nothing })]),
  ];
}

function missing(where: string): never {
  throw new WatchwordError('request.invalid', `missing ${where}`, { where });
}

/** Vault takes JSON text; an object is taken as well. */
function metadata(body: Fields): Record<string, string> | undefined {
  if (typeof body['metadata'] !== 'string') return textMap(body, 'metadata');
  try {
    const value = parseExactJson(body['metadata']);
    if (isJsonObject(value)) return textMap({ metadata: value }, 'metadata');
  } catch {
    // Said below.
  }
  throw new WatchwordError('request.invalid', 'metadata must be a JSON object of texts', { where: 'metadata' });
}

const role = ({ params }: WireRequest) => ({ role: params['role'] });

const created = (request: WireRequest) => ({
  ...role(request),
  metadata: metadata(request.body),
  cidrs: texts(request.body, 'cidr_list'),
  tokenCidrs: texts(request.body, 'token_bound_cidrs'),
  uses: integer(request.body, 'num_uses'),
  ttl: seconds(request.body, 'ttl'),
});

function createdReply({ secretId, accessor, ttl, uses }: OutputOf<'approle.secret-ids.create'>): WireReply {
  return { data: { secret_id: secretId, secret_id_accessor: accessor, secret_id_num_uses: uses, secret_id_ttl: ttl } };
}

function secretIdReply(found: OutputOf<'approle.secret-ids.lookup'>): WireReply {
  if (found === null) return { status: 204 };
  return {
    data: {
      cidr_list: found.cidrs,
      creation_time: wireTime(found.createdAt),
      expiration_time: found.endsAt === undefined ? '0001-01-01T00:00:00Z' : wireTime(found.endsAt),
      last_updated_time: wireTime(found.updatedAt),
      metadata: found.metadata,
      secret_id_accessor: found.accessor,
      secret_id_num_uses: found.usesLeft,
      secret_id_ttl: found.ttl,
      token_bound_cidrs: found.tokenCidrs,
    },
  };
}

const bySecret = (request: WireRequest) => ({
  ...role(request),
  secretId: secret(request.body, 'secret_id') ?? missing('secret_id'),
});
const byAccessor = (request: WireRequest) => ({ ...role(request), accessor: text(request.body, 'secret_id_accessor') });

const secretIdRoutes: readonly AnyRoute[] = [
  route({
    method: 'POST',
    pattern: 'role/:role/secret-id',
    operation: 'approle.secret-ids.create',
    decode: created,
    encode: createdReply,
  }),
  route({
    method: 'POST',
    pattern: 'role/:role/custom-secret-id',
    operation: 'approle.secret-ids.create',
    decode: (request) => ({ ...created(request), ...bySecret(request), custom: true }),
    encode: createdReply,
  }),
  route({
    method: 'LIST',
    pattern: 'role/:role/secret-id',
    operation: 'approle.secret-ids.list',
    decode: role,
    encode: keysReply,
  }),
  route({
    method: 'POST',
    pattern: 'role/:role/secret-id/lookup',
    operation: 'approle.secret-ids.lookup',
    decode: bySecret,
    encode: secretIdReply,
  }),
  route({
    method: ['POST', 'DELETE'],
    pattern: 'role/:role/secret-id/destroy',
    operation: 'approle.secret-ids.destroy',
    decode: bySecret,
    encode: nothing,
  }),
  route({
    method: 'POST',
    pattern: 'role/:role/secret-id-accessor/lookup',
    operation: 'approle.secret-ids.lookup-accessor',
    decode: byAccessor,
    encode: secretIdReply,
  }),
  route({
    method: ['POST', 'DELETE'],
    pattern: 'role/:role/secret-id-accessor/destroy',
    operation: 'approle.secret-ids.destroy-accessor',
    decode: byAccessor,
    encode: nothing,
  }),
  route({
    method: 'POST',
    pattern: 'tidy/secret-id',
    operation: 'approle.secret-ids.tidy',
    decode: () => ({}),
    encode: () => ({ status: 202, warnings: ['Secret ids are removed by themselves within a minute after they end.'] }),
  }),
];

/** Role ids and secret ids. */
export const approleRoutes: readonly AnyRoute[] = [
  ...roleRoutes({
    operations: 'approle.roles',
    path: 'role',
    fields: [
      field('role_id', text, { hidden: true }),
      field('bind_secret_id', boolean),
      field('secret_id_bound_cidrs', texts, { older: ['bound_cidr_list'] }),
      field('secret_id_num_uses', integer),
      field('secret_id_ttl', seconds),
      field('local_secret_ids', boolean, { older: ['enable_local_secret_ids'] }),
    ],
  }),
  ...ownPaths.flatMap(fieldRoutes),
  ...secretIdRoutes,
  route({
    method: 'POST',
    pattern: 'login',
    operation: 'approle.login',
    decode: ({ body }) => ({ roleId: text(body, 'role_id'), secretId: secret(body, 'secret_id') }),
    encode: authReply,
  }),
];
