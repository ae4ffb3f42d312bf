import type { OutputOf } from '../../../access/operation-types.ts';
import { WatchwordError } from '../../../foundation/errors.ts';
import type { Secret } from '../../../foundation/secret.ts';
import { secret, wireTime } from '../fields.ts';
import { type AnyRoute, route, type WireReply, type WireRequest, type WireWrapInfo } from '../route.ts';

interface Wrapped {
  readonly token: Secret;
  readonly accessor: string;
  readonly ttl: number;
  readonly createdAt: number;
  readonly creationPath: string;
  readonly wrappedAccessor: string;
}

export function wrapInfoOf({ token, accessor, ttl, createdAt, creationPath, wrappedAccessor }: Wrapped): WireWrapInfo {
  return {
    token,
    accessor,
    ttl,
    creation_time: wireTime(createdAt),
    creation_path: creationPath,
    ...(wrappedAccessor === '' ? {} : { wrapped_accessor: wrappedAccessor }),
  };
}

/** The wrapping token, unless the caller calls with it: then there is nothing to name. */
function wrappingToken({ body, token }: WireRequest) {
  const named = secret(body, 'token');
  return { token: named !== undefined && token?.bytes.equals(named.bytes) === true ? undefined : named };
}

const wrapping = {
  method: 'POST',
  decode: wrappingToken,
  // What is no text is refused once the door has been asked.
  callingToken: (body: WireRequest['body']) => (typeof body['token'] === 'object' ? undefined : secret(body, 'token')),
  tokenInvalid: (request: WireRequest) => (wrappingToken(request).token === undefined ? 'wrapping.invalid' : undefined),
} as const;

/** @param encodeAs how the operation whose answer was wrapped answers */
export function wrappingRoutes(encodeAs: (operation: string, output: unknown, request: WireRequest) => WireReply) {
  const routes: readonly AnyRoute[] = [
    route({
      method: 'POST',
      pattern: 'wrapping/wrap',
      operation: 'wrapping.wrap',
      decode: ({ body }) => ({ data: body }),
      encode: ({ data }) => ({ data, topLevel: true }),
    }),
    route({
      ...wrapping,
      pattern: 'wrapping/unwrap',
      operation: 'wrapping.unwrap',
      encode: ({ operation, output }, request) => ({ ...encodeAs(operation, output, request), topLevel: false }),
    }),
    route({
      ...wrapping,
      pattern: 'wrapping/rewrap',
      operation: 'wrapping.rewrap',
      encode: (output) => ({ wrapInfo: wrapInfoOf(output) }),
    }),
    route({
      ...wrapping,
      method: ['GET', 'POST'],
      pattern: 'wrapping/lookup',
      operation: 'wrapping.lookup',
      encode: lookupReply,
    }),
  ];
  return routes;
}

function lookupReply({ creationPath, createdAt, creationTtl }: OutputOf<'wrapping.lookup'>): WireReply {
  return { data: { creation_path: creationPath, creation_time: wireTime(createdAt), creation_ttl: creationTtl } };
}

/** Answers of any operation, by its name. @param routes every route but those of wrapping itself */
export function encoderOf(routes: readonly AnyRoute[]) {
  const byOperation = new Map<string, AnyRoute>();
  for (const candidate of routes) {
    if (!byOperation.has(candidate.operation)) byOperation.set(candidate.operation, candidate);
  }
  return (operation: string, output: unknown, request: WireRequest): WireReply => {
    if (operation === 'wrapping.wrap') return { data: (output as OutputOf<'wrapping.wrap'>).data };
    const answered = byOperation.get(operation);
    if (answered === undefined) throw new WatchwordError('internal', 'a wrapped answer of an operation without a route');
    return answered.encode(output, request);
  };
}
