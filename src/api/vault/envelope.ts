import { JsonBytes } from './json-bytes.ts';
import type { WireMethod, WireReply } from './route.ts';

/** A whole answer, ready to be sent. */
export interface WireAnswer {
  readonly status: number;
  readonly contentType: string;
  /** Undefined for 204. */
  readonly body: Buffer | undefined;
  /** The body holds a secret: zero it once it is written. */
  readonly secret: boolean;
  /** Seconds. */
  readonly retryAfter?: number | undefined;
  /** Seconds; absent where nobody may keep it. */
  readonly cacheSeconds?: number | undefined;
}

/** Vault's media type to the letter: hvac compares it with `==`. */
const JSON_TYPE = 'application/json';
const NOTHING: WireAnswer = { status: 204, contentType: JSON_TYPE, body: undefined, secret: false };

/** `{"errors":[…]}`; without messages, that there is nothing. */
export function errorAnswer(status: number, errors: readonly string[], retryAfter?: number): WireAnswer {
  return { status, contentType: JSON_TYPE, body: Buffer.from(`${JSON.stringify({ errors })}\n`), secret: false, retryAfter };
}

export interface Circumstances {
  readonly requestId: string;
  readonly method: WireMethod;
  /** From the operation, besides those of the reply. */
  readonly warnings: readonly string[];
}

/** Vault's envelope around a reply, its keys in Vault's order. */
export function replyAnswer(reply: WireReply, circumstances: Circumstances): WireAnswer {
  if (reply.text !== undefined) {
    const { contentType, content } = reply.text;
    return { status: reply.status ?? 200, contentType, body: Buffer.from(content), secret: false };
  }
  const json = new JsonBytes();
  if (reply.bare !== undefined) json.value(reply.bare);
  else {
    const warnings = [...circumstances.warnings, ...(reply.warnings ?? [])];
    if (isNothing(reply, warnings)) return reads(circumstances.method) ? errorAnswer(404, []) : NOTHING;
    writeEnvelope(json, reply, circumstances.requestId, warnings);
  }
  json.raw('\n');
  const { secret } = json;
  const { status = 200, cacheSeconds } = reply;
  return { status, contentType: JSON_TYPE, body: json.finish(), secret, cacheSeconds };
}

function isNothing({ data, auth, wrapInfo, leaseId }: WireReply, warnings: readonly string[]): boolean {
  return [data, auth, wrapInfo, leaseId].every((part) => part === undefined) && warnings.length === 0;
}

function reads(method: WireMethod): boolean {
  return method === 'GET' || method === 'LIST' || method === 'SCAN';
}

function writeEnvelope(json: JsonBytes, reply: WireReply, requestId: string, warnings: readonly string[]): void {
  json.raw('{');
  const { data } = reply;
  const copied = reply.topLevel === true && typeof data === 'object' && data !== null;
  const lead = copied ? json.members(data, '') : '';
  const { leaseId = '', renewable = false, leaseDuration = 0 } = reply;
  const lease = `"lease_id":${JSON.stringify(leaseId)},"renewable":${renewable},"lease_duration":${leaseDuration}`;
  json.raw(`${lead}"request_id":"${requestId}",${lease},"data":`);
  json.value(data ?? null);
  json.raw(',"wrap_info":');
  json.value(reply.wrapInfo ?? null);
  json.raw(`,"warnings":${warnings.length === 0 ? 'null' : JSON.stringify(warnings)},"auth":`);
  json.value(reply.auth ?? null);
  json.raw('}');
}
