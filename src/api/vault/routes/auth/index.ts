import type { AnyRoute } from '../../route.ts';
import { approleRoutes } from './approle.ts';
import { oidcRoutes } from './oidc.ts';
import { slurmRoutes } from './slurm.ts';
import { userpassRoutes } from './userpass.ts';

interface MethodRoutes {
  readonly title: string;
  readonly routes: readonly AnyRoute[];
}

/** What each auth method offers, by its kind. */
export const methodRoutes: Readonly<Record<string, MethodRoutes>> = {
  approle: { title: 'AppRole', routes: approleRoutes },
  oidc: { title: 'OpenID Connect', routes: oidcRoutes },
  slurm: { title: 'SLURM jobs', routes: slurmRoutes },
  userpass: { title: 'User names and passwords', routes: userpassRoutes },
};
