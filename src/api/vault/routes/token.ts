import type { OutputOf } from '../../../access/operation-types.ts';
import { WatchwordError } from '../../../foundation/errors.ts';
import { boolean, integer, seconds, secret, text, textMap, texts, wireTime } from '../fields.ts';
import { type AnyRoute, nothing, route, type WireReply, type WireRequest } from '../route.ts';
import { keysReply } from './listing.ts';
import { tokenRoleRoutes } from './token-roles.ts';

type Issued = OutputOf<'token.create'>;
type Facts = OutputOf<'token.lookup'>;

/** The `auth` part of an answer that gives or renews a token. */
export function authReply(issued: Issued): WireReply {
  return {
    auth: {
      client_token: issued.token ?? '',
      accessor: issued.accessor,
      policies: together(issued),
      token_policies: issued.policies,
      ...identityPolicies(issued),
      metadata: issued.metadata ?? null,
      lease_duration: issued.ttl,
      renewable: issued.renewable,
      entity_id: issued.entityId,
      token_type: 'service',
      orphan: issued.orphan,
      mfa_requirement: null,
      num_uses: issued.usesLeft,
    },
  };
}

/** Answers that were wrapped by an older version say nothing of it. */
type MaybeAdded = Partial<Pick<Issued, 'identityPolicies'>>;

/** The root policy stands alone; others are told together. */
function together({ policies, identityPolicies: added = [] }: Pick<Issued, 'policies'> & MaybeAdded): readonly string[] {
  return added.length === 0 || policies.includes('root') ? policies : [...new Set([...policies, ...added])].sort();
}

function identityPolicies({ identityPolicies: added = [] }: MaybeAdded) {
  return added.length === 0 ? {} : { identity_policies: added };
}

const unix = (ms: number) => Math.floor(ms / 1000);

function lookupReply(facts: Facts): WireReply {
  const { boundCidrs, renewedAt, expiresAt } = facts;
  return {
    data: {
      accessor: facts.accessor,
      ...(boundCidrs.length === 0 ? {} : { bound_cidrs: boundCidrs }),
      creation_time: unix(facts.createdAt),
      creation_ttl: facts.creationTtl,
      display_name: facts.displayName,
      entity_id: facts.entityId,
      expire_time: expiresAt === undefined ? null : wireTime(expiresAt),
      explicit_max_ttl: facts.explicitMaxTtl,
      id: facts.id ?? '',
      ...identityPolicies(facts),
      ...(expiresAt === undefined ? {} : { issue_time: wireTime(facts.createdAt) }),
      ...(renewedAt === undefined ? {} : { last_renewal: wireTime(renewedAt), last_renewal_time: unix(renewedAt) }),
      meta: facts.metadata ?? null,
      num_uses: facts.usesLeft,
      orphan: facts.orphan,
      path: facts.path,
      ...(facts.period === 0 ? {} : { period: facts.period }),
      policies: facts.policies,
      renewable: facts.renewable,
      ...(facts.role === undefined ? {} : { role: facts.role }),
      ...(facts.binding === undefined ? {} : { token_binding: facts.binding }),
      ttl: facts.ttl,
      type: 'service',
      ...workloadReply(facts),
    },
  };
}

/** Ours: who logged in, and where he is meant to be. */
function workloadReply({ workload }: Facts) {
  if (workload === undefined) return {};
  const { expectedCluster, expectedRegion, expectedCidrs, ...told } = workload;
  const expected = { expected_cluster: expectedCluster, expected_region: expectedRegion, expected_cidrs: expectedCidrs };
  return { workload: { ...told, ...expected } };
}

function asked({ body }: WireRequest) {
  return {
    id: secret(body, 'id'),
    policies: texts(body, 'policies'),
    metadata: textMap(body, 'meta') ?? textMap(body, 'metadata'),
    noParent: boolean(body, 'no_parent'),
    noDefaultPolicy: boolean(body, 'no_default_policy'),
    renewable: boolean(body, 'renewable'),
    ttl: seconds(body, 'ttl') ?? seconds(body, 'lease'),
    explicitMaxTtl: seconds(body, 'explicit_max_ttl'),
    period: seconds(body, 'period'),
    displayName: text(body, 'display_name'),
    uses: integer(body, 'num_uses'),
    entityAlias: text(body, 'entity_alias'),
    type: text(body, 'type') || undefined,
  };
}

function namedToken({ body }: WireRequest) {
  const token = secret(body, 'token');
  if (token === undefined) throw new WatchwordError('request.invalid', 'missing token ID', { where: 'token' });
  return { token };
}

/** Vault looks up the calling token when none is named. */
const lookedUp = ({ body, token }: WireRequest) => ({ token: secret(body, 'token') ?? token });
const increment = ({ body }: WireRequest) => ({ increment: seconds(body, 'increment') });

function accessor({ body }: WireRequest) {
  const named = text(body, 'accessor');
  if (named === undefined || named === '') throw new WatchwordError('request.invalid', 'missing accessor', { where: 'accessor' });
  return { accessor: named };
}

const createRoutes: readonly AnyRoute[] = [
  route({ method: 'POST', pattern: 'create', operation: 'token.create', decode: asked, encode: authReply }),
  route({ method: 'POST', pattern: 'create-orphan', operation: 'token.create-orphan', decode: asked, encode: authReply }),
  route({
    method: 'POST',
    pattern: 'create/:role',
    operation: 'token.create-with-role',
    decode: (request) => ({ ...asked(request), role: request.params['role'] }),
    encode: authReply,
  }),
];

const lookupRoutes: readonly AnyRoute[] = [
  route({ method: ['GET', 'POST'], pattern: 'lookup', operation: 'token.lookup', decode: lookedUp, encode: lookupReply }),
  route({
    method: ['GET', 'POST'],
    pattern: 'lookup-self',
    operation: 'token.lookup-self',
    decode: () => ({}),
    encode: lookupReply,
  }),
  route({
    method: 'POST',
    pattern: 'lookup-accessor',
    operation: 'token.lookup-accessor',
    decode: accessor,
    encode: lookupReply,
  }),
  route({ method: 'LIST', pattern: 'accessors', operation: 'token.accessors', decode: () => ({}), encode: keysReply }),
];

const renewRoutes: readonly AnyRoute[] = [
  route({
    method: 'POST',
    pattern: 'renew',
    operation: 'token.renew',
    decode: (request) => ({ ...namedToken(request), ...increment(request) }),
    encode: authReply,
  }),
  route({ method: 'POST', pattern: 'renew-self', operation: 'token.renew-self', decode: increment, encode: authReply }),
  route({
    method: 'POST',
    pattern: 'renew-accessor',
    operation: 'token.renew-accessor',
    decode: (request) => ({ ...accessor(request), ...increment(request) }),
    encode: authReply,
  }),
];

const revokeRoutes: readonly AnyRoute[] = [
  route({ method: 'POST', pattern: 'revoke', operation: 'token.revoke', decode: namedToken, encode: nothing }),
  route({ method: 'POST', pattern: 'revoke-self', operation: 'token.revoke-self', decode: () => ({}), encode: nothing }),
  route({ method: 'POST', pattern: 'revoke-accessor', operation: 'token.revoke-accessor', decode: accessor, encode: nothing }),
  route({ method: 'POST', pattern: 'revoke-orphan', operation: 'token.revoke-orphan', decode: namedToken, encode: nothing }),
  route({
    method: 'POST',
    pattern: 'tidy',
    operation: 'token.tidy',
    decode: () => ({}),
    encode: () => ({ status: 202, warnings: ['Tidy operation has been carried out.'] }),
  }),
];

/** The token auth method. */
export const tokenRoutes: readonly AnyRoute[] = [
  ...createRoutes,
  ...lookupRoutes,
  ...renewRoutes,
  ...revokeRoutes,
  ...tokenRoleRoutes,
];
