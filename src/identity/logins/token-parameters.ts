import { z } from 'zod';
import { WatchwordError } from '../../foundation/errors.ts';
import { wrappingPolicyName } from '../../policy/default-policy.ts';
import { Networks } from '../addresses.ts';
import { count, duration, policyNames } from '../inputs.ts';
import { sanitizePolicies } from '../token-policies.ts';

/** What every role says of the tokens that it gives. Durations are seconds, 0 = not set. */
export interface TokenParameters {
  readonly policies: readonly string[];
  readonly ttl: number;
  readonly maxTtl: number;
  readonly explicitMaxTtl: number;
  readonly period: number;
  /** 0 = unlimited. */
  readonly uses: number;
  /** From where one may log in, and from where the token may be used; empty = from anywhere. */
  readonly boundCidrs: readonly string[];
  readonly noDefaultPolicy: boolean;
  /** `default`, `service` or `default-service`: there is one sort of token. */
  readonly type: string;
  /** Who answers for the role: a person, a team, a ticket queue. */
  readonly owner: string;
  /** Where its workloads are meant to run; told in the token, and compared by whoever watches. */
  readonly expectedCluster: string;
  readonly expectedRegion: string;
  readonly expectedCidrs: readonly string[];
  /** Whether a token is bound to a key of the caller's: `` (not), `dpop` (RFC 9449) or `mtls` (RFC 8705). */
  readonly tokenBinding: '' | 'dpop' | 'mtls';
  /**
   * Which of all roles that had this name in turn it is: random, and neither written nor told. Absent in a role that was made
   * before roles had one.
   */
  readonly incarnation?: string;
}

const place = z.string().max(256);
const cidrs = z.array(z.string().max(64)).max(256);

/** Fields of {@link TokenParameters}, to be spread into the schema of a role. */
export const tokenParameterFields = {
  policies: policyNames.transform((names) => sanitizePolicies(names, false)),
  ttl: duration,
  maxTtl: duration,
  explicitMaxTtl: duration,
  period: duration,
  uses: count,
  boundCidrs: cidrs,
  noDefaultPolicy: z.boolean(),
  type: z.enum(['default', 'service', 'default-service'], 'batch tokens are not supported: every token can be revoked here'),
  owner: place,
  expectedCluster: place,
  expectedRegion: place,
  expectedCidrs: cidrs,
  tokenBinding: z.enum(['', 'dpop', 'mtls']),
};

/** Of a role that says nothing of its tokens. */
export const noTokenParameters: TokenParameters = {
  policies: [],
  ttl: 0,
  maxTtl: 0,
  explicitMaxTtl: 0,
  period: 0,
  uses: 0,
  boundCidrs: [],
  noDefaultPolicy: false,
  type: 'default',
  owner: '',
  expectedCluster: '',
  expectedRegion: '',
  expectedCidrs: [],
  tokenBinding: '',
};

/** What of a role is told. */
export function withoutIncarnation<Role extends TokenParameters>(role: Role): Omit<Role, 'incarnation'> {
  const { incarnation: _incarnation, ...told } = role;
  return told;
}

/** @throws WatchwordError `login.invalid` for what no role may say; `token.invalid` for what is no network */
export function checkTokenParameters(role: TokenParameters): void {
  new Networks(role.boundCidrs);
  new Networks(role.expectedCidrs);
  if (role.maxTtl > 0 && role.ttl > role.maxTtl) {
    throw new WatchwordError('login.invalid', 'token_ttl should not be greater than token_max_ttl', { where: 'token_ttl' });
  }
  for (const name of ['root', wrappingPolicyName]) {
    if (!role.policies.includes(name)) continue;
    throw new WatchwordError('login.invalid', `no login gives the policy "${name}"`, { where: 'token_policies' });
  }
}
