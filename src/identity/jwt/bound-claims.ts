import { isRawNumber, type JsonObject } from '../../foundation/exact-json.ts';
import type { RefusalReasons } from '../login-refusal.ts';
import { refusedLogin } from '../login-refusal.ts';

export const claimReasons: RefusalReasons = {
  'claims.missing': 'A claim that the role binds is not in the token.',
  'claims.mismatch': 'A claim that the role binds has none of the values that the role accepts.',
};

/**
 * A claim by its name, or by a JSON pointer (RFC 6901) where the name begins with a slash: `repository_id`,
 * `/kubernetes.io/namespace`, `/aud/0`. Undefined where there is none.
 */
export function claimAt(claims: JsonObject, name: string): unknown {
  const steps = name.startsWith('/') ? name.slice(1).split('/').map(unescaped) : [name];
  let value: unknown = claims;
  for (const step of steps) value = memberOf(value, step);
  return value;
}

const unescaped = (step: string) => step.replaceAll('~1', '/').replaceAll('~0', '~');

function memberOf(value: unknown, step: string): unknown {
  if (typeof value !== 'object' || value === null || isRawNumber(value)) return undefined;
  if (Array.isArray(value) && !/^(?:0|[1-9]\d*)$/.test(step)) return undefined;
  return Object.hasOwn(value, step) ? (value as Record<string, unknown>)[step] : undefined;
}

/** `string`: equal in every code unit. `glob`: `*` stands for any characters or none, slashes and colons among them; nothing else is special. */
export type BoundClaimsType = 'string' | 'glob';

/**
 * Every bound claim must have one of its accepted values; where the token has a list, one member must. Numbers and booleans are
 * compared by their JSON text; objects, lists in lists and null match nothing. A claim without accepted values matches nothing.
 * @throws WatchwordError `login.refused` with a reason of {@link claimReasons}
 */
export function requireBoundClaims(
  claims: JsonObject,
  bound: Readonly<Record<string, readonly string[]>>,
  type: BoundClaimsType = 'string',
): void {
  for (const [name, accepted] of Object.entries(bound)) {
    const claim = claimAt(claims, name);
    if (claim === undefined) throw refusedLogin('claims.missing');
    const values = (Array.isArray(claim) ? claim : [claim]).map(textOf);
    const holds = (value: string | undefined) => value !== undefined && accepted.some((text) => matches(value, text, type));
    if (!values.some(holds)) throw refusedLogin('claims.mismatch');
  }
}

function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' || isRawNumber(value) ? JSON.stringify(value) : undefined;
}

function matches(value: string, accepted: string, type: BoundClaimsType): boolean {
  return type === 'glob' ? matchesGlob(value, accepted) : value === accepted;
}

/** From beginning to end, in time proportional to the lengths: each piece is taken where it first occurs. */
export function matchesGlob(value: string, glob: string): boolean {
  const pieces = glob.split('*');
  const first = pieces[0] ?? '';
  const last = pieces.at(-1) ?? '';
  if (pieces.length === 1) return value === glob;
  if (value.length < first.length + last.length || !value.startsWith(first) || !value.endsWith(last)) return false;
  const end = value.length - last.length;
  let at = first.length;
  for (const piece of pieces.slice(1, -1)) {
    const found = value.indexOf(piece, at);
    if (found === -1 || found + piece.length > end) return false;
    at = found + piece.length;
  }
  return true;
}
