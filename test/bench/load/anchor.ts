import { createServer } from 'node:http';
import { acceptListMethods } from '../../../src/api/middleware/list-method.ts';
import { refuseUnparsable } from '../../../src/api/middleware/unparsable.ts';

/**
 * A process of its own: a bare HTTP server with a constant answer of 400 bytes, which every other figure is measured
 * against. With `--list` it accepts LIST as the product's server does. Prints its port.
 */
const body = Buffer.alloc(400, 'a');
const server = createServer((_request, response) => {
  response.writeHead(200, ['Content-Type', 'application/json', 'Content-Length', String(body.length)]);
  response.end(body);
});
if (process.argv.includes('--list')) acceptListMethods(server, refuseUnparsable);
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (typeof address === 'object' && address !== null) console.log(address.port);
});
