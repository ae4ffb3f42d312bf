import { WatchwordError } from '../../../foundation/errors.ts';
import { type AnyRoute, nothing, RawJson, route, type WireRequest } from '../route.ts';
import { keysReply, pageOf } from './listing.ts';

const at = ({ params }: WireRequest) => ({ path: params['path'] ?? '' });

function written(request: WireRequest) {
  if (Object.keys(request.body).length === 0) {
    throw new WatchwordError('request.invalid', 'missing data fields', { where: 'data' });
  }
  return { ...at(request), data: request.body };
}

/** KV version 1. */
export const kv1Routes: readonly AnyRoute[] = [
  route({
    method: 'GET',
    pattern: '*path',
    operation: 'kv1.read',
    decode: at,
    encode: (output) => (output === null ? {} : { data: new RawJson(output.data), leaseDuration: output.leaseDuration }),
  }),
  route({
    method: 'LIST',
    pattern: '*path',
    operation: 'kv1.list',
    notes: '`after`, `limit`',
    decode: pageOf,
    encode: keysReply,
  }),
  route({ method: 'SCAN', pattern: '*path', operation: 'kv1.scan', notes: 'as OpenBao', decode: pageOf, encode: keysReply }),
  route({ method: 'POST', pattern: '*path', operation: 'kv1.write', decode: written, encode: nothing }),
  route({ method: 'DELETE', pattern: '*path', operation: 'kv1.delete', decode: at, encode: nothing }),
];

/** The calling token's own storage. */
export const cubbyholeRoutes: readonly AnyRoute[] = [
  route({
    method: 'GET',
    pattern: '*path',
    operation: 'cubbyhole.read',
    decode: at,
    encode: (output) => (output === null ? {} : { data: new RawJson(output.data) }),
  }),
  route({ method: 'LIST', pattern: '*path', operation: 'cubbyhole.list', decode: pageOf, encode: keysReply }),
  route({ method: 'POST', pattern: '*path', operation: 'cubbyhole.write', decode: written, encode: nothing }),
  route({ method: 'DELETE', pattern: '*path', operation: 'cubbyhole.delete', decode: at, encode: nothing }),
];
