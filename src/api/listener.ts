import { constants } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerOptions, type ServerResponse } from 'node:http';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https';
import { WatchwordError } from '../foundation/errors.ts';
import type { Logger } from '../foundation/ports.ts';
import { acceptListMethods } from './middleware/list-method.ts';
import { refuseUnparsable } from './middleware/unparsable.ts';

export type Handler = (request: IncomingMessage, response: ServerResponse) => void;

export interface ListenerDependencies {
  /** Answers `/v1` and everything below. */
  readonly vault: Handler;
  /** Answers everything else. */
  readonly native: Handler;
  readonly logger: Logger;
  /** PEM. Without it the listener speaks plain HTTP. */
  readonly tls?: { readonly cert: Buffer | string; readonly key: Buffer | string };
  /** Whether clients are asked for certificates; true by default. */
  readonly clientCertificates?: boolean;
  /** Connections at the same time; more are closed at once. */
  readonly maxConnections?: number;
  /** How long {@link Listener.close} waits for running requests, in milliseconds. */
  readonly graceMs?: number;
}

type WithTls = ListenerDependencies & Required<Pick<ListenerDependencies, 'tls'>>;

export interface Listener {
  /** Not listening yet. */
  readonly server: Server | TlsServer;
  /** Takes no new connection, lets running requests end within the grace time, then cuts what is left. Never rejects. */
  close(): Promise<void>;
}

const limits: ServerOptions = {
  /** Room for a path of 8 KiB with every byte percent-encoded, and tokens. */
  maxHeaderSize: 64 * 1024,
  headersTimeout: 15_000,
  /** Head and body; as long as Vault gives a request. */
  requestTimeout: 90_000,
  /** Longer than Go's clients keep idle connections, so that they close first and never meet a closing one. */
  keepAliveTimeout: 120_000,
  connectionsCheckingInterval: 5_000,
};
const MAX_HEADERS = 100;
const INACTIVITY_MS = 180_000;
const CLOSE_POLL_MS = 25;

/**
 * The one HTTP/1.1 server of the product, over TCP or TLS, with LIST and SCAN accepted and every input bounded.
 * @throws WatchwordError `configuration.invalid` when certificate and key cannot be used
 */
export function createListener(dependencies: ListenerDependencies): Listener {
  const { maxConnections = 10_000, graceMs = 5_000 } = dependencies;
  const { tls } = dependencies;
  const server = tls === undefined ? createServer(limits) : tlsServer({ ...dependencies, tls });
  // First: it takes over how connections are accepted.
  acceptListMethods(server, refuseUnparsable);
  server.maxHeadersCount = MAX_HEADERS;
  server.timeout = INACTIVITY_MS;
  server.maxConnections = maxConnections;
  server.on('request', dispatch(dependencies));
  return { server, close: () => closeGracefully(server, graceMs) };
}

function dispatch({ vault, native }: ListenerDependencies): Handler {
  return (request, response) => {
    const { url = '' } = request;
    if (url.startsWith('/v1/') || url === '/v1' || url.startsWith('/v1?')) vault(request, response);
    else native(request, response);
  };
}

/**
 * Every client is asked for a certificate, and none is refused for it: who may do what with which one is decided by auth methods and
 * tokens. No authority is believed here. A resumed session would have lost what the client sent besides its own certificate, so none
 * is resumed; and a connection shows the same certificate from beginning to end.
 */
const askForCertificates = {
  requestCert: true,
  rejectUnauthorized: false,
  ca: [],
  secureOptions: constants.SSL_OP_NO_TICKET | constants.SSL_OP_NO_RENEGOTIATION,
};

function tlsServer({ tls, logger, clientCertificates = true }: WithTls): TlsServer {
  try {
    const server = createTlsServer({
      ...limits,
      ...tls,
      ...(clientCertificates ? askForCertificates : {}),
      minVersion: 'TLSv1.2',
      handshakeTimeout: 15_000,
      ALPNProtocols: ['http/1.1'],
    });
    server.on('tlsClientError', (error: NodeJS.ErrnoException) => logger.debug('a TLS handshake failed', { code: error.code }));
    return server;
  } catch (error) {
    throw new WatchwordError('configuration.invalid', 'the TLS certificate and key cannot be used together', {
      where: 'tlsCertFile',
      cause: error,
    });
  }
}

async function closeGracefully(server: Server | TlsServer, graceMs: number): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  // A connection that ends its request now becomes idle, and nobody would close it.
  const sweep = setInterval(() => server.closeIdleConnections(), CLOSE_POLL_MS);
  const cut = setTimeout(() => server.closeAllConnections(), graceMs);
  await closed;
  clearInterval(sweep);
  clearTimeout(cut);
}
