import { boolean, seconds, secret, text, texts } from '../../fields.ts';
import { type AnyRoute, route } from '../../route.ts';
import { field } from '../../wire-fields.ts';
import { authReply } from '../token.ts';
import { configRoutes, roleRoutes } from './role-routes.ts';

/** Pods of a cluster. The last six of the settings and the last five of a role are ours. */
export const kubernetesRoutes: readonly AnyRoute[] = [
  ...configRoutes({
    operations: 'kubernetes.config',
    path: 'config',
    fields: [
      field('kubernetes_host', text),
      field('kubernetes_ca_cert', text),
      field('token_reviewer_jwt', secret, { hidden: true }),
      // Only told: whether there is one.
      field('token_reviewer_jwt_set', () => undefined, { as: 'tokenReviewerJwt', print: () => true }),
      field('pem_keys', texts),
      field('issuer', text),
      field('disable_iss_validation', boolean),
      field('disable_local_ca_jwt', boolean),
      field('use_annotations_as_alias_metadata', boolean),
      field('review', text),
      field('jwks_url', text),
      field('jwks', text),
      field('cluster', text),
      field('default_audience', text),
      field('internal', boolean),
    ],
  }),
  ...roleRoutes({
    operations: 'kubernetes.roles',
    path: 'role',
    fields: [
      field('bound_service_account_names', texts),
      field('bound_service_account_namespaces', texts),
      field('bound_service_account_namespace_selector', text),
      field('audience', text),
      field('alias_name_source', (body, name) => text(body, name) || undefined),
      field('bound_service_account_uids', texts),
      field('bound_nodes', texts),
      field('require_pod', boolean),
      field('allow_default_audience', boolean),
      field('max_token_lifetime', seconds),
    ],
  }),
  route({
    method: 'POST',
    pattern: 'login',
    operation: 'kubernetes.login',
    decode: ({ body }) => ({ role: text(body, 'role'), jwt: secret(body, 'jwt') }),
    encode: authReply,
  }),
];
