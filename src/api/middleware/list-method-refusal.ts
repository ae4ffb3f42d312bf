import type { Duplex } from 'node:stream';

/** What Node hands to `clientError`. */
export interface ClientError extends Error {
  readonly code?: string;
  /** For parse errors: the packet, and the offset of the byte that was refused. */
  readonly rawPacket?: Buffer;
  readonly bytesParsed?: number;
}

/**
 * Answers what could not be parsed as a request, and ends the connection.
 * @param answering true when part of an earlier response was sent already, so that anything written now would corrupt it.
 */
export type RefuseClient = (error: ClientError, socket: Duplex, answering: boolean) => void;

const statuses: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
};

/** The status that Node itself would answer with. */
export function statusOfClientError(error: ClientError): number {
  return statuses[error.code ?? ''] ?? 400;
}
