import type { OutputOf } from '../../../../access/operation-types.ts';
import { seconds, text, wireTime } from '../../fields.ts';
import { type AnyRoute, nothing, route, type WireReply, type WireRequest } from '../../route.ts';
import { keysReply } from '../listing.ts';

const named = ({ params }: WireRequest) => ({ name: params['name'] ?? '' });

function roleReply(role: OutputOf<'engine.static-roles.read'>): WireReply {
  if (role === null) return {};
  return {
    data: {
      credential_type: 'password',
      db_name: role.connection,
      ...(role.rotatedAt === undefined ? {} : { last_vault_rotation: wireTime(role.rotatedAt) }),
      owner: role.owner,
      rotation_period: role.rotationPeriod,
      rotation_statements: [],
      username: role.username,
    },
  };
}

function credentialReply(credential: OutputOf<'engine.static-roles.credential'>): WireReply {
  if (credential === null) return {};
  const { username, password, ttl, rotationPeriod, rotatedAt } = credential;
  return {
    data: { last_vault_rotation: wireTime(rotatedAt), password, rotation_period: rotationPeriod, ttl, username },
  };
}

/** Whoever says how the password shall be changed learns that it is done otherwise. */
function writeReply(_output: null, { body }: WireRequest): WireReply {
  const unused = ['rotation_statements', 'rotation_schedule', 'rotation_window', 'credential_type', 'credential_config'];
  const given = unused.filter((name) => (Array.isArray(body[name]) ? body[name].length > 0 : Boolean(body[name])));
  const told = given.filter((name) => body[name] !== 'password');
  if (told.length === 0) return {};
  return { warnings: [`not used: ${told.join(', ')} (the engine changes the password itself, every rotation_period)`] };
}

/** A new password for the configured account. @param pattern without `:name` where there is one connection alone */
export function rootRotationRoute(pattern: string): AnyRoute {
  return route({
    method: 'POST',
    pattern,
    operation: 'engine.connections.rotate',
    decode: ({ params }) => ({ name: params['name'] ?? 'connection' }),
    encode: nothing,
  });
}

/** Accounts whose password alone is ours. */
export const staticRoleRoutes: readonly AnyRoute[] = [
  route({
    method: 'LIST',
    pattern: 'static-roles',
    operation: 'engine.static-roles.list',
    decode: () => ({}),
    encode: keysReply,
  }),
  route({
    method: 'GET',
    pattern: 'static-roles/:name',
    operation: 'engine.static-roles.read',
    decode: named,
    encode: roleReply,
  }),
  route({
    method: 'POST',
    pattern: 'static-roles/:name',
    operation: 'engine.static-roles.write',
    decode: (request) => ({
      ...named(request),
      connection: text(request.body, 'db_name'),
      username: text(request.body, 'username'),
      rotationPeriod: seconds(request.body, 'rotation_period'),
      owner: text(request.body, 'owner'),
    }),
    encode: writeReply,
  }),
  route({
    method: 'DELETE',
    pattern: 'static-roles/:name',
    operation: 'engine.static-roles.delete',
    decode: named,
    encode: nothing,
  }),
  route({
    method: 'POST',
    pattern: 'rotate-role/:name',
    operation: 'engine.static-roles.rotate',
    decode: named,
    encode: nothing,
  }),
  route({
    method: 'GET',
    pattern: 'static-creds/:name',
    operation: 'engine.static-roles.credential',
    decode: named,
    encode: credentialReply,
  }),
];
