import type { IncomingMessage, ServerResponse } from 'node:http';
import { type FastifyInstance, type FastifyReply, type FastifyRequest, fastify } from 'fastify';
import type { z } from 'zod';
import type { Door } from '../../access/door-contract.ts';
import { WatchwordError } from '../../foundation/errors.ts';
import { newId } from '../../foundation/ids.ts';
import type { Logger } from '../../foundation/ports.ts';
import { HttpCaller } from './caller.ts';
import type { AnyEndpoint } from './endpoint.ts';
import { endpoints } from './endpoints/index.ts';
import { errorAnswer, isIncident } from './error-answer.ts';
import { BASE, describeApi } from './openapi.ts';

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
  // No endpoint takes a body: whatever is sent stays unread.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (_request, _body, done) => done(null));
  const refuse = refuser(logger);
  app.setErrorHandler((error, request, reply) => refuse(error, request, reply));
  app.setNotFoundHandler((request, reply) => refuse(missing(request), request, reply));
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
      return sendJson(reply, 200, encode(await endpoint.answer(query, caller)));
    } finally {
      caller.dispose();
    }
  });
}

/** @throws WatchwordError `request.malformed`, `request.invalid` */
function checkQuery<Query extends z.ZodObject>(schema: Query, url: string): z.output<Query> {
  const mark = url.indexOf('?');
  const text = mark < 0 ? '' : url.slice(mark + 1);
  try {
    decodeURIComponent(text);
  } catch {
    throw new WatchwordError('request.malformed', 'the query is not valid percent-encoded UTF-8', { where: 'query' });
  }
  const values: Record<string, unknown> = {};
  for (const [name, value] of new URLSearchParams(text)) {
    if (Object.hasOwn(values, name))
      throw new WatchwordError('request.invalid', 'a parameter is given twice', { where: 'query' });
    Object.defineProperty(values, name, { value, enumerable: true });
  }
  const parsed = schema.safeParse(values);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  // Names that are not ours are the caller's words: they are not repeated.
  const where = issue?.code === 'unrecognized_keys' ? 'query' : (issue?.path.join('.') ?? 'query');
  const message = issue?.code === 'unrecognized_keys' ? 'unknown parameter' : (issue?.message ?? 'invalid');
  throw new WatchwordError('request.invalid', `${where}: ${message}`, { where });
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

function asRefusal(error: unknown): WatchwordError {
  if (error instanceof WatchwordError) return error;
  const status = error instanceof Error && 'statusCode' in error ? Number(error.statusCode) : 500;
  return new WatchwordError(status >= 400 && status < 500 ? 'request.malformed' : 'internal', undefined, { cause: error });
}

function encode(value: unknown): Buffer {
  return Buffer.from(`${JSON.stringify(value)}\n`);
}

/** Bytes, not text: to a text Fastify would add a charset, which clients of Vault's API do not expect. */
function sendJson(reply: FastifyReply, status: number, body: Buffer): FastifyReply {
  return reply.status(status).headers(headers).header('content-type', 'application/json').send(body);
}
