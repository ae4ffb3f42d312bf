import type { IncomingMessage, ServerResponse } from 'node:http';
import { type FastifyInstance, type FastifyReply, type FastifyRequest, fastify } from 'fastify';
import type { Door } from '../../access/door-contract.ts';
import { isWatchwordError, WatchwordError } from '../../foundation/errors.ts';
import { newId } from '../../foundation/ids.ts';
import type { Logger } from '../../foundation/ports.ts';
import { checkNamespace } from '../vault/request-head.ts';
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
    frameworkErrors: (_error, request, reply) => {
      const refusal = new WatchwordError('request.malformed');
      void refuseAtTheDoor(door, request, refusal).catch((error) => refuse(error, request, reply));
    },
  });
  const refuse = refuser(logger);
  app.setErrorHandler(async (error, request, reply) => {
    if (!isUnknownMethod(error)) return refuse(error, request, reply);
    return refuseAtTheDoor(door, request, missing(request)).catch((refusal) => refuse(refusal, request, reply));
  });
  // Before Fastify reads a body that nobody asked for.
  app.addHook('onRequest', async (request) => {
    if (request.is404) await refuseAtTheDoor(door, request, missing(request));
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
      const query = await checked(endpoint, request, caller);
      return sendJson(reply, 200, encode(await again(() => endpoint.answer(query, caller))));
    } finally {
      caller.dispose();
    }
  });
}

async function checked({ operation, query }: AnyEndpoint, { raw }: FastifyRequest, caller: HttpCaller) {
  try {
    checkNamespace(raw.headers['x-vault-namespace']);
    return checkQuery(query, raw.url ?? '');
  } catch (error) {
    if (error instanceof WatchwordError) return caller.refuse(operation, error);
    throw error;
  }
}

/**
 * What leads to no endpoint: below the API the door says who learns that. Elsewhere there is nothing to learn.
 * @throws WatchwordError `refusal`, or the door's own
 */
async function refuseAtTheDoor(door: Door, { raw, id }: FastifyRequest, refusal: WatchwordError): Promise<never> {
  if (!raw.url?.startsWith(`${BASE}/`)) throw refusal;
  const caller = new HttpCaller(door, raw, id);
  try {
    return await caller.refuse(refusal.code === 'request.unsupported' ? 'system.unsupported' : 'system.unrouted', refusal);
  } finally {
    caller.dispose();
  }
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
    const refusal = asRefusal(error);
    if (isIncident(refusal)) logger.error('a request was refused with an incident', { incident: request.id, code: refusal.code });
    const { status, body, retryAfter } = errorAnswer(refusal, request.id);
    if (retryAfter !== undefined) reply.header('retry-after', Math.max(1, Math.ceil(retryAfter)));
    if (status === 405) reply.header('allow', 'GET, HEAD');
    return sendJson(reply, status, encode(body));
  };
}

function statusOf(error: unknown): number {
  return error instanceof Error && 'statusCode' in error ? Number(error.statusCode) : 500;
}

/** A method that Fastify has never heard of, such as LIST. */
function isUnknownMethod(error: unknown): boolean {
  return !(error instanceof WatchwordError) && statusOf(error) === 404;
}

function asRefusal(error: unknown): WatchwordError {
  if (error instanceof WatchwordError) return error;
  const status = statusOf(error);
  return new WatchwordError(status >= 400 && status < 500 ? 'request.malformed' : 'internal', undefined, { cause: error });
}

function encode(value: unknown): Buffer {
  return Buffer.from(`${JSON.stringify(value)}\n`);
}

/** Bytes, not text: to a text Fastify would add a charset, which clients of Vault's API do not expect. */
function sendJson(reply: FastifyReply, status: number, body: Buffer): FastifyReply {
  return reply.status(status).headers(headers).header('content-type', 'application/json').send(body);
}
