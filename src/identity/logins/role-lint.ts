import type { ChangeContext } from '../../access/operation.ts';
import { type MountConfig, SYSTEM_MAX_TTL } from '../../foundation/mount.ts';
import { lesser } from '../lifetime.ts';
import type { TokenParameters } from './token-parameters.ts';

/** Something about a role that works and should not be. */
export interface RoleFinding {
  /** `any-namespace`: the same word for the same thing in every method. */
  readonly rule: string;
  /** The field that says it. */
  readonly where: string;
  readonly message: string;
  readonly advice: string;
}

const DAY = 24 * 60 * 60;
/** Seconds up to which a token that may be used any number of times is short-lived. */
const LONG = 12 * 60 * 60;
/** Seconds up to which a token is too short-lived for its networks to matter much. */
const SHORT = 15 * 60;

/** The role with the lifetimes that its mount gives where it says none, or allows at most. */
export function withMountLifetimes<Role extends TokenParameters>(role: Role, { defaultTtl, maxTtl }: MountConfig): Role {
  return { ...role, ttl: role.ttl || defaultTtl, maxTtl: lesser(role.maxTtl, maxTtl) };
}

/**
 * What is dangerous in the tokens of a role, which is given as {@link withMountLifetimes} does.
 * @param outside whether its callers come from networks of others
 */
export function lintTokenParameters(role: TokenParameters, { outside }: { readonly outside: boolean }): RoleFinding[] {
  const longest = longestLife(role);
  const findings: (RoleFinding | false)[] = [
    role.policies.length === 0 && {
      rule: 'no-policies',
      where: 'token_policies',
      message: 'its tokens can do nothing but look at themselves',
      advice: 'name policies, or delete the role',
    },
    role.owner === '' && {
      rule: 'no-owner',
      where: 'owner',
      message: 'nobody is named who answers for the role',
      advice: 'name a person, a team or a ticket queue',
    },
    outside &&
      role.boundCidrs.length === 0 &&
      longest > SHORT && {
        rule: 'no-cidr',
        where: 'token_bound_cidrs',
        message: 'its callers are outside, and its tokens work from anywhere',
        advice: 'name the networks that they come from, or let no token live for more than 15 minutes (token_max_ttl)',
      },
    longest > DAY && longLife(role),
    role.uses === 0 &&
      longest > LONG && {
        rule: 'unlimited-uses',
        where: 'token_num_uses',
        message: 'its tokens can live for more than twelve hours and be used any number of times',
        advice: 'shorten the lifetime, or limit the uses',
      },
  ];
  return findings.filter((finding) => finding !== false);
}

/** Seconds that a token can live with all its renewals; infinity where they never end. */
function longestLife({ maxTtl, explicitMaxTtl, period }: TokenParameters): number {
  if (period > 0) return explicitMaxTtl || Number.POSITIVE_INFINITY;
  return lesser(maxTtl || SYSTEM_MAX_TTL, explicitMaxTtl);
}

function longLife({ ttl, period, explicitMaxTtl }: TokenParameters): RoleFinding {
  const rule = 'long-lifetime';
  const advice = 'let workloads log in again: it costs them nothing';
  if (period > 0 && explicitMaxTtl === 0) {
    const message = 'its tokens can be renewed for ever';
    return { rule: 'endless-renewal', where: 'token_period', message, advice: `set token_explicit_max_ttl, or ${advice}` };
  }
  if (period > DAY || ttl > DAY) {
    return { rule, where: period > 0 ? 'token_period' : 'token_ttl', message: 'its tokens live for more than a day', advice };
  }
  const saidNothing = ttl === 0 && period === 0;
  return {
    rule,
    where: 'token_max_ttl',
    message: saidNothing
      ? 'neither it nor its mount says how long its tokens live, which is more than a day then'
      : 'its tokens can be renewed until they are more than a day old',
    advice: `set token_max_ttl, and ${advice}`,
  };
}

/** Values with `*`: whatever fits is admitted, also what will be made tomorrow. */
export function lintGlobs(where: string, values: readonly string[]): RoleFinding[] {
  return values.some((value) => value.includes('*'))
    ? [
        {
          rule: 'wildcard',
          where,
          message: 'a value holds a wildcard: it admits whatever fits, also what does not exist yet',
          advice: 'name the values in full',
        },
      ]
    : [];
}

/** To be called with the fields that a write named: a bound that was given empty looks like one, and admits anybody. */
export function warnOfEmptyBounds(given: Readonly<Record<string, unknown>>, { warn }: Pick<ChangeContext, 'warn'>): void {
  for (const [field, value] of Object.entries(given)) {
    if (bounding.test(field) && isEmpty(value)) warn(`${wireName(field)} was given empty: nothing is bound by it (empty-bound)`);
  }
}

/** Fields that narrow whom a role admits. Lists that allow nothing when they are empty (redirects, told extensions) are none. */
const bounding =
  /^bound(?!ClaimsType)|BoundCidrs$|^allowed(Names|CommonNames|\w+Sans|OrganizationalUnits|SpiffeIds)$|^requiredExt/;

function isEmpty(value: unknown): boolean {
  return typeof value === 'object' && value !== null ? Object.keys(value).length === 0 : value === '';
}

const wireName = (field: string) =>
  `${field === 'boundCidrs' ? 'token_' : ''}${field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}`;

/** To be called when a role is written. A role without policies is warned of for every method already. */
export function warnOfFindings(findings: readonly RoleFinding[], { warn }: Pick<ChangeContext, 'warn'>): void {
  for (const { rule, where, message, advice } of findings) {
    if (rule !== 'no-policies') warn(`${where}: ${message}; ${advice} (${rule})`);
  }
}
