import { WatchwordError } from '../../../../foundation/errors.ts';
import { boolean, text, texts, wireTime } from '../../fields.ts';
import { type AnyRoute, nothing, route, type WireRequest } from '../../route.ts';
import { field } from '../../wire-fields.ts';
import { keysReply } from '../listing.ts';
import { authReply } from '../token.ts';
import { configRoutes, roleRoutes } from './role-routes.ts';

const named = ({ params }: WireRequest) => ({ name: params['name'] });

/** @throws WatchwordError `login.invalid`: nobody would notice that a list is not fetched */
function givenList({ body }: WireRequest): string | undefined {
  if ((text(body, 'url') ?? '') === '') return text(body, 'crl');
  throw new WatchwordError('login.invalid', 'url: lists are not fetched from distribution points: upload the list as crl', {
    where: 'url',
  });
}

const listRoutes: readonly AnyRoute[] = [
  route({ method: 'LIST', pattern: 'crls', operation: 'cert.crls.list', decode: () => ({}), encode: keysReply }),
  route({
    method: 'GET',
    pattern: 'crls/:name',
    operation: 'cert.crls.read',
    decode: named,
    encode: (facts) =>
      facts === null
        ? {}
        : {
            data: {
              serials: Object.fromEntries(facts.serials.map((serial) => [BigInt(`0x${serial}`).toString(), {}])),
              this_update: wireTime(facts.thisUpdate),
              next_update: wireTime(facts.nextUpdate),
            },
          },
  }),
  route({
    method: 'POST',
    pattern: 'crls/:name',
    operation: 'cert.crls.write',
    decode: (request) => ({ ...named(request), crl: givenList(request) }),
    encode: nothing,
  }),
  route({ method: 'DELETE', pattern: 'crls/:name', operation: 'cert.crls.delete', decode: named, encode: nothing }),
];

/** Client certificates. */
export const certRoutes: readonly AnyRoute[] = [
  ...configRoutes({ operations: 'cert.config', path: 'config', fields: [field('disable_binding', boolean)] }),
  ...roleRoutes({
    operations: 'cert.roles',
    path: 'certs',
    fields: [
      field('certificate', text),
      field('allowed_names', texts),
      field('allowed_common_names', texts),
      field('allowed_dns_sans', texts),
      field('allowed_email_sans', texts),
      field('allowed_uri_sans', texts),
      field('allowed_organizational_units', texts),
      field('required_extensions', texts),
      field('allowed_metadata_extensions', texts),
      field('display_name', text),
      field('ocsp_enabled', boolean),
      field('spiffe_trust_domain', text),
      field('allowed_spiffe_ids', texts),
    ],
  }),
  ...listRoutes,
  route({
    method: 'POST',
    pattern: 'login',
    operation: 'cert.login',
    decode: ({ body }) => ({ name: text(body, 'name') || undefined }),
    encode: authReply,
  }),
];
