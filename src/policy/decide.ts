import type { Capability } from './capability.ts';
import { type CompiledPolicies, type MergedRule, ruleFor } from './compile.ts';
import type { Parameters, ParameterValue } from './parse.ts';

export interface PolicyRequest {
  readonly path: string;
  readonly capability: Capability;
  /** The operation needs `sudo` besides. */
  readonly sudo?: boolean;
  readonly parameters?: Readonly<Record<string, unknown>>;
  /** Seconds; absent when the answer is not to be wrapped. */
  readonly wrapTtl?: number;
}

export type Reason = 'root' | 'granted' | 'no-rule' | 'denied' | 'not-granted' | 'sudo' | 'wrapping' | 'parameters';

export interface Decision {
  readonly allowed: boolean;
  readonly reason: Reason;
  /** Names of the policies that granted it. */
  readonly grantedBy: readonly string[];
}

const refused = (reason: Reason): Decision => ({ allowed: false, reason, grantedBy: [] });
const ROOT: Decision = { allowed: true, reason: 'root', grantedBy: ['root'] };

export function decide(compiled: CompiledPolicies, request: PolicyRequest): Decision {
  if (compiled.root) return ROOT;
  const rule = countingRule(compiled, request);
  if (rule === 'denied') return refused('denied');
  if (rule === undefined) return refused('no-rule');
  const { capabilities } = rule;
  if (capabilities.has('deny')) return refused('denied');
  if (!capabilities.has(request.capability)) return refused('not-granted');
  if (request.sudo === true && !capabilities.has('sudo')) return refused('sudo');
  if (!wrappingFits(rule, request.wrapTtl)) return refused('wrapping');
  if (takesParameters(request.capability) && !parametersFit(rule, request.parameters ?? {})) return refused('parameters');
  return { allowed: true, reason: 'granted', grantedBy: rule.grantedBy.get(request.capability) ?? [] };
}

/**
 * Listing asks for `a/`, while policies often say `a`: the exact rule for either counts, and a `deny` on either
 * can't be got around by asking for the other.
 */
function countingRule(compiled: CompiledPolicies, { path, capability }: PolicyRequest): MergedRule | 'denied' | undefined {
  if ((capability !== 'list' && capability !== 'scan') || path === '') return ruleFor(compiled, path);
  const bare = path.replace(/\/+$/, '');
  const exact = [compiled.exact.get(`${bare}/`), compiled.exact.get(bare)].filter((rule) => rule !== undefined);
  if (exact.some((rule) => rule.capabilities.has('deny'))) return 'denied';
  return exact[0] ?? ruleFor(compiled, path);
}

function takesParameters(capability: Capability): boolean {
  return capability === 'create' || capability === 'update' || capability === 'patch';
}

function wrappingFits({ minWrappingTtl: min = 0, maxWrappingTtl: max = 0 }: MergedRule, ttl: number | undefined): boolean {
  if (min > 0 && (ttl === undefined || ttl < min)) return false;
  return max === 0 || (ttl !== undefined && ttl <= max);
}

function parametersFit({ allowed, denied, required }: MergedRule, given: Readonly<Record<string, unknown>>): boolean {
  const names = new Map(Object.keys(given).map((name) => [name.toLowerCase(), given[name]]));
  if (!required.every((name) => names.has(name))) return false;
  if (names.size === 0) return true;
  if (denied.has('*')) return false;
  for (const [name, value] of names) {
    if (denied.has(name) && admits(denied, name, value)) return false;
  }
  if (allowed.size === 0) return true;
  const others = allowed.has('*');
  return [...names].every(([name, value]) => (allowed.has(name) ? admits(allowed, name, value) : others));
}

function admits(parameters: Parameters, name: string, value: unknown): boolean {
  const values = parameters.get(name) ?? [];
  if (values.length === 0) return true;
  // A list is admitted when every member is, so that one bad value can't hide among good ones.
  const given: readonly unknown[] = Array.isArray(value) ? value : [value];
  return given.every((member) => values.some((pattern) => equals(pattern, member)));
}

/** Texts may begin or end with `*`. Numbers and booleans also equal their text, as urlencoded forms send them. */
function equals(pattern: ParameterValue, value: unknown): boolean {
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') return false;
  const text = String(value);
  if (typeof pattern !== 'string') return String(pattern) === text;
  const front = pattern.startsWith('*');
  const back = pattern.length > 1 && pattern.endsWith('*');
  if (front && back) return text.includes(pattern.slice(1, -1));
  if (front) return text.endsWith(pattern.slice(1));
  return back ? text.startsWith(pattern.slice(0, -1)) : text === pattern;
}

/** Capabilities on a path in alphabetical order; `root` for the root policy, `deny` when there are none. */
export function capabilitiesOf(compiled: CompiledPolicies, path: string): readonly string[] {
  if (compiled.root) return ['root'];
  const capabilities = path.endsWith('/') ? listable(compiled, path) : ruleFor(compiled, path)?.capabilities;
  if (capabilities === undefined || capabilities.size === 0 || capabilities.has('deny')) return ['deny'];
  return [...capabilities].sort();
}

function listable(compiled: CompiledPolicies, path: string): ReadonlySet<Capability> | undefined {
  const rule = countingRule(compiled, { path, capability: 'list' });
  return rule === 'denied' ? undefined : rule?.capabilities;
}

/** Whether some rule grants anything at or below `prefix` (ends in `/`): what a caller may know to exist. */
export function mayReachBelow(compiled: CompiledPolicies, prefix: string): boolean {
  if (compiled.root) return true;
  const grants = ({ capabilities }: MergedRule) => capabilities.size > 0 && !capabilities.has('deny');
  const bare = prefix.replace(/\/$/, '');
  for (const rules of [compiled.exact, compiled.prefixes]) {
    for (const [path, rule] of rules) {
      const inside = path.startsWith(prefix) || path === bare;
      if ((inside || (rules === compiled.prefixes && prefix.startsWith(path))) && grants(rule)) return true;
    }
  }
  const wanted = bare.split('/');
  return compiled.segmented.some((rule) => grants(rule) && segmentsReach(rule, wanted));
}

function segmentsReach({ pattern: { segments = [], prefix } }: MergedRule, wanted: readonly string[]): boolean {
  if (!prefix && segments.length < wanted.length) return false;
  return wanted.every((actual, index) => {
    const segment = segments[index];
    if (segment === undefined || segment === '+') return true;
    return prefix && index === segments.length - 1 ? actual.startsWith(segment) : actual === segment;
  });
}
