import { integer, text } from '../fields.ts';
import type { WireReply, WireRequest } from '../route.ts';

/** What is listed, from where on and how much of it. */
export function pageOf({ params, body }: WireRequest) {
  return { path: params['path'] ?? '', after: text(body, 'after'), limit: integer(body, 'limit') };
}

/** No keys are nothing: 404. */
export function keysReply(output: { readonly keys: readonly string[] } | null): WireReply {
  return output === null || output.keys.length === 0 ? {} : { data: { keys: output.keys } };
}
