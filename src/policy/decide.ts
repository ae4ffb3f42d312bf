import { isRawNumber } from '../foundation/exact-json.ts';
import type { Capability } from './capability.ts';
import { type CompiledPolicies, type MergedRule, ruleFor } from './compile.ts';
import type { ParameterValue } from './parse.ts';

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
 * Listing asks for `a/`, while policies often say `a`: the exact rule for either counts, and a `deny` on either,
 * also one with wildcards, can't be got around by asking for the other.
 */
function countingRule(compiled: CompiledPolicies, { path, capability }: PolicyRequest): MergedRule | 'denied' | undefined {
  if ((capability !== 'list' && capability !== 'scan') || path === '') return ruleFor(compiled, path);
  const bare = path.replace(/\/+$/, '');
  const exact = [compiled.exact.get(`${bare}/`), compiled.exact.get(bare)].filter((rule) => rule !== undefined);
  if (exact.some((rule) => rule.capabilities.has('deny'))) return 'denied';
  if (exact[0] !== undefined) return exact[0];
  return ruleFor(compiled, bare)?.capabilities.has('deny') === true ? 'denied' : ruleFor(compiled, path);
}

function takesParameters(capability: Capability): boolean {
  return capability === 'create' || capability === 'update' || capability === 'patch';
}

function wrappingFits({ minWrappingTtl: min = 0, maxWrappingTtl: max = 0 }: MergedRule, ttl: number | undefined): boolean {
  if (min > 0 && (ttl === undefined || ttl < min)) return false;
  return max === 0 || (ttl !== undefined && ttl <= max);
}

function parametersFit({ allowed, denied, required }: MergedRule, given: Readonly<Record<string, unknown>>): boolean {
  // A name may come twice in different letters; each of its values counts, since nobody knows here which one will be used.
  const parameters = Object.entries(given).map(([name, value]) => ({ name: name.toLowerCase(), values: membersOf(value) }));
  if (!required.every((name) => parameters.some((parameter) => parameter.name === name))) return false;
  if (parameters.length === 0) return true;
  if (denied.has('*')) return false;
  for (const { name, values } of parameters) {
    const patterns = denied.get(name);
    if (patterns !== undefined && (patterns.length === 0 || values.some((value) => touches(patterns, value)))) return false;
  }
  if (allowed.size === 0) return true;
  const others = allowed.has('*');
  return parameters.every(({ name, values }) => {
    const patterns = allowed.get(name);
    return patterns === undefined ? others : patterns.length === 0 || values.every((value) => admits(patterns, value));
  });
}

/**
 * One by one, so that a bad value can't hide among good ones. A text with commas is a list to many operations: its parts count
 * as well, beside the whole.
 */
function membersOf(value: unknown): readonly Member[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  return list.flatMap((member): Member[] => {
    if (typeof member !== 'string' || !member.includes(',')) return [{ value: member }];
    return member.split(',').map((part) => ({ value: part.trim(), whole: member }));
  });
}

interface Member {
  readonly value: unknown;
  /** The text with commas that it is a part of. */
  readonly whole?: string;
}

/** A part is admitted with the whole where that is named to the letter: a `*` is not meant to reach over commas. */
function admits(patterns: readonly ParameterValue[], { value, whole }: Member): boolean {
  return patterns.some((pattern) => equals(pattern, value) || pattern === whole);
}

function touches(patterns: readonly ParameterValue[], { value, whole }: Member): boolean {
  return patterns.some((pattern) => equals(pattern, value) || equals(pattern, whole));
}

/** Texts may begin or end with `*`. Numbers and booleans also equal their text, as urlencoded forms send them. */
function equals(pattern: ParameterValue, given: unknown): boolean {
  const value = isRawNumber(given) ? Number(JSON.stringify(given)) : given;
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
