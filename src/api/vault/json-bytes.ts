import { Secret } from '../../foundation/secret.ts';
import { RawJson } from './route.ts';

const [QUOTE = 0, BACKSLASH = 0] = Buffer.from('"\\');
const HEX = Buffer.from('0123456789abcdef');

/**
 * JSON as bytes: a Secret becomes a string and a {@link RawJson} its own text without ever being a JavaScript string.
 */
export class JsonBytes {
  readonly #parts: Buffer[] = [];
  readonly #secrets: Buffer[] = [];
  #text = '';

  /** True when {@link finish} gives bytes that must be zeroed. */
  get secret(): boolean {
    return this.#secrets.length > 0;
  }

  /** All of it. Every Secret that went in is zeroed: its bytes are only here from now on. */
  finish(): Buffer {
    this.#flush();
    const bytes = Buffer.concat(this.#parts);
    for (const part of this.#secrets) part.fill(0);
    return bytes;
  }

  /** Literal JSON text. */
  raw(text: string): void {
    this.#text += text;
  }

  value(value: unknown): void {
    if (value instanceof Secret) this.#secret(value, quoted(value.bytes));
    else if (value instanceof RawJson) this.#secret(value.json, value.json.bytes);
    else if (!holdsSecret(value)) this.#text += JSON.stringify(value) ?? 'null';
    else if (Array.isArray(value)) this.#list(value);
    else {
      this.#text += '{';
      this.members(value, '');
      this.#text += '}';
    }
  }

  /** The members of an object without its braces; `lead` stands before the first. Gives what stands before the next one. */
  members(object: object, lead: string): string {
    let separator = lead;
    for (const [name, member] of Object.entries(object)) {
      if (member === undefined) continue;
      this.#text += `${separator}${JSON.stringify(name)}:`;
      this.value(member);
      separator = ',';
    }
    return separator;
  }

  #list(list: readonly unknown[]): void {
    this.#text += '[';
    for (const [index, member] of list.entries()) {
      if (index > 0) this.#text += ',';
      this.value(member);
    }
    this.#text += ']';
  }

  #secret(secret: Secret, bytes: Buffer): void {
    this.#flush();
    this.#parts.push(bytes);
    this.#secrets.push(bytes, secret.bytes);
  }

  #flush(): void {
    if (this.#text === '') return;
    this.#parts.push(Buffer.from(this.#text, 'utf8'));
    this.#text = '';
  }
}

function holdsSecret(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  if (value instanceof Secret || value instanceof RawJson) return true;
  return Object.values(value).some(holdsSecret);
}

/** UTF-8 text as a JSON string. */
function quoted(bytes: Buffer): Buffer {
  let length = bytes.length + 2;
  for (const byte of bytes) length += byte < 0x20 ? 5 : byte === QUOTE || byte === BACKSLASH ? 1 : 0;
  const out = Buffer.allocUnsafe(length);
  out[0] = QUOTE;
  let at = 1;
  for (const byte of bytes) {
    if (byte < 0x20) {
      at += out.write('\\u00', at, 'latin1');
      out[at++] = HEX[byte >> 4] ?? 0;
      out[at++] = HEX[byte & 15] ?? 0;
      continue;
    }
    if (byte === QUOTE || byte === BACKSLASH) out[at++] = BACKSLASH;
    out[at++] = byte;
  }
  out[at] = QUOTE;
  return out;
}
