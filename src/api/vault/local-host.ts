import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { WatchwordError } from '../../foundation/errors.ts';

const HOST = /^(?:\[(?<v6>[^\]]*)\]|(?<name>[^:]*))(?::\d*)?$/;

/**
 * A web page can make a browser of this machine talk to it under a name of the page's own, and read the answers (DNS rebinding).
 * Over the loopback interface it is therefore called by address or as localhost where no token is asked for and much is given. A page
 * that keeps its own name shows it in `Origin`.
 * @throws WatchwordError `request.invalid`
 */
export function checkLocalHost({ headers: { host, origin }, socket }: IncomingMessage): void {
  if (origin !== undefined && origin !== `http://${host}` && origin !== `https://${host}`) {
    throw new WatchwordError('request.invalid', 'a web page from elsewhere cannot initialise a store', { where: 'Origin' });
  }
  if (host === undefined || !isLoopback(socket.localAddress ?? '')) return;
  const { v6, name = '' } = HOST.exec(host)?.groups ?? {};
  if (isIP(v6 ?? name) !== 0 || name.toLowerCase() === 'localhost') return;
  throw new WatchwordError('request.invalid', 'from this machine a store is initialised under localhost or an IP address only', {
    where: 'Host',
  });
}

function isLoopback(address: string): boolean {
  return address === '::1' || /^(::ffff:)?127\./.test(address);
}
