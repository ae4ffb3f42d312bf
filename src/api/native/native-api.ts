import type { IncomingMessage, ServerResponse } from 'node:http';
import { type FastifyInstance, type FastifyReply, type FastifyRequest, fastify } from 'fastify';
import type { Door } from '../../access/door-contract.ts';
import { isWatchwordError, WatchwordError } from '../../foundation/errors.ts';
import { newId } from '../../foundation/ids.ts';
import type { Logger } from '../../foundation/ports.ts';
import { HttpCaller } from './caller.ts';
import type { AnyEndpoint } from './endpoint.ts';
import { endpoints } from './endpoints/index.ts';
import { errorAnswer, isIncident } from './error-answer.ts';
import { BASE, describeApi } from './openapi.ts';
import { checkQuery } from './query.ts';

export interface NativeApiDependencies {
  readonly door: Door;
  readonly logger: Logger;
}

export interface NativeApi {
  /** Answers whatever is not below `/v1`; never throws. */
  handle(request: IncomingMessage, response: ServerResponse): void;
  /** The OpenAPI 3.1 document. */
  openapi(): object;
  close(): Promise<void>;
}

const headers = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

const WELCOME = `Watchword: secrets and credential management for machine-learning workloads.

/v1/                   Vault's API: use any Vault client
${BASE}/openapi.json   our own API, described
`;

/** The OpenAPI 3.1 document; needs no server. */
export function openapi(): object {
  return describeApi(endpoints);
}

/** Our own HTTP API below `/api/v1`, for a server that hands its requests over. */
export function createNativeApi({ door, logger }: NativeApiDependencies): NativeApi {
  const app = fastify({
    genReqId: () => newId(),
    frameworkErrors: (_error, request, reply) => refuse(new WatchwordError('request.malformed'), request, reply),
  });
  const refuse = refuser(logger);
  app.setErrorHandler((error, request, reply) => refuse(error, request, reply));
  // Before Fastify reads a body that nobody asked for.
  app.addHook('onRequest', async (request) => {
    if (request.is404) throw missing(request);
  });
  app.get('/', (_request, reply) => reply.headers(headers).type('text/plain; charset=utf-8').send(WELCOME));
  const document = Buffer.from(`${JSON.stringify(openapi(), null, 2)}\n`);
  app.get(`${BASE}/openapi.json`, (_request, reply) => sendJson(reply, 200, document));
  for (const endpoint of endpoints) addEndpoint(app, door, endpoint);
  const ready = app.ready();
  return {
    handle: (request, response) => void ready.then(() => app.routing(request, response)),
    openapi,
    close: () => app.close(),
  };
}

function addEndpoint(app: FastifyInstance, door: Door, endpoint: AnyEndpoint): void {
  app.get(`${BASE}${endpoint.path}`, async (request, reply) => {
    const caller = new HttpCaller(door, request.raw, request.id);
    try {
      const query = checkQuery(endpoint.query, request.raw.url ?? '');
      return sendJson(reply, 200, encode(await again(() => endpoint.answer(query, caller))));
    } finally {
      caller.dispose();
    }
  });
}

/** Once more when another request came in between: what was found first may have moved meanwhile. */
async function again<Result>(attempt: () => Promise<Result>): Promise<Result> {
  try {
    return await attempt();
  } catch (error) {
    if (isWatchwordError(error, 'store.raced')) return attempt();
    throw error;
  }
}

function missing({ raw }: FastifyRequest): WatchwordError {
  const path = (raw.url ?? '').split('?', 1)[0];
  const known = path === '/' || [...endpoints, { path: '/openapi.json' }].some((endpoint) => `${BASE}${endpoint.path}` === path);
  return known ? new WatchwordError('request.unsupported', 'only GET is offered here') : new WatchwordError('route.unknown');
}

function refuser(logger: Logger) {
  return (error: unknown, request: FastifyRequest, reply: FastifyReply) => {
    const refusal = asRefusal(error, request);
    if (isIncident(refusal)) logger.error('a request was refused with an incident', { incident: request.id, code: refusal.code });
    const { status, body, retryAfter } = errorAnswer(refusal, request.id);
    if (retryAfter !== undefined) reply.header('retry-after', Math.max(1, Math.ceil(retryAfter)));
    if (status === 405) reply.header('allow', 'GET, HEAD');
    return sendJson(reply, status, encode(body));
  };
}

function asRefusal(error: unknown, request: FastifyRequest): WatchwordError {
  if (error instanceof WatchwordError) return error;
  const status = error instanceof Error && 'statusCode' in error ? Number(error.statusCode) : 500;
  // A method that Fastify has never heard of, such as LIST.
  if (status === 404) return missing(request);
  return new WatchwordError(status >= 400 && status < 500 ? 'request.malformed' : 'internal', undefined, { cause: error });
}

function encode(value: unknown): Buffer {
  return Buffer.from(`${JSON.stringify(value)}\n`);
}

/** Bytes, not text: to a text Fastify would add a charset, which clients of Vault's API do not expect. */
function sendJson(reply: FastifyReply, status: number, body: Buffer): FastifyReply {
  return reply.status(status).headers(headers).header('content-type', 'application/json').send(body);
}
