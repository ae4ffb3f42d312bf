import { TargetError } from './engine.ts';

/** Before a connection is there, nothing was sent. */
const NOT_CONNECTED = /^(?:ECONNREFUSED|ENOTFOUND|EAI_\w+|EHOSTUNREACH|ENETUNREACH|EHOSTDOWN|network\.(?:url|header|address))$/;
const NO_TRUST = /CERT|SELF_SIGNED|SIGNATURE|ALTNAME|_SSL_|_TLS_|EPROTO|CRL|PEM/;

/**
 * What it means for a target that a request over HTTP got no answer; one that is a TargetError already stays what it is.
 * @param what was asked, for the message @param changes whether it may have been done, had it arrived
 */
export function networkFailure(error: unknown, what: string, changes: boolean): TargetError {
  if (error instanceof TargetError) return error;
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (NO_TRUST.test(code)) {
    return new TargetError('refused', `${what}: the server's certificate is not accepted, or it speaks no TLS (${code})`);
  }
  const nothingSent = NOT_CONNECTED.test(code) || !changes;
  return new TargetError(nothingSent ? 'unreachable' : 'unknown-outcome', `${what}: no answer (${code || 'failed'})`);
}
