import type { OutputOf } from '../../../access/operation-types.ts';
import { boolean, integer, seconds, text, texts } from '../fields.ts';
import { type AnyRoute, nothing, route, type WireReply, type WireRequest } from '../route.ts';
import { keysReply } from './listing.ts';

const named = ({ params }: WireRequest) => ({ role: params['role'] });

function roleOf(request: WireRequest) {
  const { body } = request;
  return {
    ...named(request),
    allowedPolicies: texts(body, 'allowed_policies'),
    disallowedPolicies: texts(body, 'disallowed_policies'),
    allowedPoliciesGlob: texts(body, 'allowed_policies_glob'),
    disallowedPoliciesGlob: texts(body, 'disallowed_policies_glob'),
    allowedEntityAliases: texts(body, 'allowed_entity_aliases'),
    orphan: boolean(body, 'orphan'),
    renewable: boolean(body, 'renewable'),
    period: seconds(body, 'token_period') ?? seconds(body, 'period'),
    explicitMaxTtl: seconds(body, 'token_explicit_max_ttl') ?? seconds(body, 'explicit_max_ttl'),
    pathSuffix: text(body, 'path_suffix'),
    boundCidrs: texts(body, 'token_bound_cidrs') ?? texts(body, 'bound_cidrs'),
    noDefaultPolicy: boolean(body, 'token_no_default_policy'),
    uses: integer(body, 'token_num_uses'),
    type: text(body, 'token_type') || undefined,
  };
}

function roleReply(role: OutputOf<'token.roles.read'>): WireReply {
  if (role === null) return {};
  return {
    data: {
      allowed_entity_aliases: role.allowedEntityAliases,
      allowed_policies: role.allowedPolicies,
      allowed_policies_glob: role.allowedPoliciesGlob,
      disallowed_policies: role.disallowedPolicies,
      disallowed_policies_glob: role.disallowedPoliciesGlob,
      explicit_max_ttl: role.explicitMaxTtl,
      name: role.name,
      orphan: role.orphan,
      path_suffix: role.pathSuffix,
      period: role.period,
      renewable: role.renewable,
      token_bound_cidrs: role.boundCidrs,
      token_explicit_max_ttl: role.explicitMaxTtl,
      token_no_default_policy: role.noDefaultPolicy,
      token_num_uses: role.uses,
      token_period: role.period,
      token_type: role.type,
    },
  };
}

export const tokenRoleRoutes: readonly AnyRoute[] = [
  route({ method: 'LIST', pattern: 'roles', operation: 'token.roles.list', decode: () => ({}), encode: keysReply }),
  route({ method: 'GET', pattern: 'roles/:role', operation: 'token.roles.read', decode: named, encode: roleReply }),
  route({ method: 'POST', pattern: 'roles/:role', operation: 'token.roles.write', decode: roleOf, encode: nothing }),
  route({ method: 'DELETE', pattern: 'roles/:role', operation: 'token.roles.delete', decode: named, encode: nothing }),
];
