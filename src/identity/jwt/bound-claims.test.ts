import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type JsonObject, parseExactJson } from '../../foundation/exact-json.ts';
import { type BoundClaimsType, claimAt, claimReasons, requireBoundClaims } from './bound-claims.ts';

const claims = parseExactJson(`{
  "repository": "team/model", "repository_id": 42, "big": 12345678901234567890, "one": 1.0, "private": true, "none": null,
  "groups": ["a", "b", 7, ["c"]], "kubernetes.io": { "namespace": "ml", "pod": { "name": "p" } }, "a/b": { "~": "tilde" }, "": "empty"
}`) as JsonObject;

function verdict(bound: Record<string, readonly string[]>, type?: BoundClaimsType): string {
  try {
    requireBoundClaims(claims, bound, type);
    return 'holds';
  } catch (error) {
    const { reason = '' } = error as { reason?: string };
    expect(Object.keys(claimReasons)).toContain(reason);
    return reason;
  }
}

describe('a claim is found', () => {
  it.each([
    ['repository', 'team/model'],
    ['/repository', 'team/model'],
    ['/kubernetes.io/pod/name', 'p'],
    ['/a~1b/~0', 'tilde'],
    ['/groups/1', 'b'],
    ['/groups/3/0', 'c'],
    ['', 'empty'],
    ['/', 'empty'],
    ['kubernetes.io/namespace', undefined],
    ['/groups/01', undefined],
    ['/groups/-', undefined],
    ['/groups/length', undefined],
    ['/groups/9', undefined],
    ['/repository/0', undefined],
    ['/none/x', undefined],
    ['/big/rawJSON', undefined],
    ['toString', undefined],
    ['/__proto__/toString', undefined],
    ['constructor', undefined],
  ])('%j: %j', (name, value) => {
    expect(claimAt(claims, name)).toBe(value);
  });
});

describe('bound claims', () => {
  it.each<[Record<string, readonly string[]>, string]>([
    [{}, 'holds'],
    [{ repository: ['team/model'] }, 'holds'],
    [{ repository: ['other', 'team/model'] }, 'holds'],
    [{ repository: ['team/model'], '/kubernetes.io/namespace': ['ml'] }, 'holds'],
    [{ repository: ['team/model'], '/kubernetes.io/namespace': ['other'] }, 'claims.mismatch'],
    [{ repository: ['team/model'], other: ['x'] }, 'claims.missing'],
    [{ repository: ['team/model2'] }, 'claims.mismatch'],
    [{ repository: ['team/mode'] }, 'claims.mismatch'],
    [{ repository: ['Team/model'] }, 'claims.mismatch'],
    [{ repository: ['team/m\u043edel'] }, 'claims.mismatch'],
    [{ repository: ['team/model\u200b'] }, 'claims.mismatch'],
    [{ repository: ['*'] }, 'claims.mismatch'],
    [{ repository: [] }, 'claims.mismatch'],
    [{ repository_id: ['42'] }, 'holds'],
    [{ repository_id: ['42.0'] }, 'claims.mismatch'],
    [{ big: ['12345678901234567890'] }, 'holds'],
    [{ big: ['12345678901234567000'] }, 'claims.mismatch'],
    [{ one: ['1.0'] }, 'holds'],
    [{ one: ['1'] }, 'claims.mismatch'],
    [{ private: ['true'] }, 'holds'],
    [{ private: ['1'] }, 'claims.mismatch'],
    [{ none: ['null'] }, 'claims.mismatch'],
    [{ groups: ['x', 'b'] }, 'holds'],
    [{ groups: ['7'] }, 'holds'],
    [{ groups: ['c'] }, 'claims.mismatch'],
    [{ groups: ['a,b'] }, 'claims.mismatch'],
    [{ 'kubernetes.io': ['{"namespace":"ml","pod":{"name":"p"}}'] }, 'claims.mismatch'],
    [{ '': [''] }, 'claims.mismatch'],
  ])('%j: %s', (bound, expected) => {
    expect(verdict(bound)).toBe(expected);
  });

  it.each([
    ['*', true],
    ['team/*', true],
    ['*/model', true],
    ['t*m/*l', true],
    ['team/model', true],
    ['team/model*', true],
    ['**', true],
    ['team/', false],
    ['eam/*', false],
    ['*/mode', false],
    ['team/model*l', false],
    ['team/model*model', false],
    ['team/m?del', false],
    ['team/[m]odel', false],
    ['team\\/*', false],
    ['', false],
  ])('as a glob %j matches "team/model": %s', (glob, expected) => {
    expect(verdict({ repository: [glob] }, 'glob')).toBe(expected ? 'holds' : 'claims.mismatch');
  });

  it('match globs as the corresponding regular expressions do', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '/'), maxLength: 12 });
    const glob = fc.string({ unit: fc.constantFrom('a', 'b', '/', '*'), maxLength: 8 });
    fc.assert(
      fc.property(text, glob, (value, pattern) => {
        const expected = new RegExp(`^${pattern.replaceAll('*', '.*')}$`).test(value);
        const matches = () => requireBoundClaims({ value }, { value: [pattern] }, 'glob');
        if (expected) expect(matches).not.toThrow();
        else expect(matches).toThrow(expect.objectContaining({ reason: 'claims.mismatch' }));
      }),
      { numRuns: 3000 },
    );
  });
});
