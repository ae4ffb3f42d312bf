import { STATUS_CODES } from 'node:http';
import { type RefuseClient, statusOfClientError } from './list-method-refusal.ts';

/**
 * Answers what could not be parsed as a request (400, 408, 413, 431) in the form of every other error, and ends the
 * connection. Says nothing of what was sent.
 */
export const refuseUnparsable: RefuseClient = (error, socket, answering) => {
  if (answering || !socket.writable || error.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  const status = statusOfClientError(error);
  const reason = STATUS_CODES[status] ?? '';
  const body = `${JSON.stringify({ errors: [reason.toLowerCase()] })}\n`;
  const head = [
    `HTTP/1.1 ${status} ${reason}`,
    'Content-Type: application/json',
    'Cache-Control: no-store',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy());
};
