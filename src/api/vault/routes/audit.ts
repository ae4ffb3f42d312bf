import { WatchwordError } from '../../../foundation/errors.ts';
import { secret, text } from '../fields.ts';
import { type AnyRoute, route } from '../route.ts';

export const auditRoutes: readonly AnyRoute[] = [
  route({
    method: 'GET',
    pattern: 'audit',
    operation: 'audit.devices',
    notes: 'the built-in log; others cannot be enabled over the API',
    decode: () => ({}),
    encode: ({ devices }) => ({
      topLevel: true,
      data: Object.fromEntries(
        devices.map(({ name, description, directory }) => [
          `${name}/`,
          { description, local: false, options: { directory }, path: `${name}/`, type: name },
        ]),
      ),
    }),
  }),
  route({
    method: 'POST',
    pattern: 'audit-hash/*device',
    operation: 'audit.digest',
    decode: ({ params, body }) => ({ device: params['device']?.replace(/\/$/, ''), value: secret(body, 'input') }),
    encode: ({ digest }) => ({ data: { hash: digest }, topLevel: true }),
  }),
  route({
    method: 'GET',
    pattern: 'metrics',
    operation: 'system.metrics',
    notes: '`format=prometheus` only',
    wraps: false,
    decode({ body }) {
      if (text(body, 'format') !== 'prometheus') {
        throw new WatchwordError('request.invalid', 'metrics are offered as format=prometheus only', { where: 'format' });
      }
      return {};
    },
    encode: (output) => ({ text: { contentType: 'text/plain; version=0.0.4', content: output.text } }),
  }),
];
