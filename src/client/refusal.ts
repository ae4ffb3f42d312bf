import { type ErrorCode, errorCatalogue, WatchwordError } from '../foundation/errors.ts';
import { CHECK_ADDRESS } from './unreachable.ts';

/** What an answer says about its refusal, beside the status. */
export interface RefusalDetails {
  /** Undefined when the answer is not of the form that Watchword and Vault refuse in. */
  readonly errors?: readonly string[];
  /** From our own API, which names it; on Vault's wire it is concluded from status and text. */
  readonly code?: string | undefined;
  /** Whether a token was sent. */
  readonly authenticated: boolean;
  /** What was asked for, as the client wrote it: `/v1/auth/…`. */
  readonly path?: string;
  readonly retryAfter?: number;
}

/** The server answered, and said no. The message is the server's own. */
export class ServerRefusal extends WatchwordError {
  override readonly name = 'ServerRefusal';
  readonly status: number;
  readonly #path: string;

  constructor(status: number, { errors, code: named, authenticated, path = '', retryAfter }: RefusalDetails) {
    const foreign = errors === undefined && isOfAnotherProgram(status);
    const text = (errors ?? []).map(plain).filter(Boolean).join('; ') || `The server answered ${status}.`;
    const code = foreign ? 'client.unreachable' : isErrorCode(named) ? named : codeOf(status, text, authenticated);
    const message = foreign ? `What answers there does not look like Watchword or Vault (status ${status}).` : text;
    super(
      code,
      SAID_BETTER.has(text) || code === 'seal.sealed' ? undefined : message,
      retryAfter === undefined ? {} : { retryAfter },
    );
    this.status = status;
    this.#path = path;
  }

  override get remedy(): string {
    // Vault's wire does not tell a token that has ended from one that may not.
    if (this.code === 'access.denied' && this.message.includes('allowed_roles'))
      return 'Have the role added to allowed_roles of its connection.';
    if (this.code === 'access.denied')
      return 'Ask for a policy that grants this on the path, or log in again if the token has ended or is used up.';
    if (this.code === 'route.missing' && this.#path.startsWith('/v1/auth/'))
      return 'List the auth methods with `watchword auth list`.';
    if (this.code === 'client.unreachable') return CHECK_ADDRESS;
    if (this.code === 'audit.unavailable') return 'Try again in a moment; `watchword status` and the log of the server say more.';
    return super.remedy;
  }
}

/** What the wire says of a token that there is not; the catalogue says it in words. */
const SAID_BETTER: ReadonlySet<string> = new Set(['bad token', 'invalid token']);

/** Proxies answer for themselves with the other statuses: too large, too many, and everything from 500 on. */
const isOfAnotherProgram = (status: number) => status < 500 && status !== 413 && status !== 429;

const isErrorCode = (code: string | undefined): code is ErrorCode => code !== undefined && Object.hasOwn(errorCatalogue, code);

/** Vault's servers number and indent their errors. */
function plain(error: string): string {
  return error
    .replace(/^\d+ errors? occurred:\s*/, '')
    .replace(/\s*\*\s+/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
}

function codeOf(status: number, text: string, authenticated: boolean): ErrorCode {
  if (status === 400) return badRequestCode(text);
  if (status === 404 && text === 'unsupported path') return 'request.unsupported';
  if (status === 403) return deniedCode(text, authenticated);
  if (status === 503 && /target does not answer|not everything could be taken back/i.test(text)) return 'engine.unreachable';
  if (status === 503) return /sealed/i.test(text) ? 'seal.sealed' : 'audit.unavailable';
  return BY_STATUS[status] ?? 'internal';
}

const BY_STATUS: Readonly<Record<number, ErrorCode>> = {
  404: 'route.missing',
  405: 'request.unsupported',
  409: 'store.raced',
  412: 'store.raced',
  413: 'request.too-large',
  415: 'request.media-type',
  422: 'request.key-reused',
  429: 'request.limited',
  501: 'seal.uninitialized',
};

function badRequestCode(text: string): ErrorCode {
  if (/check-and-set/.test(text)) return 'store.check-and-set';
  if (/wrapping token/.test(text)) return 'wrapping.invalid';
  if (/no such lease|lease not found/i.test(text)) return 'lease.missing';
  if (/^there is no (?:static role|role|connection) \S+ at |^nothing is connected at /.test(text)) return 'engine.missing';
  if (/^the target refused: /.test(text)) return 'engine.refused';
  if (/^path is already in use at /.test(text)) return 'mount.in-use';
  if (/no entity associated|not given to a workload/.test(text)) return 'issuer.subject';
  if (/already initialized/.test(text)) return 'seal.initialized';
  if (/not initialized/.test(text)) return 'seal.uninitialized';
  return 'request.invalid';
}

function deniedCode(text: string, authenticated: boolean): ErrorCode {
  if (!authenticated) return 'access.token-missing';
  return /invalid token|bad token/.test(text) ? 'access.token-invalid' : 'access.denied';
}
