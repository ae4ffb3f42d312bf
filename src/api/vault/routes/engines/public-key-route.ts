import { type AnyRoute, route } from '../../route.ts';

/**
 * For whoever sets up a server that shall believe what we sign: it is no secret, and asks for no token.
 * @param pattern where it is, below the mount
 */
export const publicKeyRoute = (pattern: string): AnyRoute =>
  route({
    method: 'GET',
    pattern,
    operation: 'engine.connections.public-key',
    wraps: false,
    decode: () => ({}),
    encode: (found) => (found === null ? {} : { text: { contentType: 'text/plain', content: found.publicKey } }),
  });
