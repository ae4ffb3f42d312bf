import { WatchwordError } from '../../foundation/errors.ts';
import { isJsonObject, type JsonObject } from '../../foundation/exact-json.ts';
import { newId } from '../../foundation/ids.ts';
import { parseStrictJson } from '../jwt/strict-json.ts';

/** What a template's names stand for. */
export interface TemplateFacts {
  /** The session's: `identity.entity.name`, `workload.claims.namespace`. */
  readonly attributes: Readonly<Record<string, string>>;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** A part of a template that is filled in. It takes the place of a whole value, never of a piece of text. */
class Placeholder {
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
}

/** The claims that a template adds: JSON with placeholders. */
export type ClaimTemplate = JsonObject;

const MAX_LENGTH = 16 * 1024;
/** What we say ourselves, or what has a meaning for verifiers that no template may give it. */
const reserved = new Set([
  ...['iss', 'sub', 'aud', 'exp', 'iat', 'jti', 'namespace', 'workload', 'cnf', 'act', 'may_act', 'client_id', 'scope'],
  ...['nonce', 'auth_time', 'acr', 'amr', 'azp', 'at_hash', 'c_hash', 's_hash', 'sub_jwk', 'events', 'txn', 'sid'],
]);
const NOW = 'time.now';
const SHIFTED_NOW = /^time\.now\.(plus|minus)\.(\d{1,9})(s|m|h)?$/;
const UNIT_SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600 };

/**
 * Reads a role's template: a JSON object, as text or in base64 as Vault takes it, with `{{…}}` in place of whole values. What is
 * filled in later is a value of JSON, so that nobody's metadata can change the shape of a token.
 * @throws WatchwordError `issuer.invalid`
 */
export function readTemplate(given: string): ClaimTemplate {
  const text = plain(given);
  if (text === '') return {};
  if (text.length > MAX_LENGTH) throw invalid(`may have ${MAX_LENGTH} characters at most`);
  const mark = newId();
  const names: string[] = [];
  const json = withMarks(text, (name) => JSON.stringify(`${mark}${names.push(checkedName(name)) - 1}`));
  const read = parseStrictJson(Buffer.from(json));
  if ('fault' in read) throw invalid(read.fault === 'malformed' ? 'is not a JSON object' : 'names a claim twice');
  const value = unmarked(read.object, mark, names) as JsonObject;
  const { nbf, ...claims } = value;
  // Vault's documentation sets it to what it is here anyway.
  if (nbf !== undefined && !(nbf instanceof Placeholder && nbf.name === NOW)) throw reservedClaim('nbf');
  const taken = Object.keys(claims).find((name) => reserved.has(name));
  if (taken !== undefined) throw reservedClaim(taken);
  return claims;
}

/** The claims, for one caller. A fact that is missing gives an empty text, list or object, as in Vault. */
export function fillTemplate(template: ClaimTemplate, facts: TemplateFacts): JsonObject {
  return filled(template, facts) as JsonObject;
}

function filled(value: unknown, facts: TemplateFacts): unknown {
  if (value instanceof Placeholder) return factNamed(value.name, facts);
  if (Array.isArray(value)) return value.map((member) => filled(member, facts));
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, filled(member, facts)]));
}

function factNamed(name: string, { attributes, now }: TemplateFacts): unknown {
  if (name.startsWith(NOW)) return Math.floor(now / 1000) + shiftOf(name);
  const groups = /^identity\.entity\.groups\.(names|ids)$/.exec(name)?.[1];
  if (groups !== undefined) return groupsIn(attributes, groups === 'ids');
  if (/(^|\.)(metadata|custom_metadata)$|^workload\.claims$/.test(name)) return objectWithin(attributes, `${name}.`);
  return Object.hasOwn(attributes, name) ? attributes[name] : '';
}

function objectWithin(attributes: TemplateFacts['attributes'], prefix: string): Record<string, string> {
  const members = Object.entries(attributes).filter(([name]) => name.startsWith(prefix));
  return Object.fromEntries(members.map(([name, value]) => [name.slice(prefix.length), value]));
}

/** By their ids, which hold no dots: a group's name, or a key of its metadata, could pose as another group. */
function groupsIn(attributes: TemplateFacts['attributes'], asIds: boolean): string[] {
  const found = Object.entries(attributes).flatMap(([key, name]) => {
    const id = /^identity\.groups\.ids\.([^.]+)\.name$/.exec(key)?.[1];
    return id === undefined ? [] : [asIds ? id : name];
  });
  return found.sort();
}

function shiftOf(name: string): number {
  const [, sign, count, unit = 's'] = SHIFTED_NOW.exec(name) ?? [];
  return count === undefined ? 0 : (sign === 'minus' ? -1 : 1) * Number(count) * (UNIT_SECONDS[unit] ?? 1);
}

function checkedName(name: string): string {
  const known = name === NOW || SHIFTED_NOW.test(name) || /^(identity\.(entity|groups)|workload)\.[^{}"\\]+$/.test(name);
  if (!known) throw invalid('names something that there is not: see the documentation of the issuer for what there is');
  return name;
}

/** Replaces what stands in `{{…}}` outside of texts. @throws WatchwordError `issuer.invalid` for one within a text */
function withMarks(text: string, mark: (name: string) => string): string {
  return text.replace(/"(?:[^"\\]|\\.)*"|\{\{\s*([^{}"]*?)\s*\}\}/g, (whole, name: string | undefined) => {
    if (name !== undefined) return mark(name);
    if (whole.includes('{{')) throw invalid('holds {{…}} within a text: it takes the place of a whole value, without quotes');
    return whole;
  });
}

function unmarked(value: unknown, mark: string, names: readonly string[]): unknown {
  if (typeof value === 'string' && value.startsWith(mark)) return new Placeholder(names[Number(value.slice(mark.length))] ?? '');
  if (Array.isArray(value)) return value.map((member) => unmarked(member, mark, names));
  if (!isJsonObject(value)) return value;
  const members = Object.entries(value).map(([name, member]) => {
    if (name.startsWith(mark)) throw invalid('holds {{…}} as the name of a claim');
    return [name, unmarked(member, mark, names)];
  });
  return Object.fromEntries(members);
}

/** Base64 never begins as an object does. */
function plain(given: string): string {
  const text = given.trim();
  if (text.startsWith('{') || !/^[A-Za-z0-9+/_-]+={0,2}$/.test(text)) return text;
  return Buffer.from(text, 'base64').toString('utf8').trim();
}

const invalid = (what: string) => new WatchwordError('issuer.invalid', `the template ${what}`, { where: 'template' });
const reservedClaim = (name: string) => invalid(`may not set the claim "${name}"`);
