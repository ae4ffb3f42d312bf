import { WatchwordError } from '../../../../foundation/errors.ts';
import { Secret } from '../../../../foundation/secret.ts';
import { boolean, text, texts } from '../../fields.ts';
import { type AnyRoute, route, type WireRequest } from '../../route.ts';
import { field } from '../../wire-fields.ts';
import { keysReply } from '../listing.ts';
import { authReply } from '../token.ts';
import { configRoutes, roleRoutes } from './role-routes.ts';

type Fields = WireRequest['body'];

/** Clients send the parts of their signed request in base64. */
function decoded(body: Fields, name: string): string {
  const value = text(body, name);
  if (value === undefined || value === '') throw new WatchwordError('request.invalid', `missing ${name}`, { where: name });
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(value)) throw new WatchwordError('request.invalid', 'must be base64', { where: name });
  return Buffer.from(value, 'base64').toString('utf8');
}

/** Base64 of a JSON object, or the object itself. */
function headers(body: Fields): Secret {
  const name = 'iam_request_headers';
  const value = body[name];
  if (typeof value === 'object' && value !== null) return Secret.fromText(JSON.stringify(value));
  return Secret.fromText(decoded(body, name));
}

/** Signed requests to AWS's STS. */
export const awsRoutes: readonly AnyRoute[] = [
  ...configRoutes({
    operations: 'aws.config',
    path: 'config/client',
    fields: [
      field('iam_server_id_header_value', text),
      field('sts_endpoint', text),
      field('sts_region', text),
      field('allowed_sts_header_values', texts),
      field('internal', boolean),
    ],
  }),
  ...roleRoutes({
    operations: 'aws.roles',
    path: 'role',
    fields: [
      field('auth_type', text),
      field('bound_iam_principal_arn', texts, { older: ['bound_iam_principal_arns'] }),
      field('bound_iam_principal_id', texts),
      field('bound_account_id', texts),
    ],
    also: () => ({ resolve_aws_unique_ids: false }),
  }),
  route({ method: 'LIST', pattern: 'roles', operation: 'aws.roles.list', decode: () => ({}), encode: keysReply }),
  route({
    method: 'POST',
    pattern: 'login',
    operation: 'aws.login',
    decode: ({ body }) => ({
      role: text(body, 'role') || undefined,
      method: text(body, 'iam_http_request_method'),
      url: decoded(body, 'iam_request_url'),
      body: decoded(body, 'iam_request_body'),
      headers: headers(body),
    }),
    encode: authReply,
  }),
];
