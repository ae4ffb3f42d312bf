import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TokenRole } from './contract.ts';
import { newRole } from './role-operations.ts';
import { childPolicies, matchesGlob, type PolicyRequest, sanitizePolicies } from './token-policies.ts';

const plain = newRole('r');
const ask = (request: Partial<PolicyRequest>) =>
  childPolicies({ asked: [], noDefaultPolicy: false, parent: ['a', 'b', 'default'], sudo: false, role: undefined, ...request });
const byRole = (role: Partial<TokenRole>, request: Partial<PolicyRequest> = {}) =>
  ask({ role: { ...plain, ...role }, ...request });
const refused = expect.objectContaining({ code: 'token.invalid' });

describe('policies of a new token', () => {
  it("are the parent's when none are asked for", () => {
    expect(ask({})).toEqual(['a', 'b', 'default']);
    expect(ask({ parent: ['a'] })).toEqual(['a']);
    expect(ask({ noDefaultPolicy: true })).toEqual(['a', 'b']);
    expect(ask({ parent: ['root'] })).toEqual(['root']);
  });

  it("must be among the parent's, unless the caller has sudo", () => {
    expect(ask({ asked: ['A', ' a ', 'b'] })).toEqual(['a', 'b', 'default']);
    expect(() => ask({ asked: ['c'] })).toThrow(refused);
    expect(ask({ asked: ['c'], sudo: true })).toEqual(['c', 'default']);
    expect(ask({ asked: ['a'], parent: ['a'] })).toEqual(['a']);
    expect(() => ask({ asked: ['default'], parent: ['a'] })).toThrow(refused);
    expect(ask({ asked: ['c'], sudo: true, noDefaultPolicy: true })).toEqual(['c']);
  });

  it('are never root below anything but root, not even with sudo or a role', () => {
    expect(() => ask({ asked: ['root'] })).toThrow(refused);
    expect(() => ask({ asked: ['root'], sudo: true })).toThrow(refused);
    expect(() => ask({ asked: [' ROOT '], sudo: true })).toThrow(refused);
    expect(() => byRole({ allowedPolicies: ['root'] }, { sudo: true })).toThrow(refused);
    expect(() => byRole({ allowedPoliciesGlob: ['*'] }, { asked: ['root'], sudo: true })).toThrow(refused);
    expect(ask({ asked: ['root', 'a'], parent: ['root'], sudo: true })).toEqual(['root']);
  });

  it('never hold the one of wrapping tokens', () => {
    expect(() => ask({ asked: ['response-wrapping'], parent: ['root'], sudo: true })).toThrow(refused);
    expect(() => byRole({ allowedPoliciesGlob: ['*'] }, { asked: ['Response-Wrapping'] })).toThrow(refused);
  });

  it('by a role with allowed ones are those, or what is asked of them', () => {
    expect(byRole({ allowedPolicies: ['x', 'y'] })).toEqual(['default', 'x', 'y']);
    expect(byRole({ allowedPolicies: ['x', 'y'] }, { asked: ['x'] })).toEqual(['default', 'x']);
    expect(byRole({ allowedPolicies: ['x', 'y'], noDefaultPolicy: true }, { asked: ['x'] })).toEqual(['x']);
    expect(() => byRole({ allowedPolicies: ['x'] }, { asked: ['a'] })).toThrow(refused);
    expect(byRole({ allowedPoliciesGlob: ['team-*'] }, { asked: ['team-1'] })).toEqual(['default', 'team-1']);
    expect(() => byRole({ allowedPoliciesGlob: ['team-*'] }, { asked: ['other'] })).toThrow(refused);
  });

  it('by a role with disallowed ones are anything else', () => {
    expect(byRole({ disallowedPolicies: ['x'] }, { asked: ['y'] })).toEqual(['default', 'y']);
    expect(() => byRole({ disallowedPolicies: ['x'] }, { asked: ['X', 'y'] })).toThrow(refused);
    expect(() => byRole({ disallowedPoliciesGlob: ['*-admin'] }, { asked: ['db-admin'] })).toThrow(refused);
    expect(byRole({ disallowedPolicies: ['default'] }, { asked: ['y'] })).toEqual(['y']);
    expect(byRole({ disallowedPolicies: ['x'] })).toEqual(['a', 'b', 'default']);
    expect(() => byRole({ allowedPolicies: ['x'], disallowedPolicies: ['x'] })).toThrow(refused);
  });

  it("by a role without lists follow the parent's", () => {
    expect(byRole({}, { asked: ['a'] })).toEqual(['a', 'default']);
    expect(byRole({ noDefaultPolicy: true }, { asked: ['a'] })).toEqual(['a']);
    expect(() => byRole({}, { asked: ['x'] })).toThrow(refused);
  });

  it('without sudo and roles never exceed the parent, whatever is asked', () => {
    const names = fc.array(fc.constantFrom('a', 'b', 'c', 'default', 'root', ' A', ''), { maxLength: 4 });
    fc.assert(
      fc.property(names, names, fc.boolean(), (asked, given, noDefaultPolicy) => {
        const parent = sanitizePolicies(given, false);
        let policies: readonly string[] = [];
        try {
          policies = ask({ asked, parent, noDefaultPolicy });
        } catch (error) {
          expect(error).toEqual(refused);
        }
        for (const name of policies) expect(parent).toContain(name);
      }),
    );
  });
});

describe('a glob', () => {
  it('agrees with the regular expression that says the same', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '*', '.'), maxLength: 8 });
    fc.assert(
      fc.property(
        text,
        text.map((t) => t.replaceAll('*', 'b')),
        (glob, name) => {
          const pattern = glob
            .split('*')
            .map((part) => part.replaceAll('.', '\\.'))
            .join('.*');
          expect(matchesGlob(glob, name)).toBe(new RegExp(`^${pattern}$`).test(name));
        },
      ),
      { numRuns: 2000 },
    );
  });
});
