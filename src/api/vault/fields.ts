import { WatchwordError } from '../../foundation/errors.ts';
import { isJsonObject, type JsonObject } from '../../foundation/exact-json.ts';
import { Secret } from '../../foundation/secret.ts';
import { formatTime, parseDuration } from '../../foundation/time.ts';

type Fields = Readonly<Record<string, unknown>>;

/** An absent field and `null` are the same. Raw JSON numbers (`1.0`) become plain ones. */
function given(fields: Fields, name: string): unknown {
  const value = fields[name];
  if (value === null || value === undefined) return undefined;
  const raw = typeof value === 'object' && !Array.isArray(value) && !isJsonObject(value);
  return raw ? Number(JSON.stringify(value)) : value;
}

function wrong(where: string, wanted: string): never {
  throw new WatchwordError('request.invalid', `${where} must be ${wanted}`, { where });
}

export function text(fields: Fields, name: string): string | undefined {
  const value = given(fields, name);
  if (value === undefined || typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : wrong(name, 'a text');
}

/** Undefined when empty. */
export function secret(fields: Fields, name: string): Secret | undefined {
  const value = text(fields, name);
  return value === undefined || value === '' ? undefined : Secret.fromText(value);
}

function toInteger(value: unknown, where: string): number {
  const number = typeof value === 'string' && /^-?\d{1,15}$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isSafeInteger(number) ? number : wrong(where, 'a whole number');
}

export function integer(fields: Fields, name: string): number | undefined {
  const value = given(fields, name);
  return value === undefined || value === '' ? undefined : toInteger(value, name);
}

const BOOLEANS = new Map<unknown, boolean>([
  ...[true, 1, '1', 't', 'true'].map((value) => [value, true] as const),
  ...[false, 0, '0', 'f', 'false', ''].map((value) => [value, false] as const),
]);

export function boolean(fields: Fields, name: string): boolean | undefined {
  const value = given(fields, name);
  if (value === undefined) return undefined;
  return BOOLEANS.get(typeof value === 'string' ? value.toLowerCase() : value) ?? wrong(name, 'true or false');
}

/** Whole seconds, from a number, digits or Go's notation. */
export function seconds(fields: Fields, name: string): number | undefined {
  const value = given(fields, name);
  return value === undefined ? undefined : Math.trunc(parseDuration(value, name));
}

/** A list, or one text with commas. */
export function texts(fields: Fields, name: string): string[] | undefined {
  const value = given(fields, name);
  if (value === undefined) return undefined;
  if (typeof value === 'string') return splitAtCommas(value);
  if (!Array.isArray(value)) return wrong(name, 'a list of texts');
  return value.map((member) => (typeof member === 'string' ? member : wrong(name, 'a list of texts')));
}

/** A list of numbers or digits, one number, or one text with commas. */
export function integers(fields: Fields, name: string): number[] | undefined {
  const value = given(fields, name);
  if (value === undefined) return undefined;
  const list: readonly unknown[] = Array.isArray(value) ? value : typeof value === 'string' ? splitAtCommas(value) : [value];
  return list.map((member) => toInteger(member, name));
}

function splitAtCommas(value: string): string[] {
  return value
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

export function object(fields: Fields, name: string): JsonObject | undefined {
  const value = given(fields, name);
  if (value === undefined) return undefined;
  return isJsonObject(value) ? value : wrong(name, 'an object');
}

/** Schemas leave `__proto__` out without a word: a condition under that name would be a condition less. */
function plainMap(fields: Fields, name: string): JsonObject | undefined {
  const map = object(fields, name);
  return map !== undefined && Object.hasOwn(map, '__proto__') ? wrong(name, 'an object without __proto__') : map;
}

/** An object of texts; numbers and booleans become their text. */
export function textMap(fields: Fields, name: string): Record<string, string> | undefined {
  const map = plainMap(fields, name);
  if (map === undefined) return undefined;
  const result: Record<string, string> = Object.create(null);
  for (const key of Object.keys(map)) {
    const value = given(map, key);
    result[key] = typeof value === 'object' || value === undefined ? wrong(name, 'an object of texts') : String(value);
  }
  return result;
}

/** The same, or its JSON text as command lines send it; an empty text for none. */
export function textMapOrJson(fields: Fields, name: string): Record<string, string> | undefined {
  return textMap(withJsonRead(fields, name), name);
}

/** An object, or its JSON text as command lines send it; an empty text for none. */
export function objectOrJson(fields: Fields, name: string): JsonObject | undefined {
  return object(withJsonRead(fields, name), name);
}

function withJsonRead(fields: Fields, name: string): Fields {
  const value = fields[name];
  if (typeof value !== 'string') return fields;
  if (value === '') return { [name]: {} };
  let parsed: unknown;
  try {
    parsed = JSON.parse(value);
  } catch {
    parsed = undefined;
  }
  return isJsonObject(parsed) ? { [name]: parsed } : wrong(name, 'an object, or the JSON text of one');
}

/** An object of texts or lists of texts. A text with commas is one text here: values may hold them. */
export function textLists(fields: Fields, name: string): Record<string, readonly string[]> | undefined {
  const map = plainMap(fields, name);
  if (map === undefined) return undefined;
  const result: Record<string, readonly string[]> = Object.create(null);
  for (const key of Object.keys(map)) {
    const value = map[key];
    result[key] = (Array.isArray(value) ? value : [value]).map(
      (member) => text({ [name]: member }, name) ?? wrong(name, 'texts'),
    );
  }
  return result;
}

/** RFC 3339 with nanoseconds, as Vault prints times; empty for "never". */
export function wireTime(ms: number | undefined): string {
  return formatTime(ms).replace('Z', '000000Z');
}
