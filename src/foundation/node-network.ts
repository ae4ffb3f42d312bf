import { type LookupAddress, lookup as systemLookup } from 'node:dns';
import * as http from 'node:http';
import * as https from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import type { Network, OutgoingAnswer, OutgoingRequest } from './ports.ts';
import { isSpecialAddress } from './special-addresses.ts';

const LONGEST_URL = 2048;

/** What goes wrong before or after Node's own errors (`ECONNREFUSED`, `CERT_HAS_EXPIRED`, …, which come as they are). */
const failures = {
  'network.url': 'the URL is not one that may be asked',
  'network.header': 'a header may not be sent like this',
  'network.address': 'the name leads to an address that may not be asked',
  'network.timeout': 'no complete answer in time',
  'network.too-large': 'the answer is larger than allowed',
  'network.answer': 'the answer is cut off or encoded in a way that was not asked for',
} as const;

class NetworkError extends Error {
  override readonly name = 'NetworkError';
  readonly code: keyof typeof failures;

  constructor(code: keyof typeof failures) {
    super(failures[code]);
    this.code = code;
  }
}

/** All addresses of a name. */
export type Resolve = (name: string) => Promise<readonly LookupAddress[]>;

const systemResolve: Resolve = (name) =>
  new Promise((resolve, reject) => {
    systemLookup(name, { all: true }, (error, addresses) => (error === null ? resolve(addresses) : reject(error)));
  });

/**
 * The network of a real machine. Every request has its own connection, so that nothing is shared between requests that believe
 * different authorities. No proxies, no cookies, no redirects. The addresses that are checked are those that are dialled:
 * a name is looked up once per request.
 */
export function createNodeNetwork(resolve: Resolve = systemResolve): Network {
  return {
    async request(request) {
      if (request.signal?.aborted === true) throw new NetworkError('network.timeout');
      const url = checkedUrl(request);
      const headers = { ...checkedHeaders(request.headers ?? {}), ...hostHeader(request.host) };
      return await exchange(request, url, headers, resolve);
    },
  };
}

export const nodeNetwork: Network = createNodeNetwork();

function checkedUrl({ url: text, allowPlain = false, allowPrivate = false }: OutgoingRequest): URL {
  // The parser would forgive white space, backslashes and missing slashes; whoever checked the text may have read it otherwise.
  if (text.length > LONGEST_URL || !/^https?:\/\/[^/\\]/i.test(text) || !/^[!-[\]-~]+$/.test(text))
    throw new NetworkError('network.url');
  if (!URL.canParse(text)) throw new NetworkError('network.url');
  const url = new URL(text);
  const plain = url.protocol === 'http:' && allowPlain;
  const credentials = url.username !== '' || url.password !== '' || /^[^/?#]*@/.test(text.slice(text.indexOf('//') + 2));
  if ((url.protocol !== 'https:' && !plain) || credentials || url.port === '0') throw new NetworkError('network.url');
  // Node does not look up literal addresses, so the filter there never sees them.
  const host = hostOf(url);
  if (isIP(host) !== 0 && !allowPrivate && isSpecialAddress(host)) throw new NetworkError('network.address');
  return url;
}

/** `[::1]` without its brackets. */
const hostOf = ({ hostname }: URL) => hostname.replace(/^\[|\]$/g, '');

const ownHeaders =
  /^(?:host|content-length|connection|keep-alive|transfer-encoding|te|trailer|upgrade|expect|accept-encoding|proxy-.*)$/;

function checkedHeaders(given: Readonly<Record<string, string>>): Record<string, string> {
  for (const [name, value] of Object.entries(given)) {
    const valid = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name) && /^[\t\x20-\x7e\x80-\xff]*$/.test(value);
    if (!valid || ownHeaders.test(name.toLowerCase())) throw new NetworkError('network.header');
  }
  return { ...given, 'accept-encoding': 'identity' };
}

function hostHeader(host: string | undefined): Record<string, string> {
  if (host === undefined) return {};
  if (!/^[A-Za-z0-9.-]{1,253}(?::\d{1,5})?$/.test(host)) throw new NetworkError('network.header');
  return { host };
}

function filteredLookup(resolve: Resolve, allowPrivate: boolean): LookupFunction {
  return (name, { all }, callback) => {
    resolve(name).then(
      (addresses) => {
        const allowed = addresses.filter(({ address }) => allowPrivate || !isSpecialAddress(address));
        const [first] = allowed;
        if (first === undefined) callback(new NetworkError('network.address'), '', 0);
        else if (all === true) callback(null, [...allowed]);
        else callback(null, first.address, first.family);
      },
      (error: Error) => callback(error, '', 0),
    );
  };
}

function exchange(
  { method, body, ca, allowPrivate = false, maxBytes, timeoutMs, signal }: OutgoingRequest,
  url: URL,
  headers: Record<string, string>,
  resolve: Resolve,
): Promise<OutgoingAnswer> {
  const { promise, resolve: answer, reject } = Promise.withResolvers<OutgoingAnswer>();
  const options: https.RequestOptions = {
    method,
    headers: body === undefined ? headers : { ...headers, 'content-length': Buffer.byteLength(body) },
    lookup: filteredLookup(resolve, allowPrivate),
    // An agent of its own, which by itself reads no proxy from the environment and keeps no connection.
    agent: url.protocol === 'https:' ? new https.Agent({ keepAlive: false }) : new http.Agent({ keepAlive: false }),
    insecureHTTPParser: false,
    rejectUnauthorized: true,
    // Or Node takes it from the Host header.
    ...(isIP(hostOf(url)) === 0 ? { servername: url.hostname } : {}),
    minVersion: 'TLSv1.2',
    ...(ca === undefined ? {} : { ca }),
  };
  const outgoing = url.protocol === 'https:' ? https.request(url, options) : http.request(url, options);
  const giveUp = () => fail(new NetworkError('network.timeout'));
  const timer = setTimeout(giveUp, timeoutMs);
  const settled = () => {
    clearTimeout(timer);
    signal?.removeEventListener('abort', giveUp);
  };
  const fail = (error: Error) => {
    settled();
    reject(error);
    outgoing.destroy();
  };
  signal?.addEventListener('abort', giveUp, { once: true });
  outgoing.on('error', fail);
  outgoing.on('response', (incoming) => {
    collect(incoming, maxBytes).then((bytes) => {
      settled();
      answer({ status: incoming.statusCode ?? 0, headers: firstHeaders(incoming.rawHeaders), body: bytes });
    }, fail);
  });
  outgoing.end(body);
  return promise;
}

async function collect(incoming: http.IncomingMessage, maxBytes: number): Promise<Buffer> {
  if ((incoming.headers['content-encoding'] ?? 'identity') !== 'identity') throw new NetworkError('network.answer');
  if (Number(incoming.headers['content-length'] ?? 0) > maxBytes) throw new NetworkError('network.too-large');
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBytes) throw new NetworkError('network.too-large');
    chunks.push(chunk);
  }
  if (!incoming.complete) throw new NetworkError('network.answer');
  return Buffer.concat(chunks);
}

function firstHeaders(raw: readonly string[]): Record<string, string> {
  const headers: Record<string, string> = Object.create(null);
  for (let at = 0; at + 1 < raw.length; at += 2) {
    const name = (raw[at] ?? '').toLowerCase();
    headers[name] ??= raw[at + 1] ?? '';
  }
  return headers;
}
