import type { AnyRoute } from '../../route.ts';
import { credentialRoute, engineRoleRoutes, engineRoutes } from './engine-routes.ts';
import { lifetimeRoutes } from './lifetime-routes.ts';
import { publicKeyRoute } from './public-key-route.ts';
import { checkSshRequest } from './ssh.ts';
import { rootRotationRoute, staticRoleRoutes } from './static-role-routes.ts';

interface EngineMountRoutes {
  readonly title: string;
  readonly routes: readonly AnyRoute[];
}

/** Of a kind of mount that holds one connection of the engine that it is called after. */
const single = (kind: string, config = 'config/connection'): readonly AnyRoute[] =>
  engineRoutes({ engines: [kind], config, creds: ['creds'] });

/** What each kind of mount offers that credentials are issued at. */
export const engineMountRoutes: Readonly<Record<string, EngineMountRoutes>> = {
  database: {
    title: 'Databases',
    routes: [
      ...engineRoutes({
        engines: ['mongodb', 'mysql', 'opensearch', 'postgresql', 'redis'],
        config: 'config/:name',
        creds: ['creds'],
      }),
      rootRotationRoute('rotate-root/:name'),
      ...staticRoleRoutes,
    ],
  },
  aws: {
    title: 'AWS and what speaks its STS',
    routes: [
      ...engineRoutes({ engines: ['aws'], config: 'config/root', creds: ['creds', 'sts'] }),
      ...lifetimeRoutes({ ttl: 'lease', maxTtl: 'lease_max' }),
    ],
  },
  'azure-sas': { title: 'Shared access signatures of Azure Storage', routes: single('azure-sas', 'config/account') },
  federate: { title: 'Tokens for our own', routes: single('federate') },
  gcp: {
    title: 'Google Cloud',
    routes: [
      ...single('gcp', 'config'),
      ...engineRoleRoutes(['gcp'], 'impersonated-account', 'impersonated-accounts'),
      credentialRoute(['gcp'], 'impersonated-account/:name/token'),
    ],
  },
  github: { title: 'GitHub Apps', routes: single('github', 'config') },
  kafka: { title: 'Kafka', routes: [...single('kafka'), rootRotationRoute('rotate-root')] },
  kubernetes: {
    title: 'Service accounts of Kubernetes',
    routes: engineRoutes({ engines: ['kubernetes'], config: 'config', creds: ['creds'], acts: true }),
  },
  mlflow: { title: 'MLflow', routes: single('mlflow') },
  nats: { title: 'NATS', routes: single('nats') },
  oci: {
    title: 'OCI registries',
    routes: [
      ...engineRoutes({ engines: ['oci'], config: 'config/registry', creds: ['creds'], publicField: 'certificate' }),
      publicKeyRoute('certificate'),
    ],
  },
  openai: { title: 'OpenAI', routes: single('openai') },
  openrouter: { title: 'OpenRouter', routes: single('openrouter') },
  rabbitmq: {
    title: 'RabbitMQ',
    routes: [
      ...single('rabbitmq'),
      ...lifetimeRoutes({ ttl: 'ttl', maxTtl: 'max_ttl' }),
      rootRotationRoute('config/rotate-root'),
    ],
  },
  ssh: {
    title: 'SSH certificates',
    routes: [
      ...engineRoutes({
        engines: ['ssh'],
        config: 'config/ca',
        creds: ['sign', 'issue'],
        checkRequest: checkSshRequest,
        acts: true,
      }),
      publicKeyRoute('public_key'),
    ],
  },
};
