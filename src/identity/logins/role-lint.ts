import type { ChangeContext } from '../../access/operation.ts';
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

/** What is dangerous in the tokens of a role. @param outside whether its callers come from networks of others */
export function lintTokenParameters(role: TokenParameters, { outside }: { readonly outside: boolean }): RoleFinding[] {
  const longest = Math.max(role.ttl, role.maxTtl, role.period);
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
      role.boundCidrs.length === 0 && {
        rule: 'no-cidr',
        where: 'token_bound_cidrs',
        message: 'its callers are outside, and its tokens work from anywhere',
        advice: 'name the networks that they come from, or keep the lifetime to minutes',
      },
    longest > DAY && {
      rule: 'long-lifetime',
      where: 'token_ttl',
      message: 'its tokens live for more than a day',
      advice: 'let workloads log in again: it costs them nothing',
    },
    role.uses === 0 &&
      longest > LONG && {
        rule: 'unlimited-uses',
        where: 'token_num_uses',
        message: 'its tokens live for more than twelve hours and can be used any number of times',
        advice: 'shorten the lifetime, or limit the uses',
      },
  ];
  return findings.filter((finding) => finding !== false);
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

/** To be called when a role is written. A role without policies is warned of for every method already. */
export function warnOfFindings(findings: readonly RoleFinding[], { warn }: Pick<ChangeContext, 'warn'>): void {
  for (const { rule, where, message, advice } of findings) {
    if (rule !== 'no-policies') warn(`${where}: ${message}; ${advice} (${rule})`);
  }
}
