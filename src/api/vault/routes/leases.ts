import type { OutputOf } from '../../../access/operation-types.ts';
import { WatchwordError } from '../../../foundation/errors.ts';
import { boolean, integer, seconds, text, wireTime } from '../fields.ts';
import { type AnyRoute, nothing, type Route, route, type WireReply, type WireRequest } from '../route.ts';
import { keysReply } from './listing.ts';

/** In the URL or in the body, as clients of different ages send it. */
function idOf({ params, body }: WireRequest): string {
  const id = params['id'] || text(body, 'lease_id') || text(body, 'url_lease_id');
  if (!id) throw new WatchwordError('request.invalid', 'lease_id must be set', { where: 'lease_id' });
  return id;
}
const prefixOf = ({ params }: WireRequest): string => params['prefix'] ?? '';

type View = OutputOf<'leases.lookup'>;

/** Vault's fields first, then ours. */
function viewOf(lease: View | OutputOf<'leases.mine'>['leases'][number]): Record<string, unknown> {
  if ('damaged' in lease) return { id: lease.id, state: lease.state, damaged: true };
  return {
    id: lease.id,
    issue_time: wireTime(lease.issuedAt),
    expire_time: wireTime(lease.expiresAt),
    last_renewal: lease.renewedAt === undefined ? null : wireTime(lease.renewedAt),
    renewable: lease.renewable,
    ttl: lease.ttl,
    state: lease.state,
    ...(lease.cause === undefined ? {} : { cause: lease.cause }),
    engine: lease.engine,
    connection: lease.connection,
    role: lease.role,
    external_name: lease.externalName,
    workload: lease.workload,
    token_accessor: lease.session,
    revocation: lease.revocation,
    failed_revocations: lease.attempts,
  };
}

const pageReply = ({ leases, next }: OutputOf<'leases.mine'>): WireReply => ({ data: { leases: leases.map(viewOf), next } });
const pageInput = ({ body }: WireRequest) => ({ after: text(body, 'after') || undefined, limit: integer(body, 'limit') });
const waits = ({ body }: WireRequest) => boolean(body, 'sync') === true;

/** The same below the path that Vault had first, and the one it has now; with the lease in the URL, and without. */
function everywhere<Name extends 'leases.renew' | 'leases.revoke'>(
  verb: 'renew' | 'revoke',
  route: Omit<Route<Name>, 'pattern' | 'method'>,
): readonly AnyRoute[] {
  return [`leases/${verb}`, `leases/${verb}/*id`, verb, `${verb}/*id`].map((pattern) => ({
    ...route,
    method: 'POST',
    pattern,
    ...(pattern.startsWith('leases/') ? {} : { notes: `the older path; policies speak of \`sys/leases/${verb}\`` }),
  }));
}

function prefixRoute(pattern: string, notes?: string): AnyRoute {
  return route({
    method: 'POST',
    pattern,
    operation: 'leases.revoke-prefix',
    ...(notes === undefined ? {} : { notes }),
    decode: (request) => ({ prefix: prefixOf(request), wait: waits(request) }),
    // Vault's 204, unless somebody wants to know how many there were.
    encode: ({ count }, { body }) => (boolean(body, 'count') === true ? { data: { count } } : {}),
  });
}

const vaultRoutes: readonly AnyRoute[] = [
  route({
    method: 'POST',
    pattern: 'leases/lookup',
    operation: 'leases.lookup',
    decode: (request) => ({ id: idOf(request) }),
    encode: (lease) => ({ data: viewOf(lease) }),
  }),
  route({
    method: 'LIST',
    pattern: 'leases/lookup',
    operation: 'leases.list',
    decode: () => ({ prefix: '' }),
    encode: keysReply,
  }),
  route({
    method: 'LIST',
    pattern: 'leases/lookup/*prefix',
    operation: 'leases.list',
    decode: (request) => ({ prefix: prefixOf(request) }),
    encode: keysReply,
  }),
  ...everywhere<'leases.renew'>('renew', {
    operation: 'leases.renew',
    decode: (request) => ({ id: idOf(request), increment: seconds(request.body, 'increment') }),
    encode: ({ leaseId, ttl, renewable }) => ({ leaseId, leaseDuration: ttl, renewable }),
  }),
  ...everywhere<'leases.revoke'>('revoke', {
    operation: 'leases.revoke',
    decode: (request) => ({ id: idOf(request), wait: waits(request) }),
    encode: nothing,
  }),
  prefixRoute('leases/revoke-prefix/*prefix'),
  prefixRoute('revoke-prefix/*prefix', 'the older path; policies speak of `sys/leases/revoke-prefix`'),
  prefixRoute('leases/revoke-force/*prefix', 'nothing is forgotten before its target says that it is gone: as `revoke-prefix`'),
  prefixRoute('revoke-force/*prefix', 'the older path; as `revoke-prefix`'),
  route({
    method: 'GET',
    pattern: 'leases/count',
    operation: 'leases.count',
    notes: '`type=irrevocable` counts what should have been taken back an hour ago; without a type, every lease',
    decode: ({ body }) => ({ overdue: text(body, 'type') === 'irrevocable' }),
    encode: ({ count, byMount }) => ({ data: { lease_count: count, counts: byMount } }),
  }),
  route({ method: 'POST', pattern: 'leases/tidy', operation: 'leases.tidy', decode: () => ({}), encode: nothing }),
];

const ownRoutes: readonly AnyRoute[] = [
  route({ method: 'GET', pattern: 'leases/mine', operation: 'leases.mine', notes: 'ours', decode: pageInput, encode: pageReply }),
  route({
    method: 'POST',
    pattern: 'leases/give-back',
    operation: 'leases.give-back',
    notes: 'ours',
    decode: (request) => ({ id: idOf(request) }),
    encode: nothing,
  }),
  route({
    method: 'GET',
    pattern: 'leases/search',
    operation: 'leases.search',
    notes: 'ours',
    decode: (request) => ({
      ...pageInput(request),
      prefix: text(request.body, 'prefix') || undefined,
      workload: text(request.body, 'workload') || undefined,
      session: text(request.body, 'token_accessor') || undefined,
    }),
    encode: pageReply,
  }),
  route({
    method: 'POST',
    pattern: 'leases/revoke-workload',
    operation: 'leases.revoke-workload',
    notes: 'ours',
    decode: (request) => ({
      workload: text(request.body, 'workload') || undefined,
      session: text(request.body, 'token_accessor') || undefined,
      wait: waits(request),
    }),
    encode: ({ count }) => ({ data: { count } }),
  }),
  route({
    method: 'GET',
    pattern: 'leases/hold',
    operation: 'leases.hold.read',
    notes: 'ours',
    decode: () => ({}),
    encode: (hold) => ({
      data:
        hold === null
          ? { held: false }
          : {
              held: true,
              since: wireTime(hold.since),
              reason: hold.reason,
              ...(hold.target === '' ? {} : { target: hold.target }),
            },
    }),
  }),
  route({
    method: 'POST',
    pattern: 'leases/hold',
    operation: 'leases.hold.begin',
    notes: 'ours',
    decode: () => ({}),
    encode: nothing,
  }),
  route({
    method: 'DELETE',
    pattern: 'leases/hold',
    operation: 'leases.hold.release',
    notes: 'ours',
    decode: () => ({}),
    encode: nothing,
  }),
];

/** Below `sys/`. */
export const leaseRoutes: readonly AnyRoute[] = [...vaultRoutes, ...ownRoutes];
