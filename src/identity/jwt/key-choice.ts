import { refusedLogin } from '../login-refusal.ts';
import type { VerificationKey } from './verification-key.ts';

/** What a token's header says of the key that signed it. */
export interface WantedKey {
  readonly algorithm: string;
  readonly kid: string | undefined;
}

/** More keys of one name are not tried: each try costs as much as an honest login. */
const MOST_CANDIDATES = 4;

/**
 * The keys that may have signed a token, or undefined where its kid is not known. A token without kid is verified only where a
 * single key of the set can be meant; keys from PEMs cannot say their kid and are tried for every token.
 * @throws WatchwordError `login.refused`
 */
export function candidateKeys(
  keys: readonly VerificationKey[],
  { algorithm, kid }: WantedKey,
): readonly VerificationKey[] | undefined {
  const named = keys.filter((key) => key.anonymous || kid === undefined || key.kid === kid);
  if (named.length === 0 && kid !== undefined) return undefined;
  const fitting = named.filter((key) => key.algorithms.includes(algorithm));
  if (fitting.length === 0) throw refusedLogin(kid === undefined ? 'jwt.unknown-key' : 'jwt.algorithm');
  const ambiguous = kid === undefined && fitting.filter((key) => !key.anonymous).length > 1;
  if (ambiguous) throw refusedLogin('jwt.unknown-key');
  return fitting.slice(0, MOST_CANDIDATES);
}
