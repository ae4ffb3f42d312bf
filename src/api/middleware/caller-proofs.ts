import type { X509Certificate } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { TLSSocket } from 'node:tls';
import type { CallerProofs } from '../../access/operation.ts';

/** Certificates that are looked at; what a client sends beyond them shows by their number. */
const MOST_CERTIFICATES = 10;
/** A handshake is one for all requests of its connection. */
const shown = new WeakMap<TLSSocket, readonly Uint8Array[]>();

/**
 * What the request itself shows. Certificates come from the TLS handshake of this server alone: no header is believed that says of
 * which certificate some proxy has heard.
 */
export function proofsOf({ socket, headers, method = '', url = '' }: IncomingMessage): CallerProofs | undefined {
  const { dpop } = headers;
  const secured = socket instanceof TLSSocket ? socket : undefined;
  if (secured === undefined && dpop === undefined) return undefined;
  return {
    certificates: () => (secured === undefined ? [] : certificatesOf(secured)),
    // Of several headers of this name Node makes one with commas, which is no proof.
    dpop: typeof dpop === 'string' ? dpop : undefined,
    method,
    target: url,
    host: headers.host,
  };
}

function certificatesOf(socket: TLSSocket): readonly Uint8Array[] {
  const known = shown.get(socket);
  if (known !== undefined) return known;
  const certificates: Uint8Array[] = [];
  let next: X509Certificate | undefined = socket.getPeerX509Certificate();
  while (next !== undefined && certificates.length < MOST_CERTIFICATES) {
    certificates.push(next.raw);
    next = next.issuerCertificate;
  }
  shown.set(socket, certificates);
  return certificates;
}
