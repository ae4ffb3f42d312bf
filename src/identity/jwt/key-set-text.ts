import { isJsonObject } from '../../foundation/exact-json.ts';
import { type KeyFault, keyFromJwk, keyFromPem, type VerificationKey } from './verification-key.ts';

const MOST_KEYS = 100;

/** The keys of a set that verify tokens, and why others do not. */
export interface ParsedKeys {
  readonly keys: readonly VerificationKey[];
  readonly faults: readonly KeyFault[];
}

/** A JWK set (RFC 7517 § 5) of at most 100 keys; undefined for anything else. Keys that cannot be used are left out, as the RFC wants it. */
export function parseJwks(text: string): ParsedKeys | undefined {
  let set: unknown;
  try {
    set = JSON.parse(text);
  } catch {
    return undefined;
  }
  const keys = isJsonObject(set) ? set['keys'] : undefined;
  if (!Array.isArray(keys) || keys.length > MOST_KEYS) return undefined;
  return sorted(keys.map((key: unknown) => (isJsonObject(key) ? keyFromJwk(key) : 'malformed')));
}

export function parsePems(pems: readonly string[]): ParsedKeys {
  return sorted(pems.map(keyFromPem));
}

function sorted(results: readonly (VerificationKey | KeyFault)[]): ParsedKeys {
  return {
    keys: results.filter((result) => typeof result !== 'string'),
    faults: results.filter((result) => typeof result === 'string'),
  };
}
