import { PrintableRuns } from './printable-runs.ts';
import type { TextOutput } from './text-output.ts';

/** Messages inside messages: deeper ones give printable runs. */
const DEPTH = 64;
const LEAST = 12;
/** A text of at most this length names the text that follows it. */
const NAME = 128;

interface Field {
  readonly number: number;
  readonly wire: number;
  /** Of a field with a length, its content; otherwise both are the field's end. */
  readonly start: number;
  readonly end: number;
}

/** The text before, in the same message or the one around it. */
interface Key {
  readonly bytes: Uint8Array;
  readonly number: number;
}

/** A varint at `at`: its value and its end; undefined when it does not end within 10 bytes. */
function varint(bytes: Uint8Array, at: number): readonly [value: number, end: number] | undefined {
  let value = 0;
  let scale = 1;
  for (let index = at; index < at + 10; index += 1) {
    const byte = bytes[index];
    if (byte === undefined) return undefined;
    value += (byte & 0x7f) * scale;
    if (byte < 0x80) return [value, index + 1];
    scale *= 128;
  }
  return undefined;
}

/** The field whose tag is at `at`; undefined when there is none. Its content may reach beyond `bytes`. */
export function fieldAt(bytes: Uint8Array, at: number): Field | undefined {
  const tag = varint(bytes, at);
  if (tag === undefined || tag[0] < 8 || tag[0] > 0xffffffff) return undefined;
  const number = Math.floor(tag[0] / 8);
  const wire = tag[0] % 8;
  const from = tag[1];
  if (wire === 1) return { number, wire, start: from + 8, end: from + 8 };
  if (wire === 5) return { number, wire, start: from + 4, end: from + 4 };
  const value = wire === 0 || wire === 2 ? varint(bytes, from) : undefined;
  if (value === undefined) return undefined;
  const [length, start] = value;
  return { number, wire, start, end: wire === 2 ? start + length : start };
}

/** The fields of a message; undefined when the bytes are none. */
function fieldsOf(bytes: Uint8Array): Field[] | undefined {
  const fields: Field[] = [];
  for (let at = 0; at < bytes.length; ) {
    const field = fieldAt(bytes, at);
    if (field === undefined || field.end > bytes.length) return undefined;
    fields.push(field);
    at = field.end;
  }
  return fields;
}

const decoder = new TextDecoder('utf-8', { fatal: true });

/** Whether the bytes are text that a person could have written. */
function isText(bytes: Uint8Array): boolean {
  for (const byte of bytes) if (byte < 0x20 && byte !== 9 && byte !== 10 && byte !== 13) return false;
  try {
    decoder.decode(bytes);
    return true;
  } catch {
    return false;
  }
}

/**
 * Strings of protobuf messages without their schema: a field with a length is text, or a message, or bytes. A short text beside a
 * text is taken for its key: `StringStringEntry`, map entries, summaries.
 */
export class ProtobufText {
  readonly #output: TextOutput;
  #strings = 0;

  constructor(output: TextOutput) {
    this.#output = output;
  }

  /** Whether the bytes could be a message at all. */
  message(bytes: Uint8Array, address: string, names: Record<number, string> = {}): boolean {
    return this.#message(bytes, address, names, undefined, 0);
  }

  #message(bytes: Uint8Array, address: string, names: Record<number, string>, outer: Key | undefined, depth: number): boolean {
    const fields = depth > DEPTH ? undefined : fieldsOf(bytes);
    if (fields === undefined) return false;
    let key = outer;
    for (const { number, wire, start, end } of fields) {
      if (wire !== 2 || end === start) continue;
      const content = bytes.subarray(start, end);
      const place = names[number] === undefined ? address : `${address}.${names[number]}`;
      if (!isText(content)) {
        if (!this.#message(content, place, {}, key && { ...key, number: 0 }, depth + 1)) this.bytes(content, place);
        continue;
      }
      const where = `${place}.string[${this.#strings}]`;
      if (key !== undefined && key.number !== number) this.#output.pair(where, key.bytes, content);
      else this.#output.string(where, content);
      this.#strings += 1;
      key = content.length <= NAME ? { bytes: content, number } : undefined;
    }
    return true;
  }

  bytes(bytes: Uint8Array, address: string): void {
    const runs = new PrintableRuns(`${address}.bytes`, LEAST, 8, this.#output);
    runs.feed(bytes);
  }
}
