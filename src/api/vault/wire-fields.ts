import type { WireRequest } from './route.ts';

type Fields = WireRequest['body'];
type FieldReader = (fields: Fields, name: string) => unknown;

/** One field of a wire object: how it is called there, how it is read, and what it is called below. */
export interface WireField {
  readonly wire: string;
  readonly name: string;
  readonly read: FieldReader;
  /** Older names under which clients still send it. */
  readonly older: readonly string[];
  /** Printed differently from how it is kept. */
  readonly print?: (value: unknown) => unknown;
  /** Never printed: a secret that is only written. */
  readonly hidden: boolean;
}

interface FieldOptions {
  /** Name below the wire; by default the wire's in camel case. */
  readonly as?: string;
  readonly older?: readonly string[];
  readonly print?: (value: unknown) => unknown;
  readonly hidden?: boolean;
}

/** `bound_audiences` on the wire, `boundAudiences` below. @param read one of `fields.ts` */
export function field(wire: string, read: FieldReader, { as, older = [], print, hidden = false }: FieldOptions = {}): WireField {
  const name = as ?? wire.replace(/_(\w)/g, (_whole, letter: string) => letter.toUpperCase());
  return { wire, name, read, older, hidden, ...(print === undefined ? {} : { print }) };
}

/** What the request says of these fields; what it does not say is left out. @throws WatchwordError `request.invalid` */
export function decodeFields(fields: readonly WireField[], body: Fields): Record<string, unknown> {
  const decoded: Record<string, unknown> = {};
  for (const { wire, name, read, older } of fields) {
    for (const spelling of [wire, ...older]) {
      const value = read(body, spelling);
      if (value === undefined) continue;
      decoded[name] = value;
      break;
    }
  }
  return decoded;
}

/** In the order of the fields; what the object does not have is left out. */
export function encodeFields(fields: readonly WireField[], value: object): Record<string, unknown> {
  const encoded: Record<string, unknown> = {};
  const given = value as Readonly<Record<string, unknown>>;
  for (const { wire, name, print, hidden } of fields) {
    const member = given[name];
    if (!hidden && member !== undefined) encoded[wire] = print === undefined ? member : print(member);
  }
  return encoded;
}
