import { WatchwordError } from '../../foundation/errors.ts';

/** Something that was found and may stay: what, why, who says so, and until when. */
export interface BaselineEntry {
  readonly fingerprint: string;
  readonly detector: string;
  readonly reason: string;
  readonly owner: string;
  /** ISO date, the last day on which it silences; null for no end. */
  readonly expires: string | null;
  /** Where it was seen first; a hint for readers. */
  readonly path: string;
  /** A later scan of this kind that does not see it any more calls it stale. */
  readonly seenIn: 'files' | 'history';
  /** ISO date. */
  readonly added: string;
}

export interface BaselineFile {
  /** Which key its fingerprints were made with. */
  readonly keyId: string;
  /** Of fingerprints without a key; hexadecimal. */
  readonly salt?: string;
  readonly entries: readonly BaselineEntry[];
}

export const BASELINE_NAME = 'watchword-baseline.jsonl';
const FORMAT = 'watchword-baseline/1';
const DATE = /^\d{4}-\d{2}-\d{2}$/;

interface Header {
  readonly keyId: string;
  readonly salt?: string;
}

/**
 * One JSON object a line: what the file is, then the entries. Lines may stand in any order and more than once, as they do after a merge; of
 * two entries for one fingerprint the one added later counts, then the one that ends sooner.
 * @throws WatchwordError `baseline.invalid` that names the line
 */
export function parseBaseline(text: string, path: string): BaselineFile {
  const entries = new Map<string, BaselineEntry>();
  let header: Header | undefined;
  text.split('\n').forEach((raw, index) => {
    const line = raw.trim();
    if (line === '') return;
    const where = `${path}:${index + 1}`;
    const value = jsonLine(line, where);
    if ('format' in value) {
      header = headerOf(value, header, where);
      return;
    }
    const entry = entryOf(value, where);
    const known = entries.get(entry.fingerprint);
    if (known === undefined || replaces(entry, known)) entries.set(entry.fingerprint, entry);
  });
  if (header === undefined) throw refused(path, 'The baseline has no line that says its format and key.');
  return { ...header, entries: sorted([...entries.values()]) };
}

/** Sorted by fingerprint, keys in a fixed order: two people's changes touch different lines. */
export function baselineText({ keyId, salt, entries }: BaselineFile): string {
  const header = { format: FORMAT, key: keyId, ...(salt === undefined ? {} : { salt }) };
  const lines = sorted(entries).map(({ fingerprint, detector, path, seenIn, reason, owner, expires, added }) => ({
    fingerprint,
    detector,
    path,
    seenIn,
    reason,
    owner,
    expires,
    added,
  }));
  return [header, ...lines].map((line) => `${JSON.stringify(line)}\n`).join('');
}

/** @throws WatchwordError `client.usage` unless it is a day of the calendar */
export function isoDay(text: string): string {
  const time = DATE.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  if (Number.isNaN(time) || new Date(time).toISOString().slice(0, 10) !== text) {
    throw new WatchwordError('client.usage', 'A day is written as 2027-01-31.');
  }
  return text;
}

const sorted = (entries: readonly BaselineEntry[]): BaselineEntry[] =>
  [...entries].sort((a, b) => (a.fingerprint < b.fingerprint ? -1 : 1));

function replaces(entry: BaselineEntry, known: BaselineEntry): boolean {
  if (entry.added !== known.added) return entry.added > known.added;
  return (entry.expires ?? '9999') < (known.expires ?? '9999');
}

const refused = (where: string, message: string): WatchwordError => new WatchwordError('baseline.invalid', message, { where });

function jsonLine(line: string, where: string): Record<string, unknown> {
  if (/^(?:<{7}|={7}|>{7}|\|{7})/.test(line)) throw refused(where, 'A merge was left half done: keep the entries of both sides.');
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {
    // Said below: the error of JSON.parse quotes the text.
  }
  throw refused(where, 'This line is not a JSON object.');
}

function headerOf(value: Record<string, unknown>, known: Header | undefined, where: string): Header {
  const { format, key, salt } = value;
  if (format !== FORMAT)
    throw refused(where, `Only ${FORMAT} is understood; a newer version of Watchword may have written this.`);
  if (typeof key !== 'string' || !/^[a-z]+-[0-9a-f]{8}$/.test(key)) throw refused(where, 'The header names no key.');
  if (salt !== undefined && (typeof salt !== 'string' || !/^(?:[0-9a-f]{2}){16,64}$/.test(salt))) {
    throw refused(where, 'The salt is not hexadecimal.');
  }
  if (known !== undefined && (known.keyId !== key || known.salt !== salt)) {
    throw refused(
      where,
      'Two baselines with different keys were merged into one file; keep one, and add the other entries anew.',
    );
  }
  return salt === undefined ? { keyId: key } : { keyId: key, salt };
}

const MOST_TEXT = 2_000;

function entryOf(value: Record<string, unknown>, where: string): BaselineEntry {
  const text = (name: string): string => {
    const field = value[name];
    if (typeof field !== 'string' || field === '' || field.length > MOST_TEXT)
      throw refused(where, `"${name}" is missing or no text.`);
    return field;
  };
  const day = (name: string): string => {
    const field = text(name);
    if (DATE.test(field) && !Number.isNaN(Date.parse(field))) return field;
    throw refused(where, `"${name}" is not a day such as 2027-01-31.`);
  };
  const fingerprint = text('fingerprint');
  if (!/^[a-z]+-[0-9a-f]{8}:[0-9a-f]{64}$/.test(fingerprint)) throw refused(where, '"fingerprint" is none.');
  return {
    fingerprint,
    detector: text('detector'),
    reason: text('reason'),
    owner: text('owner'),
    expires: value['expires'] === null ? null : day('expires'),
    path: text('path'),
    seenIn: value['seenIn'] === 'history' ? 'history' : 'files',
    added: day('added'),
  };
}
