import type { OutputOf } from '../../../access/operation-types.ts';
import { WatchwordError } from '../../../foundation/errors.ts';
import { boolean, integer } from '../fields.ts';
import { type AnyRoute, route, type WireRequest } from '../route.ts';

type Health = OutputOf<'system.health'>;

/** Status code that the caller wants for a state, if it may be one. */
function code({ body }: WireRequest, name: string, otherwise: number): number {
  const asked = integer(body, name) ?? otherwise;
  if (asked >= 200 && asked <= 599) return asked;
  throw new WatchwordError('request.invalid', `${name} must be a status code from 200 to 599`, { where: name });
}

function statusOf({ initialized, sealed }: Health, request: WireRequest): number {
  // Every server serves: there is no standby. What is said about standbys is checked all the same.
  code(request, 'standbycode', 429);
  boolean(request.body, 'standbyok');
  const uninitialized = code(request, 'uninitcode', 501);
  const whenSealed = code(request, 'sealedcode', 503);
  const active = code(request, 'activecode', 200);
  if (!initialized) return uninitialized;
  return sealed ? whenSealed : active;
}

export const healthRoutes: readonly AnyRoute[] = [
  route({
    method: 'GET',
    pattern: 'health',
    operation: 'system.health',
    notes: 'also HEAD; `activecode`, `sealedcode`, `uninitcode`',
    wraps: false,
    decode: () => ({}),
    encode: (output, request) => ({
      status: statusOf(output, request),
      bare: {
        initialized: output.initialized,
        sealed: output.sealed,
        standby: false,
        performance_standby: false,
        replication_performance_mode: 'disabled',
        replication_dr_mode: 'disabled',
        server_time_utc: Math.floor(output.serverTime / 1000),
        version: output.version,
        ...clusterOf(output),
      },
    }),
  }),
  route({
    method: 'GET',
    pattern: 'leader',
    operation: 'system.leader',
    notes: 'every server leads',
    wraps: false,
    decode: () => ({}),
    encode: ({ address }) => ({
      bare: {
        ha_enabled: false,
        is_self: true,
        active_time: '0001-01-01T00:00:00Z',
        leader_address: address,
        leader_cluster_address: '',
        performance_standby: false,
        performance_standby_last_remote_wal: 0,
      },
    }),
  }),
];

/** Vault leaves both out while there is no cluster. */
export function clusterOf({ clusterName, clusterId }: { readonly clusterName: string; readonly clusterId: string }) {
  return clusterId === '' ? {} : { cluster_name: clusterName, cluster_id: clusterId };
}
