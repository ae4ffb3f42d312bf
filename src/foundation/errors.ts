/**
 * The one catalogue of errors. A code is stable: scripts and documentation refer to it.
 * `kind` says what sort of refusal it is; only `api/` turns a kind into a status.
 * `remedy` is the next step for whoever reads it. Neither ever holds a secret or a caller's value.
 */
export type ErrorKind =
  | 'invalid'
  | 'denied'
  | 'missing'
  | 'unsupported'
  | 'too-large'
  | 'media-type'
  | 'conflict'
  | 'reused'
  | 'limited'
  | 'sealed'
  | 'uninitialized'
  | 'unavailable'
  | 'unreachable'
  | 'corrupt'
  | 'internal';

interface ErrorEntry {
  readonly kind: ErrorKind;
  readonly summary: string;
  readonly remedy: string;
}

const entry = (kind: ErrorKind, summary: string, remedy: string): ErrorEntry => ({ kind, summary, remedy });

export const errorCatalogue = {
  'request.invalid': entry(
    'invalid',
    'The request does not fit the operation.',
    'Correct what the message names and send it again.',
  ),
  'request.malformed': entry('invalid', 'The request cannot be parsed.', 'Send one JSON object, or a urlencoded form.'),
  'request.too-large': entry(
    'too-large',
    'The request is larger than allowed.',
    'Send less at a time; a body holds at most 32 MiB.',
  ),
  'request.media-type': entry(
    'media-type',
    'The content type does not fit the operation.',
    'Use application/merge-patch+json for PATCH, application/json otherwise.',
  ),
  'request.limited': entry('limited', 'Too many requests.', 'Wait for the time in Retry-After, then try again.'),
  'request.key-reused': entry(
    'reused',
    'The idempotency key stands for another request.',
    'Use a new key for a new request, or repeat the earlier one as it was.',
  ),
  'request.unsupported': entry(
    'unsupported',
    'The path exists, but does not offer this operation.',
    'Look at the API coverage table for the methods of this path.',
  ),
  'route.missing': entry('missing', 'Nothing is mounted at this path.', 'List the mounts with `watchword secrets list`.'),
  'route.unknown': entry('missing', 'There is no such endpoint.', 'See /api/v1/openapi.json for the endpoints that there are.'),
  'access.denied': entry('denied', 'Permission denied.', 'Ask for a policy that grants this capability on this path.'),
  'access.token-missing': entry('denied', 'The request carries no token.', 'Log in, or set WATCHWORD_TOKEN.'),
  'access.token-invalid': entry(
    'denied',
    'The token is unknown, expired or revoked.',
    'Log in again with a token that is alive.',
  ),
  'store.missing': entry('missing', 'There is nothing at this path.', 'List the parent path to see what exists.'),
  'store.check-and-set': entry(
    'invalid',
    'The current version is not the one named by check-and-set.',
    'Read the secret again and repeat the change on its current version.',
  ),
  'store.raced': entry('conflict', 'The entry was created or removed by another request meanwhile.', 'Send the request again.'),
  'mount.invalid': entry(
    'invalid',
    'The mount cannot be changed like this.',
    'Correct what the message names and send it again.',
  ),
  'mount.in-use': entry('invalid', 'The path is already in use.', 'Choose another path, or disable the mount there first.'),
  'policy.invalid': entry('invalid', 'The policy cannot be parsed.', 'Correct the policy at the named line.'),
  'token.invalid': entry(
    'invalid',
    'The token cannot be made or changed like this.',
    'Correct what the message names and send it again.',
  ),
  'login.refused': entry(
    'denied',
    'Permission denied.',
    'Ask whoever runs the server: its log says why (`watchword audit search --outcome denied --since 1h`).',
  ),
  'login.unavailable': entry(
    'unavailable',
    'Who you are cannot be verified now: what vouches for you does not answer.',
    'Log in again after the time in Retry-After.',
  ),
  'login.invalid': entry(
    'invalid',
    'The auth method or role cannot be set like this.',
    'Correct what the message names and send it again.',
  ),
  'identity.invalid': entry(
    'invalid',
    'The entity, group or alias cannot be set like this.',
    'Correct what the message names and send it again.',
  ),
  'issuer.invalid': entry(
    'invalid',
    'The issuer of tokens cannot do this as it is set up.',
    'Correct what the message names and send it again.',
  ),
  'issuer.subject': entry(
    'invalid',
    'The token speaks of nobody whom a signed token could name.',
    'Log in with an auth method and use the token that it gives: the root token, and what was made from it, belong to no entity.',
  ),
  'issuer.audience': entry(
    'invalid',
    'The role signs no tokens for this audience.',
    'Ask for an audience that the role allows, or for none to get its client_id.',
  ),
  'issuer.actor': entry(
    'invalid',
    'Nobody can act for the caller like this.',
    'Use a role that allows delegation, and a living token of the actor without a limited number of uses.',
  ),
  'engine.invalid': entry(
    'invalid',
    'The engine, its connection or its role cannot be set like this.',
    'Correct what the message names and send it again; what was set before is still in force.',
  ),
  'engine.missing': entry(
    'invalid',
    'The mount has no role or connection of this name.',
    'Use one that is there, or write this one first.',
  ),
  'engine.refused': entry(
    'invalid',
    'The target refuses what the engine asked of it.',
    'Correct what the target complains of. Of a connection that is there `watchword engine test` says which right is missing.',
  ),
  'engine.unreachable': entry(
    'unreachable',
    'The target does not answer.',
    'Try again after the time in Retry-After; `watchword engine test` says what is wrong.',
  ),
  'lease.missing': entry(
    'invalid',
    'There is no such lease.',
    'Look at `watchword lease list`; one that was revoked or has ended is gone, and a new credential can be issued.',
  ),
  'lease.invalid': entry('invalid', 'The lease cannot be changed like this.', 'Issue a new credential instead.'),
  'lease.held': entry(
    'unreachable',
    'Nothing is taken back at present: that is held. What was asked for is written down, and done when the hold ends.',
    'See why with `watchword lease hold`, and end it with `watchword lease hold --release`.',
  ),
  'lease.limited': entry(
    'limited',
    'The role or the workload has as many leases as it may have.',
    'Revoke leases that are not used any more, or have the limit raised.',
  ),
  'wrapping.invalid': entry(
    'invalid',
    'The wrapping token is unknown, expired or already used.',
    'Ask for it to be wrapped again; if you did not unwrap it, treat it as intercepted.',
  ),
  'seal.sealed': entry('sealed', 'The store is sealed.', 'Unseal it with `watchword operator unseal`.'),
  'seal.uninitialized': entry('uninitialized', 'The store is not initialised.', 'Initialise it with `watchword operator init`.'),
  'seal.initialized': entry('invalid', 'The store is already initialised.', 'Unseal it instead.'),
  'seal.invalid': entry('invalid', 'The seal cannot be operated like this.', 'Correct what the message names and send it again.'),
  'seal.wrong-key': entry(
    'invalid',
    'The key does not open this store.',
    'Use the unseal keys that were handed out when it was initialised.',
  ),
  'seal.key-file': entry(
    'invalid',
    'The seal key file is missing, or does not open this store.',
    'Bring the key file back, or name it with --seal-key-file.',
  ),
  'keyring.tampered': entry(
    'corrupt',
    'A stored record does not decrypt where it stands.',
    'Treat the database as tampered with: keep it for evidence and restore a backup.',
  ),
  'keyring.rolled-back': entry(
    'corrupt',
    'A stored record is older than the log says it should be.',
    'Treat the database as tampered with: keep it for evidence and restore a backup.',
  ),
  'audit.unavailable': entry(
    'unavailable',
    'The audit log cannot be written, so nothing is served.',
    'Free space on the disk of the audit log; service resumes by itself.',
  ),
  'audit.tampered': entry(
    'corrupt',
    'The audit log was changed.',
    'Keep the files for evidence and compare them with an exported copy.',
  ),
  'storage.unavailable': entry('unavailable', 'The database cannot be used.', 'Check its disk; service resumes by itself.'),
  'storage.in-use': entry(
    'unavailable',
    'Another Watchword server uses this data directory.',
    'Stop it, or choose another --data-dir.',
  ),
  'configuration.invalid': entry('invalid', 'The configuration is not usable.', 'Correct the named setting.'),
  'client.unreachable': entry('unavailable', 'The server does not answer.', 'Start it with `npm start`, or set WATCHWORD_ADDR.'),
  'baseline.invalid': entry('invalid', 'The baseline cannot be read.', 'Correct the named line, or make a new baseline.'),
  'scan.file-changed': entry('conflict', 'A file is no longer what was scanned.', 'Scan it again, then fix it.'),
  'client.usage': entry(
    'invalid',
    'The command cannot be carried out like this.',
    'Add --help to see what the command takes; `watchword help` lists the commands.',
  ),
  internal: entry(
    'internal',
    'Something went wrong inside Watchword.',
    'Give the incident id to whoever runs the server; the cause is in its log.',
  ),
} as const satisfies Record<string, ErrorEntry>;

export type ErrorCode = keyof typeof errorCatalogue;

export interface ErrorDetails {
  /** The field, path or setting that was wrong; never its value. */
  readonly where?: string;
  readonly cause?: unknown;
  /** Seconds after which another try makes sense. */
  readonly retryAfter?: number;
  /** For the audit log alone: why it was refused, by a documented word (`jwt.expired`); the caller never learns it. */
  readonly reason?: string;
}

/** Every refusal of ours. `message` says what was wrong and never holds a secret; `code` is in {@link errorCatalogue}. */
export class WatchwordError extends Error {
  override readonly name: string = 'WatchwordError';
  readonly code: ErrorCode;
  readonly where: string | undefined;
  readonly retryAfter: number | undefined;
  readonly reason: string | undefined;

  constructor(code: ErrorCode, message?: string, details: ErrorDetails = {}) {
    super(message ?? errorCatalogue[code].summary, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.where = details.where;
    this.retryAfter = details.retryAfter;
    this.reason = details.reason;
  }

  get kind(): ErrorKind {
    return errorCatalogue[this.code].kind;
  }

  get remedy(): string {
    return errorCatalogue[this.code].remedy;
  }
}

export function isWatchwordError(error: unknown, code?: ErrorCode): error is WatchwordError {
  return error instanceof WatchwordError && (code === undefined || error.code === code);
}
