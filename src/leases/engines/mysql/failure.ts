import { TargetError, type TargetErrorKind } from '../engine.ts';

/** How far it had come when it failed. */
export type Progress = 'connecting' | 'asking' | 'changing';

export interface Circumstances {
  readonly progress: Progress;
  /** Texts that no message may hold. */
  readonly hidden: readonly string[];
  /** Whether the statement holds a credential: the server quotes a piece of it where it does not understand it. */
  readonly secret?: boolean;
}

/** What the server said no to, with its number. */
export class MysqlRefusal extends TargetError {
  readonly errno: number;

  constructor(message: string, errno: number) {
    super('refused', message, { lockedOut: errno === errors.accessDenied });
    this.errno = errno;
  }
}

/** https://mariadb.com/kb/en/mariadb-error-code-reference/ */
export const errors = { accessDenied: 1045, noSuchThread: 1094, syntax: 1064, notPreparable: 1295 } as const;
/** Too many connections, of all or of this account; a lock that was not had in time, a deadlock. */
const busy: ReadonlySet<number> = new Set([1040, 1203, 1226, 1205, 1213]);
/** The server shuts down, or somebody ended the statement or its connection. */
const ended: ReadonlySet<number> = new Set([1053, 1077, 1079, 1152, 1184, 1317, 1927, 4031]);

/** Characters of a credential that no message holds. */
const QUOTED = 8;

/** The cause is never attached: the driver's error holds the statement. */
export function toTargetError(error: unknown, { progress, hidden, secret = false }: Circumstances): TargetError {
  if (error instanceof TargetError) return error;
  const said = error as { message?: unknown; errno?: unknown; code?: unknown; sqlMessage?: unknown };
  const lost: TargetErrorKind = progress === 'changing' ? 'unknown-outcome' : 'unreachable';
  const code = typeof said.code === 'string' ? said.code : '';
  if (typeof said.sqlMessage === 'string' && typeof said.errno === 'number') {
    const text = secret && said.errno === errors.syntax ? 'the statement is not understood' : scrubbed(said.sqlMessage, hidden);
    const message = `${text} (${said.errno} ${code})`;
    if (busy.has(said.errno)) return new TargetError('throttled', message);
    return ended.has(said.errno) ? new TargetError(lost, message) : new MysqlRefusal(message, said.errno);
  }
  const message = scrubbed(typeof said.message === 'string' ? said.message : 'it failed', hidden);
  if (progress !== 'connecting') return new TargetError(lost, withCode(message, code));
  if (/^(?:HANDSHAKE_|ERR_TLS|ERR_SSL|ERR_OSSL|CERT_|UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO|EPROTO)/.test(code)) {
    return new TargetError('refused', `no TLS with a server that is who it should be: ${withCode(message, code)}`);
  }
  if (/^(?:AUTH_SWITCH|MYSQL_CLEAR_PASSWORD)/.test(code)) return new TargetError('refused', withCode(message, code));
  return new TargetError('unreachable', withCode(message, code));
}

const withCode = (message: string, code: string): string =>
  code === '' || message.includes(code) ? message : `${message} (${code})`;

/** A server cuts what it quotes, so a beginning is as bad as the whole. */
function scrubbed(message: string, hidden: readonly string[]): string {
  const secrets = hidden.filter((secret) => secret !== '');
  const text = secrets.reduce((rest, secret) => rest.replaceAll(secret, '[redacted]'), message);
  return secrets.some((secret) => text.includes(secret.slice(0, QUOTED)))
    ? 'it failed, and what was said quotes a credential'
    : text;
}
