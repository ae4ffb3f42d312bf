import { isUtf8 } from 'node:buffer';
import { limits } from '../../foundation/bounds.ts';
import { WatchwordError } from '../../foundation/errors.ts';
import { isJsonObject, parseExactJson } from '../../foundation/exact-json.ts';

type Fields = Readonly<Record<string, unknown>>;

const FORM = 'application/x-www-form-urlencoded';
/** A value may nest as deep as the store takes it, below `data` and the body itself. */
const MAX_DEPTH = limits.jsonDepth + 2;
/** Many small values cost a parser, and all that comes after it, far more than their bytes: nobody else is served meanwhile. */
const MAX_VALUES = 256 * 1024;
const MAX_FORM_FIELDS = limits.listLength;
const [SPACE, TAB, NEWLINE, RETURN, QUOTE, BACKSLASH, OPEN, CLOSE, OPEN_LIST, CLOSE_LIST, COMMA, AMPERSAND] =
  Buffer.from(' \t\n\r"\\{}[],&');

/**
 * A JSON object, or a urlencoded form; an empty body and `null` give no fields.
 * @throws WatchwordError `request.malformed`
 */
export function parseBody(bytes: Buffer, contentType: string): Fields {
  const first = firstByte(bytes);
  if (first === undefined) return {};
  if (!isUtf8(bytes)) throw malformed('the body is not UTF-8');
  if (contentType === FORM && first !== OPEN && first !== OPEN_LIST) {
    checkFields(bytes);
    return formFields(bytes.toString('utf8'));
  }
  checkShape(bytes);
  const value = parsed(bytes.toString('utf8'));
  if (value === null) return {};
  if (!isJsonObject(value)) throw malformed('failed to parse JSON input: the body must be a JSON object');
  return value;
}

function parsed(text: string): unknown {
  try {
    return parseExactJson(text);
  } catch {
    // The parser's own words quote the body.
    throw malformed('failed to parse JSON input');
  }
}

function firstByte(bytes: Buffer): number | undefined {
  for (const byte of bytes) {
    if (byte !== SPACE && byte !== TAB && byte !== NEWLINE && byte !== RETURN) return byte;
  }
  return undefined;
}

function checkFields(bytes: Buffer): void {
  let fields = 1;
  for (let at = bytes.indexOf(AMPERSAND ?? 0); at >= 0; at = bytes.indexOf(AMPERSAND ?? 0, at + 1)) {
    fields += 1;
    if (fields > MAX_FORM_FIELDS) throw malformed('the form has too many fields');
  }
}

/** Before parsing: a deep text costs a parser its stack, and one of very many values its time. */
function checkShape(bytes: Buffer): void {
  let depth = 0;
  let values = 0;
  let quoted = false;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i];
    if (quoted) {
      if (byte === BACKSLASH) i += 1;
      else if (byte === QUOTE) quoted = false;
    } else if (byte === QUOTE) quoted = true;
    else if (byte === OPEN || byte === OPEN_LIST) {
      depth += 1;
      values += 1;
      if (depth > MAX_DEPTH) throw malformed('failed to parse JSON input: it nests too deep');
    } else if (byte === CLOSE || byte === CLOSE_LIST) depth -= 1;
    else if (byte === COMMA) values += 1;
    if (values > MAX_VALUES) throw malformed('failed to parse JSON input: it holds too many values');
  }
}

/** Fields of a query or form; a name that comes more than once gives a list. Without prototype: names come from outside. */
export function formFields(text: string): Fields {
  const fields: Record<string, unknown> = Object.create(null);
  for (const [name, value] of new URLSearchParams(text)) {
    const before = fields[name];
    if (before === undefined) fields[name] = value;
    else if (Array.isArray(before)) before.push(value);
    else fields[name] = [before, value];
  }
  return fields;
}

const malformed = (message: string) => new WatchwordError('request.malformed', message, { where: 'body' });
