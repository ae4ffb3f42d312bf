/** A JSON object as parsed: members may be raw numbers, see {@link parseExactJson}. */
export type JsonObject = { readonly [key: string]: unknown };

/** Source text access (ECMA-262, Node 22 and newer); TypeScript's library does not know it yet. */
interface JsonWithSource {
  parse(text: string, reviver: (key: string, value: unknown, context: { readonly source?: string }) => unknown): unknown;
  rawJSON(text: string): object;
  isRawJSON(value: unknown): boolean;
}
const json = JSON as unknown as JsonWithSource;

/** Only where one of these occurs can a number come out of JavaScript other than it went in. */
const MAY_CHANGE = /\d{16}|\d[.eE]|-0/;

/**
 * JSON.parse that loses nothing: a number that JavaScript would print differently (`12345678901234567890`, `1.0`, `1e400`) becomes
 * a raw JSON value, which JSON.stringify prints as it was sent.
 * @throws SyntaxError as JSON.parse does.
 */
export function parseExactJson(text: string): unknown {
  if (!MAY_CHANGE.test(text)) return JSON.parse(text);
  return json.parse(text, (_key, value, { source }) =>
    typeof value === 'number' && source !== undefined && String(value) !== source ? json.rawJSON(source) : value,
  );
}

/** True for `{…}`: not for null, arrays and raw numbers. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !json.isRawJSON(value);
}

/** True for the raw numbers of {@link parseExactJson}. */
export function isRawNumber(value: unknown): boolean {
  return json.isRawJSON(value);
}
