import { limits } from '../foundation/bounds.ts';
import { WatchwordError } from '../foundation/errors.ts';
import { parseDuration } from '../foundation/time.ts';
import { type Capability, capabilities } from './capability.ts';
import { type Entry, type HclValue, isEntries, parseHcl } from './hcl.ts';
import { policyError } from './hcl-tokens.ts';

export type ParameterValue = string | number | boolean;
/** Allowed or denied values by parameter name in lower case; an empty list means any value. */
export type Parameters = ReadonlyMap<string, readonly ParameterValue[]>;

/** One `path` stanza. Wrapping bounds are seconds. */
export interface Rule {
  /** As written, without a leading slash; may hold templates. */
  readonly path: string;
  readonly capabilities: ReadonlySet<Capability>;
  readonly allowed: Parameters;
  readonly denied: Parameters;
  readonly required: readonly string[];
  readonly minWrappingTtl: number | undefined;
  readonly maxWrappingTtl: number | undefined;
}

export interface Policy {
  readonly name: string;
  readonly rules: readonly Rule[];
}

const SHORTHANDS: Readonly<Record<string, readonly Capability[]>> = {
  deny: ['deny'],
  read: ['read', 'list'],
  write: ['create', 'read', 'update', 'delete', 'list'],
  sudo: ['create', 'read', 'update', 'delete', 'list', 'sudo'],
};

/** Parses a policy in HCL or JSON. @throws WatchwordError `policy.invalid` naming the line and what was expected */
export function parsePolicy(name: string, text: string): Policy {
  if (text.length > limits.textLength) throw new WatchwordError('policy.invalid', 'a policy holds at most 1 MiB');
  const rules: Rule[] = [];
  for (const entry of parseHcl(text)) {
    if (entry.key === 'name' && typeof entry.value === 'string') continue;
    if (entry.key !== 'path') throw policyError(`expected a path stanza`, entry.line);
    rules.push(ruleOf(entry));
    if (rules.length > limits.listLength) throw policyError('a policy holds at most 4096 paths', entry.line);
  }
  return { name, rules };
}

function ruleOf(entry: Entry): Rule {
  const [label, ...rest] = entry.labels;
  if (label === undefined || rest.length > 0 || !isEntries(entry.value)) throw policyError('expected path "…" { … }', entry.line);
  const path = label.replace(/^\/+/, '');
  if (path.includes('+*')) throw policyError("'+*' is not allowed in a path", entry.line);
  const found: { -readonly [Key in keyof Rule]: Rule[Key] } = {
    path,
    capabilities: new Set(),
    allowed: new Map(),
    denied: new Map(),
    required: [],
    minWrappingTtl: undefined,
    maxWrappingTtl: undefined,
  };
  for (const { key, value, line } of entry.value) {
    const set = ATTRIBUTES[key];
    if (set === undefined || !Object.hasOwn(ATTRIBUTES, key)) throw policyError('unknown attribute in a path stanza', line);
    set(found, value, line);
  }
  const { minWrappingTtl, maxWrappingTtl } = found;
  if (minWrappingTtl !== undefined && maxWrappingTtl !== undefined && maxWrappingTtl < minWrappingTtl) {
    throw policyError('max_wrapping_ttl is less than min_wrapping_ttl', entry.line);
  }
  return found;
}

type Setter = (rule: { -readonly [Key in keyof Rule]: Rule[Key] }, value: HclValue, line: number) => void;

const ATTRIBUTES: Readonly<Record<string, Setter>> = {
  capabilities: (rule, value, line) => {
    const names = textsOf(value, line);
    for (const name of names) {
      if (!isCapability(name)) throw policyError(`a capability must be one of ${capabilities.join(', ')}`, line);
    }
    rule.capabilities = withDeny([...rule.capabilities, ...names.filter(isCapability)]);
  },
  policy: (rule, value, line) => {
    const granted = typeof value === 'string' && Object.hasOwn(SHORTHANDS, value) ? SHORTHANDS[value] : undefined;
    if (granted === undefined) throw policyError('policy must be deny, read, write or sudo', line);
    rule.capabilities = withDeny([...rule.capabilities, ...granted]);
  },
  allowed_parameters: (rule, value, line) => {
    rule.allowed = parametersOf(value, line);
  },
  denied_parameters: (rule, value, line) => {
    rule.denied = parametersOf(value, line);
  },
  required_parameters: (rule, value, line) => {
    rule.required = textsOf(value, line).map((name) => name.toLowerCase());
  },
  min_wrapping_ttl: (rule, value, line) => {
    rule.minWrappingTtl = wrappingTtl(value, line);
  },
  max_wrapping_ttl: (rule, value, line) => {
    rule.maxWrappingTtl = wrappingTtl(value, line);
  },
};

/** Deny leaves nothing else standing. */
export function withDeny(granted: readonly Capability[]): ReadonlySet<Capability> {
  return granted.includes('deny') ? new Set<Capability>(['deny']) : new Set(granted);
}

function isCapability(name: string): name is Capability {
  return (capabilities as readonly string[]).includes(name);
}

function textsOf(value: HclValue, line: number): readonly string[] {
  if (Array.isArray(value) && value.every((member): member is string => typeof member === 'string')) return value;
  throw policyError('expected a list of texts', line);
}

function wrappingTtl(value: HclValue, line: number): number {
  try {
    const seconds = parseDuration(value, 'the wrapping TTL');
    if (seconds >= 0) return seconds;
  } catch {
    // Said below, with the line.
  }
  throw policyError('a wrapping TTL must be a duration, such as 60 or "1h"', line);
}

function parametersOf(value: HclValue, line: number): Parameters {
  if (!isEntries(value)) throw policyError('expected an object of parameter names', line);
  const parameters = new Map<string, readonly ParameterValue[]>();
  for (const entry of value) {
    const list = entry.value;
    const scalar = (member: unknown): member is ParameterValue => typeof member !== 'object';
    if (!Array.isArray(list) || !list.every(scalar)) throw policyError('each parameter needs a list of values', entry.line);
    parameters.set(entry.key.toLowerCase(), list);
  }
  return parameters;
}
