import type { AnyRoute } from '../../route.ts';
import { approleRoutes } from './approle.ts';
import { awsRoutes } from './aws.ts';
import { azureRoutes } from './azure.ts';
import { certRoutes } from './cert.ts';
import { gcpRoutes } from './gcp.ts';
import { jwtRoutes } from './jwt.ts';
import { kubernetesRoutes } from './kubernetes.ts';
import { oidcRoutes } from './oidc.ts';
import { slurmRoutes } from './slurm.ts';
import { userpassRoutes } from './userpass.ts';

interface MethodRoutes {
  readonly title: string;
  readonly routes: readonly AnyRoute[];
}

/** What each auth method offers, by its kind. */
export const methodRoutes: Readonly<Record<string, MethodRoutes>> = {
  aws: { title: 'AWS', routes: awsRoutes },
  approle: { title: 'AppRole', routes: approleRoutes },
  azure: { title: 'Azure managed identities', routes: azureRoutes },
  cert: { title: 'Client certificates', routes: certRoutes },
  gcp: { title: 'Google Cloud', routes: gcpRoutes },
  jwt: { title: 'JWTs of any issuer', routes: jwtRoutes },
  kubernetes: { title: 'Kubernetes pods', routes: kubernetesRoutes },
  oidc: { title: 'OpenID Connect', routes: oidcRoutes },
  slurm: { title: 'SLURM jobs', routes: slurmRoutes },
  userpass: { title: 'User names and passwords', routes: userpassRoutes },
};
