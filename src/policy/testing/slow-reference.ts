import type { Capability } from '../capability.ts';
import type { Policy } from '../parse.ts';

/**
 * The path rules once more, as the documentation words them: every rule is tried on every path, character by character,
 * and the winner is found by comparing all pairs. Slow, and written without looking at the fast path.
 */
export function slowCapabilities(policies: readonly Policy[], path: string): ReadonlySet<Capability> {
  const rules = policies.flatMap((policy) => policy.rules);
  const exact = rules.filter((rule) => rule.path === path && !hasWildcard(rule.path));
  const matching = exact.length > 0 ? exact : rules.filter((rule) => hasWildcard(rule.path) && matches(rule.path, path));
  const winners = matching.filter((rule) => !matching.some((other) => beats(other.path, rule.path)));
  const granted = new Set(winners.flatMap((rule) => [...rule.capabilities]));
  return granted.has('deny') ? new Set<Capability>(['deny']) : granted;
}

function hasWildcard(pattern: string): boolean {
  return pattern.endsWith('*') || pattern.split('/').includes('+');
}

function matches(pattern: string, path: string): boolean {
  const source = pattern
    .replace(/\*$/, '\u0000')
    .split('/')
    .map((segment) => (segment === '+' ? '[^/]*' : segment.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')))
    .join('/')
    .replace('\u0000', '[^]*');
  return new RegExp(`^${source}$`, 'u').test(path);
}

function firstWildcard(pattern: string): number {
  const plus = pattern.split('/').indexOf('+');
  const star = pattern.endsWith('*') ? pattern.length - 1 : pattern.length;
  if (plus < 0) return star;
  return pattern
    .split('/')
    .slice(0, plus)
    .reduce((length, segment) => length + segment.length + 1, 0);
}

function beats(a: string, b: string): boolean {
  if (a === b) return false;
  const later = firstWildcard(a) - firstWildcard(b);
  if (later !== 0) return later > 0;
  if (a.endsWith('*') !== b.endsWith('*')) return b.endsWith('*');
  const plus = (pattern: string) =>
    pattern
      .replace(/\*$/, '')
      .split('/')
      .filter((segment) => segment === '+').length;
  if (plus(a) !== plus(b)) return plus(a) < plus(b);
  if (a.length !== b.length) return a.length > b.length;
  return a > b;
}
