import type { Capability } from './capability.ts';
import { type Parameters, type ParameterValue, type Policy, type Rule, withDeny } from './parse.ts';
import { comparePriority, matchesSegments, type PathPattern, pathPattern } from './paths.ts';
import { resolveTemplates } from './templates.ts';

/** What all policies of a session together say of one path pattern. */
export interface MergedRule extends Omit<Rule, 'path'> {
  readonly pattern: PathPattern;
  /** Policies that grant each capability. */
  readonly grantedBy: ReadonlyMap<Capability, readonly string[]>;
}

export interface CompiledPolicies {
  /** The root policy: everything, everywhere. */
  readonly root: boolean;
  readonly exact: ReadonlyMap<string, MergedRule>;
  /** By path without the closing `*`. */
  readonly prefixes: ReadonlyMap<string, MergedRule>;
  /** Distinct lengths of the prefixes, longest first. */
  readonly prefixLengths: readonly number[];
  readonly segmented: readonly MergedRule[];
}

/** Merges the policies of one session. `'root'` gives the policies of the root token. */
export function compilePolicies(
  policies: readonly Policy[] | 'root',
  attributes: Readonly<Record<string, string>>,
): CompiledPolicies {
  const byPath = new Map<string, MergedRule>();
  for (const policy of policies === 'root' ? [] : policies) {
    for (const written of policy.rules) {
      const rule = resolveTemplates(written, attributes);
      if (rule === undefined) continue;
      const before = byPath.get(rule.path);
      byPath.set(rule.path, before === undefined ? firstRule(rule, policy.name) : merge(before, rule, policy.name));
    }
  }
  const merged = [...byPath.values()];
  const plain = merged.filter(({ pattern }) => pattern.segments === undefined);
  const prefixes = new Map(plain.filter(({ pattern }) => pattern.prefix).map((rule) => [rule.pattern.path.slice(0, -1), rule]));
  return {
    root: policies === 'root',
    exact: new Map(plain.filter(({ pattern }) => !pattern.prefix).map((rule) => [rule.pattern.path, rule])),
    prefixes,
    prefixLengths: [...new Set([...prefixes.keys()].map((prefix) => prefix.length))].sort((a, b) => b - a),
    segmented: merged.filter(({ pattern }) => pattern.segments !== undefined),
  };
}

/** The one rule that counts for a path: an exact one, else the best of those with wildcards. */
export function ruleFor(compiled: CompiledPolicies, path: string): MergedRule | undefined {
  const exact = compiled.exact.get(path);
  if (exact !== undefined) return exact;
  let best = longestPrefix(compiled, path);
  if (compiled.segmented.length === 0) return best;
  const asked = path.split('/');
  for (const rule of compiled.segmented) {
    const { segments, prefix } = rule.pattern;
    if (segments === undefined || !matchesSegments(segments, prefix, asked)) continue;
    if (best === undefined || comparePriority(rule.pattern, best.pattern) > 0) best = rule;
  }
  return best;
}

function longestPrefix({ prefixes, prefixLengths }: CompiledPolicies, path: string): MergedRule | undefined {
  for (const length of prefixLengths) {
    if (length > path.length) continue;
    const rule = prefixes.get(path.slice(0, length));
    if (rule !== undefined) return rule;
  }
  return undefined;
}

function firstRule(rule: Rule, policy: string): MergedRule {
  const grantedBy = new Map([...rule.capabilities].map((capability) => [capability, [policy]]));
  return { ...rule, pattern: pathPattern(rule.path), grantedBy };
}

function merge(a: MergedRule, b: Rule, policy: string): MergedRule {
  const grantedBy = new Map(a.grantedBy);
  for (const capability of b.capabilities) grantedBy.set(capability, [...(grantedBy.get(capability) ?? []), policy]);
  return {
    pattern: a.pattern,
    grantedBy,
    capabilities: withDeny([...a.capabilities, ...b.capabilities]),
    allowed: mergeParameters(a.allowed, b.allowed),
    denied: mergeParameters(a.denied, b.denied),
    required: [...new Set([...a.required, ...b.required])],
    minWrappingTtl: smallest(a.minWrappingTtl, b.minWrappingTtl),
    maxWrappingTtl: largest(a.maxWrappingTtl, b.maxWrappingTtl),
  };
}

/** An empty list means any value, and so swallows every other list for the same parameter. */
function mergeParameters(a: Parameters, b: Parameters): Parameters {
  const merged = new Map<string, readonly ParameterValue[]>(a);
  for (const [name, values] of b) {
    const before = merged.get(name);
    merged.set(name, before === undefined ? values : before.length === 0 || values.length === 0 ? [] : [...before, ...values]);
  }
  return merged;
}

const smallest = (a: number | undefined, b: number | undefined) => (a === undefined ? b : b === undefined ? a : Math.min(a, b));
const largest = (a: number | undefined, b: number | undefined) => (a === undefined ? b : b === undefined ? a : Math.max(a, b));
