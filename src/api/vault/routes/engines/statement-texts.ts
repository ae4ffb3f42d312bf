import { text, texts } from '../../fields.ts';
import type { WireRequest } from '../../route.ts';

type Fields = WireRequest['body'];

/**
 * SQL as Vault takes it: a list of texts, one text (commas and semicolons are its own), a JSON array in a text, or either of these in
 * Base64. @throws WatchwordError `request.invalid`
 */
export function statementTexts(fields: Fields, name: string): readonly string[] | undefined {
  const given = fields[name];
  if (given === undefined || given === null || Array.isArray(given)) return texts(fields, name);
  const one = fromBase64(text(fields, name) ?? '');
  if (one.trim() === '') return [];
  return fromJson(one) ?? [one];
}

/** A statement has spaces, and Base64 has none. */
function fromBase64(written: string): string {
  if (written.length % 4 !== 0 || !/^[\w+/]+={0,2}$/.test(written)) return written;
  const bytes = Buffer.from(written, 'base64');
  const decoded = bytes.toString('utf8');
  return /\s/.test(decoded) && Buffer.from(decoded).equals(bytes) ? decoded : written;
}

function fromJson(written: string): readonly string[] | undefined {
  if (!/^\s*\[/.test(written)) return undefined;
  try {
    const parsed: unknown = JSON.parse(written);
    return Array.isArray(parsed) && parsed.every((member) => typeof member === 'string') ? parsed : undefined;
  } catch {
    return undefined;
  }
}
