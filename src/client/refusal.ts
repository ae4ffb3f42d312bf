import { type ErrorCode, WatchwordError } from '../foundation/errors.ts';

/** The server answered, and said no. The message is the server's own. */
export class ServerRefusal extends WatchwordError {
  override readonly name = 'ServerRefusal';
  readonly status: number;

  constructor(status: number, errors: readonly string[], details: { authenticated: boolean; retryAfter?: number }) {
    const text = errors.map(plain).filter(Boolean).join('; ');
    super(codeOf(status, text, details.authenticated), text === '' ? `The server answered ${status}.` : text, {
      ...(details.retryAfter === undefined ? {} : { retryAfter: details.retryAfter }),
    });
    this.status = status;
  }

  override get remedy(): string {
    if (this.status < 500 || this.status === 501 || this.code === 'seal.sealed') return super.remedy;
    if (this.status === 503) return 'Try again in a moment; `watchword status` and the log of the server say more.';
    return super.remedy;
  }
}

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
  if (status === 403) return deniedCode(text, authenticated);
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
  429: 'request.limited',
  501: 'seal.uninitialized',
};

function badRequestCode(text: string): ErrorCode {
  if (/check-and-set/.test(text)) return 'store.check-and-set';
  if (/wrapping token/.test(text)) return 'wrapping.invalid';
  if (/not initialized/.test(text)) return 'seal.uninitialized';
  return 'request.invalid';
}

function deniedCode(text: string, authenticated: boolean): ErrorCode {
  if (!authenticated) return 'access.token-missing';
  return /invalid token|bad token/.test(text) ? 'access.token-invalid' : 'access.denied';
}
