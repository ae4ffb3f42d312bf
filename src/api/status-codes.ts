import type { ErrorKind } from '../foundation/errors.ts';

/**
 * The HTTP status that each kind of refusal has, on every wire that we speak.
 * - `conflict`: 412, because another request came in between and the same request may well succeed now: Vault's Go clients
 *   repeat a request on 412, and on no other 4xx but 429.
 * - `reused`: 422, as the draft of the Idempotency-Key header has it (draft-ietf-httpapi-idempotency-key-header, Error Scenarios).
 * - `unreachable`: somebody else's server, and so no incident of ours: the caller learns what it is.
 * - `uninitialized`: 503 as for `sealed`: to a client the store is not there yet. Only health checks tell the two apart.
 */
export const statusOfKind: Readonly<Record<ErrorKind, number>> = {
  invalid: 400,
  denied: 403,
  missing: 404,
  unsupported: 405,
  conflict: 412,
  'too-large': 413,
  'media-type': 415,
  reused: 422,
  limited: 429,
  corrupt: 500,
  internal: 500,
  sealed: 503,
  uninitialized: 503,
  unavailable: 503,
  unreachable: 503,
};
