import { route } from '../../route.ts';

/** For whoever sets up a server that shall believe our certificates: it is no secret, and asks for no token. */
export const publicKeyRoute = route({
  method: 'GET',
  pattern: 'public_key',
  operation: 'engine.connections.public-key',
  wraps: false,
  decode: () => ({}),
  encode: (found) => (found === null ? {} : { text: { contentType: 'text/plain', content: found.publicKey } }),
});
