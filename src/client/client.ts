import { isJsonObject, type JsonObject, parseExactJson } from '../foundation/exact-json.ts';
import type { Secret } from '../foundation/secret.ts';
import type { Connection } from './connection.ts';
import { ServerRefusal } from './refusal.ts';
import { createTransport, type HttpAnswer, type Transport } from './transport.ts';
import { CHECK_ADDRESS, Unreachable } from './unreachable.ts';

/** Vault's answer as it stands on the wire. Numbers that JavaScript would change are raw JSON values. */
export type Envelope = JsonObject;

export interface RequestOptions {
  readonly query?: Readonly<Record<string, string | undefined>>;
  readonly body?: JsonObject;
  /** Ask for the answer to be kept under a wrapping token for this long (`60` or `1h`). */
  readonly wrapTtl?: string | undefined;
  /** Another token than the connection's. */
  readonly token?: Secret;
  /** Printable ASCII. The same request with the same key, from the same token, is done once, and answered again. */
  readonly idempotencyKey?: string | undefined;
  /** Waits no longer when it is aborted; whether the server did what was asked is not known then. */
  readonly signal?: AbortSignal | undefined;
}

interface WireCall extends RequestOptions {
  readonly method: string;
  /** Absolute path below the address, not encoded. */
  readonly path: string;
  readonly mediaType?: string;
}

/**
 * Our HTTP API as seen by a client: Vault's wire below `/v1`, our own below `/api/v1`. Paths are given as people write them
 * (`secret/data/team/db`); encoding is done here.
 * Every method throws {@link ServerRefusal} for an answer that refuses, and WatchwordError `client.unreachable` for none.
 */
export class WatchwordClient {
  readonly connection: Connection;
  readonly #send: Transport;

  constructor(connection: Connection, transport?: Transport) {
    this.connection = connection;
    this.#send = transport ?? createTransport(connection);
  }

  /** Undefined when there is nothing at the path. */
  read(path: string, options: RequestOptions = {}): Promise<Envelope | undefined> {
    return this.#call({ ...options, method: 'GET', path: v1(path) });
  }

  /** As `GET ?list=true`, which passes every proxy. */
  list(path: string, options: RequestOptions = {}): Promise<Envelope | undefined> {
    return this.#call({ ...options, method: 'GET', path: v1(path), query: { list: 'true', ...options.query } });
  }

  /** Undefined when the server has nothing to say about it. */
  write(path: string, body: JsonObject, options: RequestOptions = {}): Promise<Envelope | undefined> {
    return this.#call({ ...options, method: 'PUT', path: v1(path), body });
  }

  /** JSON merge patch (RFC 7396). */
  patch(path: string, body: JsonObject, options: RequestOptions = {}): Promise<Envelope | undefined> {
    return this.#call({ ...options, method: 'PATCH', path: v1(path), body, mediaType: 'application/merge-patch+json' });
  }

  delete(path: string, options: RequestOptions = {}): Promise<Envelope | undefined> {
    return this.#call({ ...options, method: 'DELETE', path: v1(path) });
  }

  /** Our own API: `native('status')` is `GET /api/v1/status`. */
  native(path: string, options: RequestOptions = {}): Promise<JsonObject | undefined> {
    return this.#call({ ...options, method: 'GET', path: `/api/v1/${path}` });
  }

  async #call(call: WireCall): Promise<Envelope | undefined> {
    const token = call.token ?? this.connection.token;
    const headers = this.#headers(call, token);
    const body = call.body === undefined ? undefined : Buffer.from(JSON.stringify(call.body));
    const target = this.#target(call);
    const { method, signal } = call;
    const request = { method, headers, ...(body === undefined ? {} : { body }), ...(signal === undefined ? {} : { signal }) };
    try {
      let answer = await this.#send({ ...request, target });
      // A standby node names the active one. One step, and never to another server: the request carries a token.
      if (answer.status === 307 || answer.status === 308) {
        answer = await this.#send({ ...request, target: this.#sameServer(answer, target) });
      }
      return result(answer, { authenticated: token !== undefined, path: call.path });
    } finally {
      body?.fill(0);
    }
  }

  #headers({ mediaType, wrapTtl, body, idempotencyKey }: WireCall, token: Secret | undefined): Record<string, string> {
    const { namespace, address } = this.connection;
    return {
      Host: address.host,
      Accept: 'application/json',
      'X-Vault-Request': 'true',
      ...(token === undefined ? {} : { 'X-Vault-Token': token.text }),
      ...(namespace === undefined ? {} : { 'X-Vault-Namespace': namespace }),
      ...(wrapTtl === undefined ? {} : { 'X-Vault-Wrap-TTL': wrapTtl }),
      ...(idempotencyKey === undefined ? {} : { 'Idempotency-Key': idempotencyKey }),
      ...(body === undefined ? {} : { 'Content-Type': mediaType ?? 'application/json' }),
    };
  }

  #target({ path, query = {} }: WireCall): string {
    const base = this.connection.address.pathname.replace(/\/+$/, '');
    const search = new URLSearchParams(
      Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined),
    );
    return `${base}${path.split('/').map(encodeURIComponent).join('/')}${search.size === 0 ? '' : `?${search}`}`;
  }

  #sameServer({ headers }: HttpAnswer, target: string): string {
    const { address } = this.connection;
    const location = typeof headers.location === 'string' ? headers.location : '';
    const next = URL.canParse(location, address.href) ? new URL(location, new URL(target, address)) : undefined;
    if (next?.origin === address.origin) return `${next.pathname}${next.search}`;
    throw new Unreachable(
      `${address.origin} redirects to another server (${next?.origin ?? 'without an address'}), which would get the token.`,
      'Give the address of that server itself, if you mean it.',
    );
  }
}

const v1 = (path: string) => `/v1/${path.replace(/^\/+/, '')}`;

function result(answer: HttpAnswer, asked: { readonly authenticated: boolean; readonly path: string }): Envelope | undefined {
  const { status } = answer;
  const body = parsed(answer);
  if (status >= 200 && status < 300) return body;
  // A deleted version answers 404, and says in its data when it was deleted.
  if (status === 404 && body !== undefined && (isJsonObject(body.data) || Array.isArray(body.warnings))) return body;
  const reasons = refusalReasons(body);
  if (status === 404 && reasons?.errors.length === 0) return undefined;
  const retryAfter = Number(answer.headers['retry-after']);
  throw new ServerRefusal(status, { ...reasons, ...asked, ...(retryAfter > 0 ? { retryAfter } : {}) });
}

function parsed({ body, status }: HttpAnswer): Envelope | undefined {
  if (body.length === 0) return undefined;
  try {
    const value = parseExactJson(body.toString('utf8'));
    if (isJsonObject(value)) return value;
  } catch {
    // Answered below: the text may hold anything, so it is not repeated.
  }
  if (status >= 400) return undefined;
  throw new Unreachable('What answers at this address does not speak this API (no JSON object).', CHECK_ADDRESS);
}

/** Vault's `{"errors": […]}`, or our own `{"error": {"code", "message"}}`; undefined when it is neither. */
function refusalReasons(body: Envelope | undefined): { errors: readonly string[]; code?: string } | undefined {
  if (Array.isArray(body?.errors)) return { errors: body.errors.filter((text): text is string => typeof text === 'string') };
  const error = isJsonObject(body?.error) ? body.error : {};
  if (typeof error.message !== 'string') return undefined;
  return { errors: [error.message], ...(typeof error.code === 'string' ? { code: error.code } : {}) };
}
