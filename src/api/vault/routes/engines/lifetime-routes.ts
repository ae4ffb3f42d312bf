import { seconds } from '../../fields.ts';
import { type AnyRoute, nothing, route } from '../../route.ts';

/** How long credentials live by roles that say nothing themselves. @param names as Vault's engine of this kind calls them */
export function lifetimeRoutes(names: { readonly ttl: string; readonly maxTtl: string }): readonly AnyRoute[] {
  return [
    route({
      method: 'GET',
      pattern: 'config/lease',
      operation: 'engine.lifetimes.read',
      decode: () => ({}),
      encode: (found) => (found === null ? {} : { data: { [names.ttl]: found.ttl, [names.maxTtl]: found.maxTtl } }),
    }),
    route({
      method: 'POST',
      pattern: 'config/lease',
      operation: 'engine.lifetimes.write',
      decode: ({ body }) => ({ ttl: seconds(body, names.ttl), maxTtl: seconds(body, names.maxTtl) }),
      encode: nothing,
    }),
  ];
}
