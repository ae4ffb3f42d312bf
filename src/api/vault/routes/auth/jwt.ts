import { boolean, object, seconds, secret, text, textLists, textMap, texts } from '../../fields.ts';
import { type AnyRoute, route } from '../../route.ts';
import { field } from '../../wire-fields.ts';
import { authReply } from '../token.ts';
import { configRoutes, roleRoutes } from './role-routes.ts';

/** As they were sent: one value is a text, several are a list. */
const plainClaims = (claims: unknown) =>
  Object.fromEntries(
    Object.entries(claims as Readonly<Record<string, readonly string[]>>).map(([name, values]) => [
      name,
      values.length === 1 ? values[0] : values,
    ]),
  );

/** Workloads with a JWT. The last four of the settings and the last four of a role are ours. */
export const jwtRoutes: readonly AnyRoute[] = [
  ...configRoutes({
    operations: 'jwt.config',
    path: 'config',
    fields: [
      field('oidc_discovery_url', text),
      field('oidc_discovery_ca_pem', text),
      field('jwks_url', text),
      field('jwks_ca_pem', text),
      field('jwt_validation_pubkeys', texts),
      field('bound_issuer', text),
      field('jwt_supported_algs', texts),
      field('default_role', text),
      field('provider_config', object),
      field('namespace_in_state', boolean),
      field('platform', text),
      field('internal', boolean),
      field('jwks', text),
      field('spiffe_trust_domain', text),
    ],
  }),
  ...roleRoutes({
    operations: 'jwt.roles',
    path: 'role',
    fields: [
      field('role_type', (body, name) => text(body, name) || undefined),
      field('bound_audiences', texts),
      field('user_claim', text),
      field('user_claim_json_pointer', boolean),
      field('bound_subject', text),
      field('bound_claims', textLists, { print: plainClaims }),
      field('bound_claims_type', (body, name) => text(body, name) || undefined),
      field('claim_mappings', textMap),
      field('groups_claim', text),
      field('clock_skew_leeway', seconds),
      field('expiration_leeway', seconds),
      field('not_before_leeway', seconds),
      field('audience_mode', text),
      field('max_token_lifetime', seconds),
      field('max_token_age', seconds),
      field('jti_policy', text),
    ],
  }),
  route({
    method: 'POST',
    pattern: 'login',
    operation: 'jwt.login',
    decode: ({ body }) => ({ role: text(body, 'role'), jwt: secret(body, 'jwt') }),
    encode: authReply,
  }),
];
