import type { AnyRoute } from '../../route.ts';
import { engineRoutes } from './engine-routes.ts';
import { lifetimeRoutes } from './lifetime-routes.ts';
import { publicKeyRoute } from './public-key-route.ts';
import { checkSshRequest } from './ssh.ts';
import { rootRotationRoute, staticRoleRoutes } from './static-role-routes.ts';

interface EngineMountRoutes {
  readonly title: string;
  readonly routes: readonly AnyRoute[];
}

/** What each kind of mount offers that credentials are issued at. */
export const engineMountRoutes: Readonly<Record<string, EngineMountRoutes>> = {
  database: {
    title: 'Databases',
    routes: [
      ...engineRoutes({ engines: ['mysql', 'postgresql', 'redis'], config: 'config/:name', creds: ['creds'] }),
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
  nats: { title: 'NATS', routes: engineRoutes({ engines: ['nats'], config: 'config/connection', creds: ['creds'] }) },
  rabbitmq: {
    title: 'RabbitMQ',
    routes: [
      ...engineRoutes({ engines: ['rabbitmq'], config: 'config/connection', creds: ['creds'] }),
      ...lifetimeRoutes({ ttl: 'ttl', maxTtl: 'max_ttl' }),
      rootRotationRoute('config/rotate-root'),
    ],
  },
  ssh: {
    title: 'SSH certificates',
    routes: [
      ...engineRoutes({ engines: ['ssh'], config: 'config/ca', creds: ['sign', 'issue'], checkRequest: checkSshRequest }),
      publicKeyRoute,
    ],
  },
};
