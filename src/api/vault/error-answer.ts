import { errorCatalogue, type WatchwordError } from '../../foundation/errors.ts';
import { statusOfKind } from '../status-codes.ts';
import { errorAnswer, type WireAnswer } from './envelope.ts';

/** Words that clients look for, whatever we would say ourselves. */
const words: Readonly<Record<string, string>> = {
  'seal.sealed': 'Vault is sealed',
  'seal.uninitialized': 'Vault is not initialized',
  'seal.initialized': 'Vault is already initialized',
  'wrapping.invalid': 'wrapping token is not valid or does not exist',
  'request.unsupported': 'unsupported operation',
};

/**
 * A refusal as Vault words it. Whatever is our own fault shows the request's id and nothing else; the id leads to the
 * cause in the server's log.
 */
export function refusalAnswer(error: WatchwordError, requestId: string): WireAnswer {
  const status = statusOfKind[error.kind];
  if (error.code === 'store.missing') return errorAnswer(status, []);
  if (isIncident(error)) return errorAnswer(status, [`incident ${requestId}`], error.retryAfter);
  return errorAnswer(status, [words[error.code] ?? wordsOf(error)], error.retryAfter);
}

/** True when the answer is an incident id, so that the cause must be in the server's log. */
export function isIncident({ code, kind }: WatchwordError): boolean {
  // Somebody else's server, of which whoever may ask it for something may know.
  if (code === 'engine.unreachable') return false;
  return kind === 'internal' || kind === 'corrupt' || kind === 'unavailable';
}

/** All refusals of access read alike, unless the operation found words of its own; a field is named as the wire names it. */
function wordsOf({ code, kind, message, where }: WatchwordError): string {
  if (kind === 'denied' && message === errorCatalogue[code].summary) return 'permission denied';
  if (where === undefined || !message.startsWith(`${where}: `)) return message;
  return where.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`) + message.slice(where.length);
}
