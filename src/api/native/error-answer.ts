import { z } from 'zod';
import { errorCatalogue, type WatchwordError } from '../../foundation/errors.ts';
import { statusOfKind } from '../status-codes.ts';

export const errorSchema = z.object({
  error: z.object({
    code: z.string().meta({ description: 'Stable; one of the codes in the catalogue of errors.' }),
    message: z.string().meta({ description: 'What was wrong. Never holds a secret.' }),
    remedy: z.string().meta({ description: 'What to do next.' }),
    request_id: z.string().meta({ description: 'Also in the audit log and, for incidents, in the log of the server.' }),
  }),
});

export interface ErrorAnswer {
  readonly status: number;
  readonly body: z.input<typeof errorSchema>;
  readonly retryAfter: number | undefined;
}

/** A refusal as our own API words it. Whatever is our own fault shows the request's id and nothing else. */
export function errorAnswer(error: WatchwordError, requestId: string): ErrorAnswer {
  const status = statusOfKind[error.kind];
  const told = isIncident(error)
    ? { code: 'internal', message: errorCatalogue.internal.summary, remedy: errorCatalogue.internal.remedy }
    : { code: error.code, message: error.message, remedy: error.remedy };
  return { status, body: { error: { ...told, request_id: requestId } }, retryAfter: error.retryAfter };
}

/** True when the answer says nothing but the request's id, so that the cause must be in the server's log. */
export function isIncident({ code, kind }: WatchwordError): boolean {
  // Somebody else's server, of which whoever may ask it for something may know.
  if (code === 'engine.unreachable') return false;
  return kind === 'internal' || kind === 'corrupt' || kind === 'unavailable';
}
