import { boolean, seconds, secret, text, textLists, textMap, texts } from '../../fields.ts';
import { type AnyRoute, route, type WireRequest } from '../../route.ts';
import { field } from '../../wire-fields.ts';
import { authReply } from '../token.ts';
import { configRoutes, roleRoutes } from './role-routes.ts';

const begun = ({ body }: WireRequest) => ({ role: text(body, 'role'), clientNonce: text(body, 'client_nonce') });

/** People at their OpenID provider. */
export const oidcRoutes: readonly AnyRoute[] = [
  ...configRoutes({
    operations: 'oidc.config',
    path: 'config',
    fields: [
      field('oidc_discovery_url', text, { as: 'discoveryUrl' }),
      field('oidc_discovery_ca_pem', text, { as: 'discoveryCaPem' }),
      field('oidc_client_id', text, { as: 'clientId' }),
      field('oidc_client_secret', secret, { as: 'clientSecret', hidden: true }),
      field('bound_issuer', text),
      field('jwt_supported_algs', texts, { as: 'supportedAlgs' }),
      field('default_role', text),
      field('internal', boolean),
    ],
  }),
  ...roleRoutes({
    operations: 'oidc.roles',
    path: 'role',
    fields: [
      field('allowed_redirect_uris', texts),
      field('oidc_scopes', texts, { as: 'scopes' }),
      field('bound_audiences', texts),
      field('user_claim', text),
      field('groups_claim', text),
      field('bound_subject', text),
      field('bound_claims', textLists),
      field('bound_claims_type', text),
      field('claim_mappings', textMap),
      field('max_age', seconds),
    ],
    also: () => ({ role_type: 'oidc' }),
  }),
  route({
    method: 'POST',
    pattern: 'oidc/auth_url',
    operation: 'oidc.begin',
    decode: (request) => ({ ...begun(request), redirectUri: text(request.body, 'redirect_uri') }),
    encode: ({ authUrl }) => ({ data: { auth_url: authUrl } }),
  }),
  route({
    method: ['GET', 'POST'],
    pattern: 'oidc/callback',
    operation: 'oidc.finish',
    decode: ({ body }) => ({
      state: text(body, 'state'),
      code: secret(body, 'code'),
      error: text(body, 'error'),
      clientNonce: text(body, 'client_nonce'),
    }),
    encode: authReply,
  }),
  route({
    method: 'POST',
    pattern: 'oidc/device',
    operation: 'oidc.begin-device',
    notes: 'ours: begins what `oidc/poll` finishes',
    decode: begun,
    encode: ({ state, userCode, verificationUri, verificationUriComplete, expiresIn, interval }) => ({
      data: {
        state,
        user_code: userCode,
        verification_uri: verificationUri,
        ...(verificationUriComplete === undefined ? {} : { verification_uri_complete: verificationUriComplete }),
        expires_in: expiresIn,
        poll_interval: interval,
      },
    }),
  }),
  route({
    method: 'POST',
    pattern: 'oidc/poll',
    operation: 'oidc.poll-device',
    decode: ({ body }) => ({ state: text(body, 'state'), clientNonce: text(body, 'client_nonce') }),
    encode: (issued) => (issued === null ? { status: 400, bare: { errors: ['authorization_pending'] } } : authReply(issued)),
  }),
];
