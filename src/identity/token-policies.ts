import { WatchwordError } from '../foundation/errors.ts';
import { wrappingPolicyName } from '../policy/default-policy.ts';
import type { TokenRole } from './contract.ts';

/** Lower case, without blanks and doubles, sorted; `root` stands alone. */
export function sanitizePolicies(policies: readonly string[], addDefault: boolean): string[] {
  const names = policies.map((name) => name.trim().toLowerCase()).filter((name) => name !== '');
  if (names.includes('root')) return ['root'];
  return [...new Set(addDefault ? [...names, 'default'] : names)].sort();
}

export interface PolicyRequest {
  readonly asked: readonly string[];
  readonly noDefaultPolicy: boolean;
  readonly parent: readonly string[];
  /** Whether the caller has root or `sudo` on the path. */
  readonly sudo: boolean;
  readonly role: TokenRole | undefined;
}

/**
 * Policies of a new token by Vault's rules: a role with lists of its own decides alone; else nothing asked means the
 * parent's, and what is asked must be among the parent's unless the caller has `sudo`.
 * @throws WatchwordError `token.invalid`
 */
export function childPolicies(request: PolicyRequest): string[] {
  const { role, noDefaultPolicy, parent } = request;
  let policies = role !== undefined && hasLists(role) ? policiesByRole(request, role) : policiesByParent(request);
  if (noDefaultPolicy) policies = policies.filter((name) => name !== 'default');
  if (policies.includes(wrappingPolicyName)) {
    throw new WatchwordError('token.invalid', `cannot assign policy "${wrappingPolicyName}"`, { where: 'policies' });
  }
  if (policies.includes('root') && !parent.includes('root')) {
    throw new WatchwordError('token.invalid', 'root tokens may not be created without parent token being root', {
      where: 'policies',
    });
  }
  return policies;
}

function policiesByParent({ asked, parent, sudo, role, ...request }: PolicyRequest): string[] {
  const noDefaultPolicy = request.noDefaultPolicy || role?.noDefaultPolicy === true;
  if (asked.length === 0) return sanitizePolicies(parent, false);
  if (sudo) return sanitizePolicies(asked, !noDefaultPolicy);
  if (!sanitizePolicies(asked, false).every((name) => parent.includes(name))) {
    throw new WatchwordError('token.invalid', 'child policies must be subset of parent', { where: 'policies' });
  }
  return sanitizePolicies(asked, !noDefaultPolicy && parent.includes('default'));
}

function hasLists(role: TokenRole): boolean {
  return [role.allowedPolicies, role.disallowedPolicies, role.allowedPoliciesGlob, role.disallowedPoliciesGlob].some(
    (list) => list.length > 0,
  );
}

function policiesByRole({ asked, noDefaultPolicy, parent }: PolicyRequest, role: TokenRole): string[] {
  const { disallowedPolicies, disallowedPoliciesGlob } = role;
  const disallowed = (name: string) => disallowedPolicies.includes(name) || matchesAny(disallowedPoliciesGlob, name);
  const addDefault = !noDefaultPolicy && !role.noDefaultPolicy && !disallowed('default');
  const policies = allowedByRole(asked, parent, role, addDefault);
  if (policies.some(disallowed)) {
    throw new WatchwordError('token.invalid', 'a token policy is disallowed by this role', { where: 'policies' });
  }
  return policies;
}

function allowedByRole(
  asked: readonly string[],
  parent: readonly string[],
  { allowedPolicies, allowedPoliciesGlob }: TokenRole,
  addDefault: boolean,
): string[] {
  const limited = allowedPolicies.length > 0 || allowedPoliciesGlob.length > 0;
  const allowed = sanitizePolicies(allowedPolicies, addDefault);
  const wanted = asked.length === 0 ? [] : sanitizePolicies(asked, addDefault);
  if (wanted.length === 0) return limited ? allowed : sanitizePolicies(parent, addDefault);
  if (limited && !wanted.every((name) => allowed.includes(name) || matchesAny(allowedPoliciesGlob, name))) {
    throw new WatchwordError('token.invalid', "token policies must be subset of the role's allowed policies or glob policies", {
      where: 'policies',
    });
  }
  return wanted;
}

function matchesAny(globs: readonly string[], name: string): boolean {
  return globs.some((glob) => matchesGlob(glob, name));
}

/** `*` stands for any text, anywhere in the pattern; linear in both lengths. */
export function matchesGlob(glob: string, text: string): boolean {
  const [first = '', ...rest] = glob.split('*');
  const last = rest.pop();
  if (last === undefined) return glob === text;
  if (!text.startsWith(first) || !text.endsWith(last)) return false;
  let from = first.length;
  for (const part of rest) {
    const at = text.indexOf(part, from);
    if (at < 0) return false;
    from = at + part.length;
  }
  return from <= text.length - last.length;
}
