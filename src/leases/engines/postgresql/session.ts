import pg from 'pg';
import { TargetError } from '../engine.ts';

/** What a statement left besides its rows. */
interface Answer {
  readonly rows: readonly Record<string, unknown>[];
}

/** SQLSTATE and text of what the server said besides. */
interface Notice {
  readonly code: string;
  readonly message: string;
}

/** One connection in use. */
export interface PostgresqlSession {
  /** One statement with parameters, or several without: those are one transaction. @throws TargetError */
  query(text: string, parameters?: readonly unknown[]): Promise<Answer>;
  /** What the server has said since the last call. */
  takeNotices(): readonly Notice[];
}

/** Texts that no message may hold. */
type Hidden = readonly string[];

/** A connection of the driver, of a pool or alone. */
export type DriverClient = pg.ClientBase & { release?(destroy?: boolean): void; end?(): Promise<void> };

export interface Terms {
  readonly signal: AbortSignal;
  readonly hidden: Hidden;
  /** Whether a connection of a pool is closed afterwards. */
  readonly closes?: () => boolean;
}

/**
 * Works with a connection until it is done or the time is over. After the end of the time the connection is cut, and so nothing
 * more happens in it than what was sent.
 */
export async function inSession<Result>(
  connect: () => Promise<DriverClient>,
  { signal, hidden, closes = () => false }: Terms,
  work: (session: PostgresqlSession) => Promise<Result>,
): Promise<Result> {
  const client = await connected(connect, signal, hidden);
  const notices: Notice[] = [];
  const note = (notice: { code?: string | undefined; message?: string | undefined }) =>
    notices.push({ code: notice.code ?? '', message: scrubbed(notice.message ?? '', hidden) });
  const lost = () => {};
  client.on('notice', note);
  client.on('error', lost);
  let broken = false;
  const cut = () => {
    broken = true;
    (client as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
  };
  signal.addEventListener('abort', cut, { once: true });
  try {
    if (signal.aborted) throw new TargetError('unreachable', 'no connection in time');
    return await work({
      async query(text, parameters) {
        try {
          const { rows = [] }: Partial<Answer> = await client.query(text, parameters as unknown[]);
          return { rows };
        } catch (error) {
          throw toTargetError(error, { hidden, sent: true });
        }
      },
      takeNotices: () => notices.splice(0),
    });
  } catch (error) {
    broken ||= error instanceof TargetError && error.kind !== 'refused';
    throw error;
  } finally {
    signal.removeEventListener('abort', cut);
    client.off('notice', note);
    if (client.release === undefined) await client.end?.().catch(lost);
    else client.release(broken || closes());
    client.off('error', lost);
  }
}

async function connected(connect: () => Promise<DriverClient>, signal: AbortSignal, hidden: Hidden): Promise<DriverClient> {
  const timeUp = Promise.withResolvers<never>();
  const abort = () => timeUp.reject(new TargetError('unreachable', 'no connection in time'));
  if (signal.aborted) abort();
  signal.addEventListener('abort', abort, { once: true });
  timeUp.promise.catch(() => {});
  const opening = connect();
  try {
    return await Promise.race([opening, timeUp.promise]);
  } catch (error) {
    // It may still come: then it goes back at once.
    opening.then(
      (late) => (late.release === undefined ? late.end?.() : late.release(true)),
      () => {},
    );
    throw toTargetError(error, { hidden, sent: false });
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

/** Two changed one thing at once. Nothing was done, and another try may succeed. */
export class PostgresqlConflict extends TargetError {}

interface Circumstances {
  readonly hidden: Hidden;
  /** Whether the server may have begun. */
  readonly sent: boolean;
}

/** A refusal by the server itself, with the place in the text that it complains of. */
export class PostgresqlRefusal extends TargetError {
  /** SQLSTATE. */
  readonly code: string;
  /** Characters from the beginning of the whole text, from 0. */
  readonly at: number | undefined;

  constructor(message: string, code: string, at?: number) {
    super('refused', message, { lockedOut: code === WRONG_PASSWORD });
    this.code = code;
    this.at = at;
  }
}

/** What Node calls a certificate that is not accepted, and TLS that does not come about. */
const CERTIFICATE =
  /^(?:CERT_|CRL_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|INVALID_|PATH_LENGTH_|HOSTNAME_|ERR_TLS_|ERR_SSL_|ERR_OSSL_)/;

const WRONG_PASSWORD = '28P01';
/** Serialisation and deadlock. */
const CONFLICT = /^40/;
/** Too few connections, memory or disk; somebody else's lock; it took too long. */
const LATER = /^(?:53|55006|55P03|57014)/;
/** A standby, before it is promoted. */
const READ_ONLY = '25006';
/** The connection, or its transaction, was ended by the server. */
const ENDED = /^(?:08|57P|25P03)/;

/** https://www.postgresql.org/docs/current/errcodes-appendix.html */
function toTargetError(error: unknown, { hidden, sent }: Circumstances): TargetError {
  if (error instanceof TargetError) return error;
  const message = scrubbed(error instanceof Error ? error.message : 'failed', hidden);
  if (error instanceof pg.DatabaseError) {
    const code = error.code ?? '';
    const told = `${message} (${code})`;
    if (CONFLICT.test(code) || message === 'tuple concurrently updated') return new PostgresqlConflict('throttled', told);
    if (LATER.test(code)) return new TargetError('throttled', told);
    if (code === READ_ONLY) return new TargetError('unreachable', `the server only reads at present: ${told}`);
    if (ENDED.test(code)) return new TargetError(sent ? 'unknown-outcome' : 'unreachable', told);
    const at = error.position === undefined ? undefined : Number(error.position) - 1;
    return new PostgresqlRefusal(told, code, at);
  }
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (!sent && /^SASL/.test(message)) return new TargetError('refused', message);
  if (!sent && (CERTIFICATE.test(code) || /SSL/.test(message))) {
    return new TargetError('refused', `the server's certificate is not accepted, or it speaks no TLS: ${message}`);
  }
  return new TargetError(sent ? 'unknown-outcome' : 'unreachable', code === '' ? message : `${message} (${code})`);
}

function scrubbed(message: string, hidden: Hidden): string {
  let text = message;
  for (const secret of hidden) if (secret !== '') text = text.replaceAll(secret, '[redacted]');
  return text;
}
