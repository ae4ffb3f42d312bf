import { WatchwordError } from '../foundation/errors.ts';

/** Why logins are refused, by the word that stands in the audit log: `jwt.expired` → what that means. */
export type RefusalReasons = Readonly<Record<string, string>>;

/**
 * A login that is refused. Whoever asks only learns that permission is denied; the audit event says why by `reason`, which
 * must be declared in one of the catalogues that `login-reasons.ts` gathers.
 */
export function refusedLogin(reason: string): WatchwordError {
  return new WatchwordError('login.refused', undefined, { reason });
}

/** What vouches for the caller cannot be asked now: nobody was refused, and another try makes sense. @param retryAfter seconds */
export function unavailableLogin(reason: string, retryAfter = 5): WatchwordError {
  return new WatchwordError('login.unavailable', undefined, { reason, retryAfter });
}
