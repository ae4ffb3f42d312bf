import { type JsonCursor, NotJson, type Span, writeUnescaped } from './json-cursor.ts';
import type { MappedText } from './mapped-text.ts';

/** Values inside values inside values: deeper ones are left to whoever reads what is no JSON. */
const DEPTH = 200;
/** How many of the enclosing keys stand before a value. */
const NAMES = 3;

/** Keys whose values name things and are no secrets: random ids and hashes. The value is scanned, the key does not speak for it. */
const IDENTIFIERS = new Set([
  'id',
  'cell_id',
  'execution_count',
  'hash',
  'model_id',
  'outputId',
  'output_id',
  'uuid',
  '_cell_guid',
  '_uuid',
  'userId',
  'sha256',
  'checksum',
]);

const PLAIN = /^[A-Za-z_][A-Za-z0-9_-]{0,40}$/;
const BRACKETED = /^[A-Za-z0-9_.+/ -]{1,60}$/;
/** Might be a credential: addresses are printed. */
const TELLING = /[A-Za-z0-9_+/-]{16,}/g;

const tells = (key: string): boolean => (key.match(TELLING) ?? []).some((run) => /[0-9]/.test(run));

/** An address one key further: `.name`, `[text/html]`, or by number where the key itself might be a secret. */
export function below(address: string, key: string, index: number): string {
  if (tells(key)) return `${address}[${index}]`;
  if (PLAIN.test(key)) return address === '' ? key : `${address}.${key}`;
  return `${address}[${BRACKETED.test(key) ? key : index}]`;
}

export const keyOf = ({ bytes }: JsonCursor, { start, end }: Span): string =>
  bytes.toString('utf8', start, Math.min(end, start + 256));

/**
 * Reads the next value whatever it is. Strings in it are written as lines `some.key = "value"`, so that rules see whose they are.
 * @throws NotJson
 */
export function writeLeaves(cursor: JsonCursor, address: string, names: readonly Span[], text: MappedText, depth = 0): void {
  if (depth > DEPTH) throw new NotJson(cursor.at);
  const kind = cursor.kind();
  if (kind === 'object') {
    let index = 0;
    for (const key of cursor.entries()) {
      const name = keyOf(cursor, key);
      const place = below(address, name, index);
      if (tells(name) && cursor.kind() !== 'string') writeKey(cursor, place, key, text);
      writeLeaves(cursor, place, [...names, key].slice(-NAMES), text, depth + 1);
      index += 1;
    }
  } else if (kind === 'array') {
    writeList(cursor, address, names, text, depth);
  } else if (kind === 'string') {
    text.begin(address);
    const value = cursor.string();
    writeNames(cursor, names, text);
    text.write('"', value.start - 1);
    writeUnescaped(cursor.bytes, value, text);
    text.write('"', value.end);
  } else {
    cursor.skip();
  }
}

function writeKey(cursor: JsonCursor, address: string, key: Span, text: MappedText): void {
  text.begin(address);
  writeUnescaped(cursor.bytes, key, text);
}

/** Strings beside each other are the lines of one text. */
function writeList(cursor: JsonCursor, address: string, names: readonly Span[], text: MappedText, depth: number): void {
  let open = false;
  for (const index of cursor.items(true)) {
    if (cursor.kind() !== 'string') {
      writeLeaves(cursor, `${address}[${index}]`, names, text, depth + 1);
      open = false;
      continue;
    }
    const value = cursor.string();
    if (open) {
      if (!text.endsWithNewline()) text.write('\n', value.start - 1);
    } else {
      text.begin(address);
      writeNames(cursor, names, text);
      open = true;
    }
    const isLine = cursor.bytes.toString('latin1', value.end - 2, value.end) === '\\n';
    if (!isLine) text.write('"', value.start - 1);
    writeUnescaped(cursor.bytes, value, text);
    if (!isLine) text.write('"', value.end);
  }
}

function writeNames(cursor: JsonCursor, names: readonly Span[], text: MappedText): void {
  const last = names.at(-1);
  if (last === undefined) return;
  const key = keyOf(cursor, last);
  if (IDENTIFIERS.has(key)) return;
  for (const name of names.slice(0, -1)) {
    const outer = keyOf(cursor, name);
    if (PLAIN.test(outer) && !tells(outer)) text.write(`${outer}.`, name.start);
  }
  writeUnescaped(cursor.bytes, last, text);
  text.write(' = ', last.end);
}
