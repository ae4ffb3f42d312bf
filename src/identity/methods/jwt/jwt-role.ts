import { z } from 'zod';
import { nameSchema } from '../../../foundation/bounds.ts';
import type { TokenRules } from '../../jwt/token-rules.ts';
import { noTokenParameters, type TokenParameters, tokenParameterFields } from '../../logins/token-parameters.ts';
import type { Platform } from '../../platforms/platform.ts';
import { invalidField } from '../invalid-field.ts';

/** Who may log in with a JWT. Durations are seconds; claims are named as `claimAt` takes them. */
export interface JwtRole extends TokenParameters {
  /** People log in with the method `oidc`. */
  readonly roleType: 'jwt';
  /** Never empty. */
  readonly boundAudiences: readonly string[];
  /** `only`: a token for further audiences is refused. */
  readonly audienceMode: 'any' | 'only';
  /** The claim by whose value the identity store knows the caller; empty = the ids of the platform. */
  readonly userClaim: string;
  readonly userClaimJsonPointer: boolean;
  readonly boundSubject: string;
  readonly boundClaims: Readonly<Record<string, readonly string[]>>;
  readonly boundClaimsType: 'string' | 'glob';
  /** Claims that are told with the token: claim → name. */
  readonly claimMappings: Readonly<Record<string, string>>;
  readonly groupsClaim: string;
  /** By how much clocks may differ: 0 = 60, -1 = not at all. */
  readonly clockSkewLeeway: number;
  /** Kept for clients that set them; a token without `exp` is refused, whatever they say. */
  readonly expirationLeeway: number;
  readonly notBeforeLeeway: number;
  /** From `iat` to `exp`; 0 = as long as the platform makes them, which is a day where it does not say. */
  readonly maxTokenLifetime: number;
  /** Since `iat`; 0 = any. */
  readonly maxTokenAge: number;
  /** `once`: a token is accepted for one login, and must have an id. */
  readonly jtiPolicy: 'once' | 'reuse-until-exp';
}

/** Seconds by which two clocks that somebody looks after may differ. */
export const LARGEST_SKEW = 300;
const YEAR = 366 * 24 * 60 * 60;

const values = z.array(z.string().max(2048)).max(64);
const leeway = z.int().min(-1).max(YEAR);
const span = z.int().min(0).max(YEAR);

const boundClaimFields = {
  boundClaims: z.record(nameSchema, values.min(1, 'accepts no value at all')),
  boundClaimsType: z.enum(['string', 'glob']),
};

export const jwtRoleFields = {
  ...tokenParameterFields,
  ...boundClaimFields,
  roleType: z.literal('jwt', 'roles for people belong to the auth method oidc'),
  boundAudiences: z.array(nameSchema).max(64),
  audienceMode: z.enum(['any', 'only']),
  userClaim: z.string().max(256),
  userClaimJsonPointer: z.boolean(),
  boundSubject: z.string().max(2048),
  claimMappings: z.record(nameSchema, z.string().regex(/^(?!role$)[A-Za-z0-9_-]{1,64}$/, 'maps to a name that it may not have')),
  groupsClaim: z.string().max(256),
  clockSkewLeeway: z.int().min(-1).max(LARGEST_SKEW),
  expirationLeeway: leeway,
  notBeforeLeeway: leeway,
  maxTokenLifetime: span,
  maxTokenAge: span,
  jtiPolicy: z.enum(['once', 'reuse-until-exp']),
};

export const newJwtRole: JwtRole = {
  ...noTokenParameters,
  roleType: 'jwt',
  boundAudiences: [],
  audienceMode: 'any',
  userClaim: '',
  userClaimJsonPointer: false,
  boundSubject: '',
  boundClaims: {},
  boundClaimsType: 'string',
  claimMappings: {},
  groupsClaim: '',
  clockSkewLeeway: 0,
  expirationLeeway: 0,
  notBeforeLeeway: 0,
  maxTokenLifetime: 0,
  maxTokenAge: 0,
  jtiPolicy: 'reuse-until-exp',
};

/** @throws WatchwordError `login.invalid` */
export function checkJwtRole(role: JwtRole, platform: Platform): void {
  if (role.boundAudiences.length === 0) {
    invalidField('boundAudiences', 'must be set: a token that is meant for anybody would let its other receivers in');
  }
  if (role.boundAudiences.some((audience) => platform.refusedAudiences?.includes(audience))) {
    invalidField('boundAudiences', 'is the audience of another service, which could log in with what it is sent');
  }
  if (role.userClaim === '' && platform.kind === 'generic') {
    invalidField('userClaim', 'must be set: only the issuer knows which claim tells its callers apart');
  }
  if (role.userClaimJsonPointer && !role.userClaim.startsWith('/')) invalidField('userClaim', 'is no JSON pointer');
}

/** How a token for this role is verified. */
export function rulesOf(role: JwtRole, platform: Platform): TokenRules {
  return {
    audiences: role.boundAudiences,
    audienceMode: role.audienceMode,
    maxAge: role.maxTokenAge || undefined,
    maxLifetime: role.maxTokenLifetime || platform.lifetime,
    skew: role.clockSkewLeeway === 0 ? undefined : Math.max(0, role.clockSkewLeeway),
    issuerClaim: platform.withoutIssuer === true ? 'absent' : 'required',
    types: platform.types,
    requireIat: platform.withoutIssueTime !== true,
  };
}
