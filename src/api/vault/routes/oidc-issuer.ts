import type { OutputOf } from '../../../access/operation-types.ts';
import { boolean, seconds, secret, text, texts } from '../fields.ts';
import { type AnyRoute, nothing, route, type WireReply, type WireRequest } from '../route.ts';
import { decodeFields, encodeFields, field } from '../wire-fields.ts';
import { keysReply } from './listing.ts';

const keyFields = [
  field('algorithm', text),
  field('allowed_client_ids', texts),
  field('rotation_period', seconds),
  field('verification_ttl', seconds),
];

/** An empty client id is one that was not said. */
const optionalText = (body: WireRequest['body'], name: string) => text(body, name) || undefined;

/** The last five are ours. */
const roleFields = [
  field('client_id', optionalText),
  field('key', text),
  field('template', text),
  field('ttl', seconds),
  field('audiences', texts),
  field('max_ttl', seconds),
  field('subject', optionalText),
  field('workload_claims', boolean),
  field('delegation', boolean),
];

const named = ({ params }: WireRequest) => ({ name: params['name'] });
const none = () => ({});

/** Members as OpenID Connect Discovery 1.0 and RFC 8414 call them. */
export function discoveryDocument({ issuer, keySetUrl, tokenUrl, algorithms }: OutputOf<'issuer.describe'>) {
  return {
    issuer,
    jwks_uri: keySetUrl,
    token_endpoint: tokenUrl,
    response_types_supported: ['id_token'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: algorithms,
    grant_types_supported: ['urn:ietf:params:oauth:grant-type:token-exchange', 'urn:ietf:params:oauth:grant-type:jwt-bearer'],
    token_endpoint_auth_methods_supported: ['none'],
    claims_supported: ['iss', 'sub', 'aud', 'exp', 'iat', 'nbf', 'jti'],
  };
}

/** Seconds for which a discovery document may be kept. */
export const DISCOVERY_SECONDS = 300;

const description = (output: OutputOf<'issuer.describe'>): WireReply => ({
  bare: discoveryDocument(output),
  cacheSeconds: DISCOVERY_SECONDS,
});
const keySet = ({ keys, cacheSeconds }: OutputOf<'issuer.key-set'>): WireReply => ({ bare: { keys }, cacheSeconds });

/** What verifiers read; no envelope is around it, and nobody is asked for a token. */
const publicRoutes: readonly AnyRoute[] = [
  route({
    method: 'GET',
    pattern: 'oidc/.well-known/openid-configuration',
    operation: 'issuer.describe',
    wraps: false,
    decode: none,
    encode: description,
  }),
  route({
    method: 'GET',
    pattern: 'oidc/.well-known/keys',
    operation: 'issuer.key-set',
    wraps: false,
    decode: none,
    encode: keySet,
  }),
];

const keyRoutes: readonly AnyRoute[] = [
  route({ method: 'LIST', pattern: 'oidc/key', operation: 'issuer.keys.list', decode: none, encode: keysReply }),
  route({
    method: 'GET',
    pattern: 'oidc/key/:name',
    operation: 'issuer.keys.read',
    decode: named,
    encode: (key) => (key === null ? {} : { data: encodeFields(keyFields, key) }),
  }),
  route({
    method: 'POST',
    pattern: 'oidc/key/:name',
    operation: 'issuer.keys.write',
    decode: (request) => ({ ...decodeFields(keyFields, request.body), ...named(request) }),
    encode: nothing,
  }),
  route({ method: 'DELETE', pattern: 'oidc/key/:name', operation: 'issuer.keys.delete', decode: named, encode: nothing }),
  route({
    method: 'POST',
    pattern: 'oidc/key/:name/rotate',
    operation: 'issuer.keys.rotate',
    decode: (request) => ({ ...named(request), verificationTtl: seconds(request.body, 'verification_ttl') }),
    encode: nothing,
  }),
];

const roleRoutes: readonly AnyRoute[] = [
  route({ method: 'LIST', pattern: 'oidc/role', operation: 'issuer.roles.list', decode: none, encode: keysReply }),
  route({
    method: 'GET',
    pattern: 'oidc/role/:name',
    operation: 'issuer.roles.read',
    decode: named,
    encode: (role) => (role === null ? {} : { data: encodeFields(roleFields, role) }),
  }),
  route({
    method: 'POST',
    pattern: 'oidc/role/:name',
    operation: 'issuer.roles.write',
    decode: (request) => ({ ...decodeFields(roleFields, request.body), ...named(request) }),
    encode: nothing,
  }),
  route({ method: 'DELETE', pattern: 'oidc/role/:name', operation: 'issuer.roles.delete', decode: named, encode: nothing }),
];

/** Our own tokens for others to verify, below Vault's paths. */
export const oidcIssuerRoutes: readonly AnyRoute[] = [
  ...publicRoutes,
  route({
    method: 'GET',
    pattern: 'oidc/config',
    operation: 'issuer.config.read',
    decode: none,
    encode: ({ issuer, exactIssuer, effectiveIssuer }) => ({
      data: { issuer, exact_issuer: exactIssuer, effective_issuer: effectiveIssuer },
    }),
  }),
  route({
    method: 'POST',
    pattern: 'oidc/config',
    operation: 'issuer.config.write',
    decode: ({ body }) => ({ issuer: text(body, 'issuer'), exactIssuer: boolean(body, 'exact_issuer') }),
    encode: nothing,
  }),
  ...keyRoutes,
  ...roleRoutes,
  route({
    method: 'GET',
    pattern: 'oidc/token/:name',
    operation: 'issuer.token',
    notes: '`audience` and a shorter `ttl` may be asked for: ours',
    decode: ({ params, body }) => ({
      role: params['name'],
      audience: optionalText(body, 'audience'),
      ttl: seconds(body, 'ttl'),
    }),
    encode: ({ token, clientId, ttl }) => ({ data: { client_id: clientId, token, ttl } }),
  }),
  route({
    method: 'POST',
    pattern: 'oidc/introspect',
    operation: 'issuer.introspect',
    wraps: false,
    decode: ({ body }) => ({ token: secret(body, 'token'), clientId: optionalText(body, 'client_id') }),
    encode: ({ active }) => ({ bare: { active } }),
  }),
];
