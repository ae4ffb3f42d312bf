import type { IncomingMessage } from 'node:http';
import { WatchwordError } from '../../foundation/errors.ts';
import { Secret } from '../../foundation/secret.ts';
import { parseDuration } from '../../foundation/time.ts';
import { checkLocalHost } from './local-host.ts';
import { formFields } from './request-body.ts';
import { decodePath, rawPath } from './request-path.ts';
import type { WireMethod } from './route.ts';

/** What a request says before its body. */
export interface RequestHead {
  /** Undefined for a method that no path offers. */
  readonly method: WireMethod | undefined;
  /** Below `/v1/`, decoded; for LIST and SCAN with a slash at its end. */
  readonly path: string;
  /** Query parameters as data. */
  readonly query: Readonly<Record<string, unknown>>;
  /** `?help=1`: what the path offers, instead of an answer. */
  readonly help: boolean;
  readonly token: Secret | undefined;
  /** True when the client named the only namespace there is; it is told so. */
  readonly namespaced: boolean;
  /** What the client calls this request, so that the same one again does nothing anew. */
  readonly idempotencyKey: string | undefined;
  /** Whole seconds. */
  readonly wrapTtl: number | undefined;
  /** Media type in lower case without parameters; empty when there was none. */
  readonly contentType: string;
  /** Below `/v1/`: decoded where that is possible, else as it was sent. */
  readonly requestPath: string;
  /** The first thing that was wrong: what hangs on it has the value of a request that does not say it. */
  readonly unfit: WatchwordError | undefined;
}

const METHODS: Readonly<Record<string, WireMethod>> = {
  GET: 'GET',
  HEAD: 'GET',
  LIST: 'LIST',
  SCAN: 'SCAN',
  POST: 'POST',
  PUT: 'POST',
  PATCH: 'PATCH',
  DELETE: 'DELETE',
};
const TRUE = new Set(['1', 't', 'T', 'TRUE', 'true', 'True']);
const FALSE = new Set(['', '0', 'f', 'F', 'FALSE', 'false', 'False']);
const NO_QUERY: Readonly<Record<string, unknown>> = Object.freeze({});
const MERGE_PATCH = 'application/merge-patch+json';

/** Never throws: what is wrong is in `unfit`, and the door says who learns of it. */
export function readHead(request: IncomingMessage): RequestHead {
  const { headers, method: verb = '', url = '' } = request;
  const mark = url.indexOf('?');
  const target = mark < 0 ? url : url.slice(0, mark);
  const query = mark < 0 ? NO_QUERY : formFields(url.slice(mark + 1));
  const contentType = mediaType(headers['content-type']);
  let unfit: WatchwordError | undefined;
  const orElse = <Value>(read: () => Value, otherwise: Value): Value => {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof WatchwordError)) throw error;
      unfit ??= error;
      return otherwise;
    }
  };
  const named = Object.hasOwn(METHODS, verb) ? METHODS[verb] : undefined;
  const method = orElse(() => listing(named, query), named);
  const decoded = orElse(() => decodePath(target), undefined);
  const path = decoded === undefined ? '' : pathFor(method, decoded);
  orElse(() => checkMediaType(method, contentType), undefined);
  if (path === 'sys/init' && method === 'POST') orElse(() => checkLocalHost(request), undefined);
  return {
    method,
    path,
    query: withoutReserved(query),
    help: method === 'GET' && Object.hasOwn(query, 'help'),
    token: tokenOf(headers['x-vault-token'], headers.authorization),
    namespaced: orElse(() => checkNamespace(headers['x-vault-namespace']), false),
    idempotencyKey: headers['idempotency-key'] as string | undefined,
    wrapTtl: orElse(() => wrapTtlOf(headers['x-vault-wrap-ttl']), undefined),
    contentType,
    requestPath: decoded === undefined ? rawPath(target) : path,
    unfit,
  };
}

function pathFor(method: WireMethod | undefined, path: string): string {
  return (method === 'LIST' || method === 'SCAN') && !path.endsWith('/') ? `${path}/` : path;
}

function checkMediaType(method: WireMethod | undefined, contentType: string): void {
  if (method !== 'PATCH' || contentType === MERGE_PATCH) return;
  throw new WatchwordError('request.media-type', `PATCH requires Content-Type of ${MERGE_PATCH}`, { where: 'Content-Type' });
}

/** `?list=true` and `?scan=true` stand for methods that many HTTP clients cannot send. */
function listing(method: WireMethod | undefined, query: Readonly<Record<string, unknown>>): WireMethod | undefined {
  if (method !== 'GET' || query === NO_QUERY) return method;
  if (flag(query, 'list')) return 'LIST';
  return flag(query, 'scan') ? 'SCAN' : 'GET';
}

function flag(query: Readonly<Record<string, unknown>>, name: string): boolean {
  const value = query[name];
  const text = Array.isArray(value) ? value[0] : (value ?? '');
  if (TRUE.has(text)) return true;
  if (FALSE.has(text)) return false;
  throw new WatchwordError('request.invalid', `${name} is not a boolean`, { where: name });
}

function withoutReserved(query: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  if (query === NO_QUERY) return query;
  const { list: _list, scan: _scan, help: _help, ...data } = query;
  return data;
}

function mediaType(header: string | undefined): string {
  if (header === undefined || header === 'application/json') return header ?? '';
  return (header.split(';', 1)[0] ?? '').trim().toLowerCase();
}

type Header = string | string[] | undefined;

export function tokenOf(header: Header, authorization: string | undefined): Secret | undefined {
  if (typeof header === 'string' && header !== '') return Secret.fromText(header);
  if (authorization === undefined || !/^(?:bearer|dpop) /i.test(authorization)) return undefined;
  const token = authorization.slice(authorization.indexOf(' ')).trim();
  return token === '' ? undefined : Secret.fromText(token);
}

export function checkNamespace(header: Header): boolean {
  if (header === undefined) return false;
  if (typeof header === 'string' && /^\/?(root\/?)?$/.test(header)) return true;
  throw new WatchwordError('route.missing', 'there is no such namespace: only root exists', { where: 'X-Vault-Namespace' });
}

function wrapTtlOf(header: Header): number | undefined {
  if (header === undefined) return undefined;
  const seconds = parseDuration(typeof header === 'string' ? header : Number.NaN, 'X-Vault-Wrap-TTL');
  if (seconds < 0) {
    throw new WatchwordError('request.invalid', 'requested wrapping TTL cannot be negative', { where: 'X-Vault-Wrap-TTL' });
  }
  return seconds === 0 ? undefined : Math.ceil(seconds);
}
