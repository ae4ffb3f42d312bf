import type { Server as HttpServer, IncomingMessage, ServerResponse } from 'node:http';
import type { Server as HttpsServer } from 'node:https';
import type { Socket } from 'node:net';
import { Server as TlsServer } from 'node:tls';
import { unreachable } from '../../foundation/ports.ts';
import { ListMethodConnection } from './list-method-connection.ts';
import type { ClientError, RefuseClient } from './list-method-refusal.ts';

/**
 * Makes an HTTP/1.1 server accept the methods LIST and SCAN, which Node's parser refuses: afterwards handlers see
 * `request.method === 'LIST'` or `'SCAN'`, over TCP and TLS, on kept connections and in pipelines, framed by Node's own
 * parser. Call it once, right after the server was made. A genuine LINK or LOCK arrives as what it is, and handlers refuse
 * it like any other method they do not know.
 *
 * How: the parser's refusal names the byte it stopped at. Once every earlier response on the connection is done, the
 * connection is given to Node's HTTP layer anew, with LINK or LOCK written over the method, which are as long and which the
 * parser knows.
 *
 * Limits. A head that is split inside its first bytes (`L|IST`, `LI|ST`, `S|CAN`) gives 400, since the byte that is gone cannot
 * be checked; so does a LIST that follows, in one packet, bytes with which it could be the end of another method (`UNLIST`).
 * When a packet ends exactly between the two (`UN|LIST`), it passes as LIST: it looks like a LIST after a finished request, and
 * is framed the same either way. Handlers of `upgrade` and `checkContinue` see LINK or LOCK.
 *
 * @param refuse answers every other client error, as a `clientError` listener would. It is the one place for it: do not add
 * a listener for `clientError` beside it.
 */
export function acceptListMethods(server: HttpServer | HttpsServer, refuse: RefuseClient): void {
  const event = server instanceof TlsServer ? 'secureConnection' : 'connection';
  const [connectHttp, ...others] = server.listeners(event) as ((socket: Socket) => void)[];
  if (connectHttp === undefined || others.length > 0) unreachable('a server that listens to its connections just once');

  const connections = new WeakMap<object, ListMethodConnection>();
  server.removeAllListeners(event);
  server.on(event, (socket: Socket) => {
    const connection = new ListMethodConnection(socket, server, () => connectHttp.call(server, socket));
    connections.set(socket, connection);
    connection.start();
  });
  server.prependListener('request', (request: IncomingMessage, response: ServerResponse) => {
    connections.get(request.socket)?.received(request, response);
  });
  // As Node answers by itself, but seen: the connection must know of every response.
  server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) => {
    connections.get(request.socket)?.received(request, response);
    response.writeHead(417).end();
  });
  server.on('clientError', (error: ClientError, socket: Socket) => {
    const connection = connections.get(socket);
    if (connection === undefined) refuse(error, socket, false);
    else if (!connection.takes(error)) connection.refuse(error, refuse);
  });
}
