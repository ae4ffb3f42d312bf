import type { MountPoint } from '../../../foundation/mount.ts';
import type { AnyRoute } from '../route.ts';
import { RouteTable } from '../route-table.ts';
import { auditRoutes } from './audit.ts';
import { methodRoutes } from './auth/index.ts';
import { engineMountRoutes } from './engines/index.ts';
import { healthRoutes } from './health.ts';
import { identityRoutes } from './identity.ts';
import { cubbyholeRoutes, kv1Routes } from './kv1.ts';
import { kv2Routes } from './kv2.ts';
import { leaseRoutes } from './leases.ts';
import { mountRoutes } from './mounts.ts';
import { oidcIssuerRoutes } from './oidc-issuer.ts';
import { policyRoutes } from './policies.ts';
import { sealRoutes } from './seal.ts';
import { tokenRoutes } from './token.ts';
import { encoderOf, wrappingRoutes } from './wrapping.ts';

const plainSystemRoutes = [...healthRoutes, ...sealRoutes, ...mountRoutes, ...policyRoutes, ...auditRoutes, ...leaseRoutes];
const wrappable = [
  ...identityRoutes,
  ...oidcIssuerRoutes,
  ...Object.values(methodRoutes).flatMap(({ routes }) => routes),
  ...Object.values(engineMountRoutes).flatMap(({ routes }) => routes),
  ...kv2Routes,
  ...kv1Routes,
  ...cubbyholeRoutes,
  ...tokenRoutes,
  ...plainSystemRoutes,
];

/** What one kind of mount offers. */
export interface RouteFamily {
  /** Where such a mount stands, in the words of the coverage table. */
  readonly at: string;
  readonly title: string;
  readonly routes: readonly AnyRoute[];
}

/** Of every kind of mount in a table, which stands below `prefix` in the words of the coverage table. */
function familiesOf(table: Readonly<Record<string, Omit<RouteFamily, 'at'>>>, prefix: '' | 'auth/'): Record<string, RouteFamily> {
  const families = Object.entries(table).map(([kind, family]) => [prefix + kind, { at: `${prefix}${kind}/`, ...family }]);
  return Object.fromEntries(families) as Record<string, RouteFamily>;
}

const families = {
  system: { at: 'sys/', title: 'System', routes: [...plainSystemRoutes, ...wrappingRoutes(encoderOf(wrappable))] },
  'auth/token': { at: 'auth/token/', title: 'Tokens', routes: tokenRoutes },
  ...familiesOf(methodRoutes, 'auth/'),
  identity: { at: 'identity/', title: 'Identity', routes: [...identityRoutes, ...oidcIssuerRoutes] },
  'kv/2': { at: ':mount/', title: 'KV version 2', routes: kv2Routes },
  'kv/1': { at: ':mount/', title: 'KV version 1', routes: kv1Routes },
  cubbyhole: { at: 'cubbyhole/', title: 'Cubbyhole', routes: cubbyholeRoutes },
  ...familiesOf(engineMountRoutes, ''),
} satisfies Record<string, RouteFamily>;

export const routeFamilies: readonly RouteFamily[] = Object.values(families);

const tables = new Map(Object.entries(families).map(([kind, { routes }]) => [kind, new RouteTable(routes)]));
const noRoutes = new RouteTable([]);

/** The routes below a mount, by its class, kind and version. */
export function routesOf({ kind, options, path }: MountPoint): RouteTable {
  if (path.startsWith('auth/')) return tables.get(`auth/${kind}`) ?? noRoutes;
  return tables.get(kind === 'kv' ? (options['version'] === '2' ? 'kv/2' : 'kv/1') : kind) ?? noRoutes;
}
