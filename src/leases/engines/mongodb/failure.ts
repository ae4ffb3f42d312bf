import { TargetError, type TargetErrorKind } from '../engine.ts';

/** How far it had come when it failed. */
export type Progress = 'connecting' | 'asking' | 'changing';

/** What the server said no to, with its number. */
export class MongodbRefusal extends TargetError {
  readonly code: number;

  constructor(message: string, code: number) {
    super('refused', message, { lockedOut: code === codes.authenticationFailed });
    this.code = code;
  }
}

/** https://www.mongodb.com/docs/manual/reference/error-codes/ */
export const codes = {
  badValue: 2,
  failedToParse: 9,
  userNotFound: 11,
  unauthorized: 13,
  typeMismatch: 14,
  authenticationFailed: 18,
  roleNotFound: 31,
  commandNotFound: 59,
  writeConcernFailed: 64,
  invalidNamespace: 73,
  unknownWriteConcern: 79,
  commandNotSupported: 115,
  atlas: 8000,
  userExists: 51_003,
} as const;

/** Locks that were not had in time, conflicts, limits: nothing was done. */
const busy: ReadonlySet<number> = new Set([24, 46, 112, 46_841]);
/** It is not the primary, so it has done nothing. */
const elsewhere: ReadonlySet<number> = new Set([10_107, 13_435, 13_436, 10_058]);
/** The server stops or steps down, or the operation was ended, in the middle. */
const ended: ReadonlySet<number> = new Set([50, 89, 91, 189, 262, 11_600, 11_601, 11_602]);

/** The cause is never attached: the driver's error may hold what was sent. @param hidden texts that no message may hold */
export function toTargetError(error: unknown, progress: Progress, hidden: readonly string[]): TargetError {
  if (error instanceof TargetError) return error;
  const lost: TargetErrorKind = progress === 'changing' ? 'unknown-outcome' : 'unreachable';
  if (!(error instanceof Error)) return new TargetError(lost, 'it failed');
  const message = scrubbed(error.message, hidden);
  const code = codeOf(error);
  if (code !== undefined) return ofServer(message, code, lost);
  if (error.name === 'MongoWaitQueueTimeoutError') return new TargetError('throttled', 'no connection became free in time');
  if (NEVER.test(error.name)) return new TargetError('refused', message);
  const low = codesBelow(error);
  const told = low.length === 0 || low.some((each) => message.includes(each)) ? message : `${message} (${low[0]})`;
  if (progress !== 'changing' && low.some((each) => TLS.test(each))) {
    return new TargetError('refused', `the server's certificate is not accepted, or it speaks no TLS: ${told}`);
  }
  return new TargetError(lost, told);
}

function ofServer(message: string, code: number, lost: TargetErrorKind): TargetError {
  const told = `${message} (${code})`;
  if (busy.has(code)) return new TargetError('throttled', told);
  if (elsewhere.has(code)) return new TargetError('unreachable', told);
  if (ended.has(code)) return new TargetError(lost, told);
  if (code === codes.writeConcernFailed) return new TargetError('unknown-outcome', `not enough servers have it: ${told}`);
  return new MongodbRefusal(told, code);
}

/** The server's own number; a socket's code is a text. */
function codeOf(error: Error): number | undefined {
  return 'code' in error && typeof error.code === 'number' && error.name.startsWith('Mongo') ? error.code : undefined;
}

/** What the driver will not do, however often it is asked. */
const NEVER = /^Mongo(?:Parse|InvalidArgument|MissingDependency)Error$/;
const TLS = /CERT|SSL|TLS|SELF_SIGNED|ALTNAME|UNABLE_TO_|EPROTO/;
const DEPTH = 6;

/** Codes of sockets and certificates, wherever the driver has put them: below its error, or beside each server it has tried. */
function codesBelow(error: unknown, depth = 0): string[] {
  if (typeof error !== 'object' || error === null || depth > DEPTH) return [];
  const { code, cause, reason, error: inner } = error as Record<string, unknown>;
  const own = typeof code === 'string' ? [code] : [];
  const tried = reason as { servers?: unknown } | undefined;
  const servers = tried?.servers instanceof Map ? [...tried.servers.values()] : [];
  return [...own, ...[cause, inner, ...servers].flatMap((each) => codesBelow(each, depth + 1))];
}

/** Characters of a credential that no message holds. */
const QUOTED = 8;

/** A server cuts what it quotes, so a beginning is as bad as the whole. */
function scrubbed(message: string, hidden: readonly string[]): string {
  const secrets = hidden.filter((secret) => secret !== '');
  const text = secrets.reduce((rest, secret) => rest.replaceAll(secret, '[redacted]'), message);
  return secrets.some((secret) => text.includes(secret.slice(0, QUOTED)))
    ? 'it failed, and what was said quotes a credential'
    : text;
}
