import { isJsonObject, type JsonObject } from '../../foundation/exact-json.ts';

/** Source text access (ECMA-262); TypeScript's library does not know it yet. */
const { isRawJSON } = JSON as unknown as { isRawJSON(value: unknown): value is { readonly rawJSON: string } };

/** A value as one text: strings bare, numbers as they were sent, everything deeper as JSON. */
export function plainText(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value === undefined) return '';
  return JSON.stringify(value);
}

/** As {@link plainText}, but for people: nothing is `n/a`, an empty list `none`, and lists of words are spelled out. For what the server says of itself. */
export function readableText(value: unknown): string {
  if (value === null || value === undefined || value === '') return 'n/a';
  if (Array.isArray(value) && value.every((item) => typeof item === 'string'))
    return value.length === 0 ? 'none' : value.join(', ');
  return plainText(value);
}

/** As {@link plainText}, but an empty string can be told from nothing: for what people stored. */
export function exactText(value: unknown): string {
  return value === '' ? '""' : plainText(value);
}

/** Key and value, sorted by key. */
export function rowsOf(data: JsonObject, textOf: (value: unknown) => string = readableText): string[][] {
  return Object.entries(data)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => [key, textOf(value)]);
}

/** YAML in which numbers stand as they were sent. */
export async function yamlText(value: unknown): Promise<string> {
  const { stringify } = await import('yaml');
  const exactNumber = {
    tag: 'tag:yaml.org,2002:float',
    default: true as const,
    identify: isRawJSON,
    resolve: (text: string) => text,
    stringify: (item: { value: unknown }) => (isRawJSON(item.value) ? item.value.rawJSON : String(item.value)),
  };
  return stringify(value, { customTags: [exactNumber], lineWidth: 0 });
}

/** The member that `--field` names; undefined when there is none. */
export function field(data: unknown, name: string): unknown {
  return isJsonObject(data) && Object.hasOwn(data, name) ? data[name] : undefined;
}
