import { isJsonObject, isRawNumber, type JsonObject, parseExactJson } from '../../foundation/exact-json.ts';

const DEEPEST = 16;
/** In valid JSON; elsewhere it might take long. */
const TEXTS = /"(?:[^"\\]|\\.)*"/g;
/** Numbers that JavaScript may print differently than they are written. */
const MAY_CHANGE = /\d{16}|\d[.eE]|-0/;
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export type StrictJson = { readonly object: JsonObject } | { readonly fault: 'malformed' | 'duplicate-member' };

/**
 * One JSON object of which every reader sees the same: valid UTF-8, no member named twice, no lone surrogates, no NUL in texts, at
 * most 16 levels deep. Numbers that JavaScript would change stay raw, see {@link parseExactJson}.
 */
export function parseStrictJson(bytes: Uint8Array): StrictJson {
  let text: string;
  let value: unknown;
  try {
    text = utf8.decode(bytes);
    value = JSON.parse(text);
  } catch {
    return { fault: 'malformed' };
  }
  const outside = text.replace(TEXTS, '');
  // Looking for numbers in texts as well, as for ids with digits, would cost more than all the rest.
  if (MAY_CHANGE.test(outside)) value = parseExactJson(text);
  if (!isJsonObject(value)) return { fault: 'malformed' };
  const members = countMembers(value, 1);
  if (members === undefined) return { fault: 'malformed' };
  // Of a member that is named twice the parser keeps one, but the text has a colon for each.
  return members === countColons(outside) ? { object: value } : { fault: 'duplicate-member' };
}

const isSoundText = (text: string) => text.isWellFormed() && !text.includes('\0');

/** Members of all objects within; undefined where something is too deep or no sound text. */
function countMembers(value: unknown, depth: number): number | undefined {
  if (typeof value === 'string') return isSoundText(value) ? 0 : undefined;
  if (typeof value !== 'object' || value === null || isRawNumber(value)) return 0;
  if (depth > DEEPEST) return undefined;
  let count = 0;
  if (!Array.isArray(value)) {
    const names = Object.keys(value);
    if (!names.every(isSoundText)) return undefined;
    count = names.length;
  }
  for (const member of Object.values(value)) {
    const within = countMembers(member, depth + 1);
    if (within === undefined) return undefined;
    count += within;
  }
  return count;
}

function countColons(text: string): number {
  let count = 0;
  for (let at = text.indexOf(':'); at !== -1; at = text.indexOf(':', at + 1)) count++;
  return count;
}
