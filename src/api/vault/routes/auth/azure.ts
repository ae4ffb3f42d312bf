import { boolean, secret, text, texts } from '../../fields.ts';
import { type AnyRoute, route } from '../../route.ts';
import { field } from '../../wire-fields.ts';
import { authReply } from '../token.ts';
import { configRoutes, roleRoutes } from './role-routes.ts';

/** Managed identities of Azure. The last four of the settings are ours. */
export const azureRoutes: readonly AnyRoute[] = [
  ...configRoutes({
    operations: 'azure.config',
    path: 'config',
    fields: [
      field('tenant_id', text),
      field('resource', text),
      field('environment', (body, name) => text(body, name) || undefined),
      field('client_id', text),
      field('client_secret', secret, { hidden: true }),
      field('issuer', text),
      field('jwks_url', text),
      field('jwks', text),
      field('internal', boolean),
    ],
  }),
  ...roleRoutes({
    operations: 'azure.roles',
    path: 'role',
    fields: [
      field('bound_service_principal_ids', texts),
      field('bound_group_ids', texts),
      field('bound_locations', texts),
      field('bound_subscription_ids', texts),
      field('bound_resource_groups', texts),
      field('bound_scale_sets', texts),
    ],
  }),
  route({
    method: 'POST',
    pattern: 'login',
    operation: 'azure.login',
    decode: ({ body }) => ({
      role: text(body, 'role'),
      jwt: secret(body, 'jwt'),
      subscriptionId: text(body, 'subscription_id'),
      resourceGroupName: text(body, 'resource_group_name'),
      vmName: text(body, 'vm_name'),
      vmssName: text(body, 'vmss_name'),
      resourceId: text(body, 'resource_id'),
    }),
    encode: authReply,
  }),
];
