import { boolean, seconds, secret, text, texts } from '../../fields.ts';
import { type AnyRoute, nothing, route } from '../../route.ts';
import { field } from '../../wire-fields.ts';
import { keysReply } from '../listing.ts';
import { authReply } from '../token.ts';
import { configRoutes, roleRoutes } from './role-routes.ts';

/** Service accounts and instances of Google Cloud. The last five of the settings and the last of a role are ours. */
export const gcpRoutes: readonly AnyRoute[] = [
  ...configRoutes({
    operations: 'gcp.config',
    path: 'config',
    fields: [
      field('credentials', secret, { hidden: true }),
      field('google_certs_endpoint', text),
      field('iam_alias', text),
      field('gce_alias', text),
      field('issuer', text),
      field('jwks', text),
      field('service_account_keys_url', text),
      field('audience_bases', texts),
      field('internal', boolean),
    ],
  }),
  ...roleRoutes({
    operations: 'gcp.roles',
    path: 'role',
    fields: [
      field('type', text, { as: 'roleType' }),
      field('bound_service_accounts', texts, { older: ['service_accounts'] }),
      field('bound_projects', texts, { older: ['project_id'] }),
      field('bound_zones', texts),
      field('bound_regions', texts),
      field('bound_labels', texts),
      field('bound_instance_groups', texts),
      field('add_group_aliases', boolean),
      field('max_jwt_exp', seconds),
      field('allow_gce_inference', boolean),
      field('bound_audiences', texts),
    ],
  }),
  route({ method: 'LIST', pattern: 'roles', operation: 'gcp.roles.list', decode: () => ({}), encode: keysReply }),
  route({
    method: 'POST',
    pattern: 'role/:name/service-accounts',
    operation: 'gcp.roles.edit-accounts',
    decode: ({ params, body }) => ({ name: params['name'], add: texts(body, 'add'), remove: texts(body, 'remove') }),
    encode: nothing,
  }),
  route({
    method: 'POST',
    pattern: 'login',
    operation: 'gcp.login',
    decode: ({ body }) => ({ role: text(body, 'role'), jwt: secret(body, 'jwt') }),
    encode: authReply,
  }),
];
