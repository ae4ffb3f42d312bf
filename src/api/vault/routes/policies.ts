import { WatchwordError } from '../../../foundation/errors.ts';
import { secret, text, texts } from '../fields.ts';
import { type AnyRoute, nothing, route, type WireReply, type WireRequest } from '../route.ts';
import { keysReply } from './listing.ts';

type Fields = WireRequest['body'];

const named = (legacyPath: boolean, { params }: WireRequest) => ({ name: params['name'], legacyPath });

function written(legacyPath: boolean, request: WireRequest) {
  const policy = policyText(request.body);
  if (policy === undefined || policy === '') {
    throw new WatchwordError('request.invalid', "'policy' parameter not supplied or empty", { where: 'policy' });
  }
  return { ...named(legacyPath, request), text: policy };
}

/** Vault also takes policies in base64; no policy that says anything could be taken for that. */
function policyText(body: Fields): string | undefined {
  const given = text(body, 'policy') ?? text(body, 'rules');
  const encoded = given !== undefined && given.length % 4 === 0 && /^[A-Za-z0-9+/]+={0,2}$/.test(given);
  return encoded ? Buffer.from(given, 'base64').toString('utf8') : given;
}

const aclRoutes: readonly AnyRoute[] = [
  route({ method: 'LIST', pattern: 'policies/acl', operation: 'policies.list', decode: () => ({}), encode: namesReply }),
  route({
    method: 'GET',
    pattern: 'policies/acl/*name',
    operation: 'policies.read',
    decode: (request) => named(false, request),
    encode: (policy) => ({ data: { name: policy.name, policy: policy.text } }),
  }),
  route({
    method: 'POST',
    pattern: 'policies/acl/*name',
    operation: 'policies.write',
    decode: (request) => written(false, request),
    encode: nothing,
  }),
  route({
    method: 'DELETE',
    pattern: 'policies/acl/*name',
    operation: 'policies.delete',
    decode: (request) => named(false, request),
    encode: nothing,
  }),
];

function namesReply({ names }: { readonly names: readonly string[] }): WireReply {
  return keysReply({ keys: names });
}

/** The older path, whose answers also name things as they were once named. */
const legacyRoutes: readonly AnyRoute[] = [
  route({
    method: ['GET', 'LIST'],
    pattern: 'policy',
    operation: 'policies.list',
    decode: () => ({ legacyPath: true }),
    encode: ({ names }) => ({ data: { keys: names, policies: names }, topLevel: true }),
  }),
  route({
    method: 'GET',
    pattern: 'policy/*name',
    operation: 'policies.read',
    decode: (request) => named(true, request),
    encode: (policy) => ({ data: { name: policy.name, rules: policy.text }, topLevel: true }),
  }),
  route({
    method: 'POST',
    pattern: 'policy/*name',
    operation: 'policies.write',
    decode: (request) => written(true, request),
    encode: nothing,
  }),
  route({
    method: 'DELETE',
    pattern: 'policy/*name',
    operation: 'policies.delete',
    decode: (request) => named(true, request),
    encode: nothing,
  }),
];

function pathsOf(body: Fields): string[] {
  const paths = texts(body, 'paths') ?? texts(body, 'path') ?? [];
  if (paths.length === 0) throw new WatchwordError('request.invalid', 'paths must be supplied', { where: 'paths' });
  return paths;
}

/** `capabilities` stands beside the paths when there is only one, as it once was. */
function capabilitiesReply({ capabilities }: { readonly capabilities: Readonly<Record<string, readonly string[]>> }): WireReply {
  const data: Record<string, readonly string[]> = Object.create(null);
  const [only, ...others] = Object.keys(capabilities);
  if (only !== undefined && others.length === 0) data['capabilities'] = capabilities[only] ?? [];
  for (const path of Object.keys(capabilities)) data[path] = capabilities[path] ?? [];
  return { data, topLevel: true };
}

const capabilityRoutes: readonly AnyRoute[] = [
  route({
    method: 'POST',
    pattern: 'capabilities-self',
    operation: 'capabilities.self',
    decode: ({ body }) => ({ paths: pathsOf(body) }),
    encode: capabilitiesReply,
  }),
  route({
    method: 'POST',
    pattern: 'capabilities',
    operation: 'capabilities.of-token',
    decode: ({ body }) => ({ token: secret(body, 'token'), paths: pathsOf(body) }),
    encode: capabilitiesReply,
  }),
  route({
    method: 'POST',
    pattern: 'capabilities-accessor',
    operation: 'capabilities.of-accessor',
    decode: ({ body }) => ({ accessor: text(body, 'accessor') ?? '', paths: pathsOf(body) }),
    encode: capabilitiesReply,
  }),
];

export const policyRoutes: readonly AnyRoute[] = [...aclRoutes, ...legacyRoutes, ...capabilityRoutes];
