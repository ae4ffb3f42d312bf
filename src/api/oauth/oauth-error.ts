import { errorCatalogue, type WatchwordError } from '../../foundation/errors.ts';
import { statusOfKind } from '../status-codes.ts';
import type { WireAnswer } from '../vault/envelope.ts';

/** What each parameter's being wrong is called (RFC 6749 § 5.2, RFC 8693 § 2.2.2). */
const errorsByParameter: Readonly<Record<string, string>> = {
  grant_type: 'unsupported_grant_type',
  scope: 'invalid_scope',
  audience: 'invalid_target',
};
const NOT_TOLD = /[^\x20-\x21\x23-\x5b\x5d-\x7e]/g;

/**
 * A refusal as OAuth words it. Who may not is told no more than that: for a subject token RFC 8693 calls it an invalid request, for
 * an assertion RFC 7523 calls it an invalid grant.
 */
export function oauthError(error: WatchwordError, grant: 'exchange' | 'bearer' | undefined, requestId: string): WireAnswer {
  const { status, name, description } = worded(error, grant, requestId);
  const text = description.replace(NOT_TOLD, "'");
  const body = Buffer.from(`${JSON.stringify({ error: name, error_description: text })}\n`);
  return { status, contentType: 'application/json', body, secret: false, retryAfter: error.retryAfter };
}

function worded(error: WatchwordError, grant: 'exchange' | 'bearer' | undefined, requestId: string) {
  const { kind, code, message, where = '' } = error;
  const status = statusOfKind[kind];
  switch (kind) {
    case 'internal':
    case 'corrupt':
      return { status, name: 'server_error', description: `incident ${requestId}` };
    case 'unavailable':
    case 'sealed':
    case 'uninitialized':
    case 'limited':
      return { status, name: 'temporarily_unavailable', description: errorCatalogue[code].summary };
    case 'conflict':
      return { status: 503, name: 'temporarily_unavailable', description: 'another request came in between: send it again' };
    case 'denied':
      return { status: 400, name: grant === 'bearer' ? 'invalid_grant' : 'invalid_request', description: 'permission denied' };
    case 'unsupported':
      return { status, name: 'invalid_request', description: message };
    default: {
      const name = code === 'issuer.audience' ? 'invalid_target' : undefined;
      const found = Object.hasOwn(errorsByParameter, where) ? errorsByParameter[where] : undefined;
      return { status: kind === 'too-large' ? status : 400, name: name ?? found ?? 'invalid_request', description: message };
    }
  }
}
