import type { MountPoint } from '../../foundation/mount.ts';
import type { AnyRoute, WireMethod } from './route.ts';
import { routesOf } from './routes/index.ts';

/** A request that some operation answers. */
export interface Routed {
  readonly mount: MountPoint;
  readonly route: AnyRoute;
  readonly params: Readonly<Record<string, string>>;
}

/** A request that no operation answers. */
export interface Unrouted {
  /** The system's when nothing is mounted at the path. */
  readonly mount: MountPoint;
  readonly route: undefined;
  readonly fallback: 'system.unrouted' | 'system.unsupported';
  readonly unmounted: boolean;
}

export type Destination = Routed | Unrouted;

type Locate = (namespace: string, path: string) => MountPoint | undefined;

/** While the store is sealed no mount is known, but the system answers. */
const sealedSystemMount: MountPoint = {
  id: 'system',
  namespace: 'root',
  path: 'sys/',
  kind: 'system',
  accessor: '',
  description: '',
  options: {},
  config: { defaultTtl: 0, maxTtl: 0, forceNoCache: false, listingVisibility: '' },
};

/**
 * What does not exist still gets an operation, so that the door decides who learns that it does not.
 * @param path decoded, below `/v1/`
 */
export function findDestination(locate: Locate, method: WireMethod | undefined, path: string): Destination {
  const mount = locate('root', path) ?? (path.startsWith('sys/') ? sealedSystemMount : undefined);
  if (mount === undefined) {
    const system = locate('root', 'sys/') ?? sealedSystemMount;
    return { mount: system, route: undefined, fallback: 'system.unrouted', unmounted: true };
  }
  const found = routesOf(mount).find(method, path.slice(mount.path.length));
  if (found === undefined) return { mount, route: undefined, fallback: 'system.unrouted', unmounted: false };
  if (found === 'unsupported') return { mount, route: undefined, fallback: 'system.unsupported', unmounted: false };
  return { mount, route: found.route, params: found.params };
}

/** What a path offers, a line each; undefined when nothing. */
export function helpOf(mount: MountPoint, path: string): string | undefined {
  const routes = path.startsWith(mount.path) ? routesOf(mount).at(path.slice(mount.path.length)) : [];
  if (routes.length === 0) return undefined;
  return routes.map(({ method, operation, notes }) => [method, operation, notes].filter(Boolean).join('  ')).join('\n');
}
