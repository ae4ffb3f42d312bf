import { WatchwordError } from '../../../../foundation/errors.ts';
import { Secret } from '../../../../foundation/secret.ts';
import { boolean, secret, text, texts } from '../../fields.ts';
import { type AnyRoute, nothing, route, type WireRequest } from '../../route.ts';
import { field } from '../../wire-fields.ts';
import { keysReply } from '../listing.ts';
import { authReply } from '../token.ts';
import { configRoutes, roleRoutes } from './role-routes.ts';

type Fields = WireRequest['body'];

/** Clients send the parts of their signed request in base64. */
function decoded(body: Fields, name: string): string {
  const value = text(body, name);
  if (value === undefined || value === '') throw new WatchwordError('request.invalid', `missing ${name}`, { where: name });
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(value))
    throw new WatchwordError('request.invalid', `${name} must be base64`, { where: name });
  return Buffer.from(value, 'base64').toString('utf8');
}

/** Base64 of a JSON object, or the object itself. */
function headers(body: Fields): Secret {
  const name = 'iam_request_headers';
  const value = body[name];
  if (typeof value === 'object' && value !== null) return Secret.fromText(JSON.stringify(value));
  return Secret.fromText(decoded(body, name));
}

const whoIsAsked = configRoutes({
  operations: 'aws.config',
  path: 'config/client',
  fields: [
    field('access_key', secret, { hidden: true }),
    field('secret_key', secret, { hidden: true }),
    field('iam_server_id_header_value', text),
    field('sts_endpoint', text),
    field('sts_region', text),
    field('use_sts_region_from_client', boolean),
    field('allowed_sts_header_values', texts),
    field('allowed_sts_regions', texts),
    field('internal', boolean),
  ],
});

/** Cannot be deleted, as in Vault: `default` sets it back. */
const whatIsTold = configRoutes({
  operations: 'aws.identity',
  path: 'config/identity',
  fields: [field('iam_alias', text), field('iam_metadata', texts)],
}).filter(({ method }) => method !== 'DELETE');

/** Accounts of callers need nothing: a client that sets one up is told so. */
const perAccount = route({
  method: ['POST', 'DELETE'],
  pattern: 'config/sts/:account',
  operation: 'aws.config.write',
  notes: 'always refused: STS tells who callers of every account are',
  decode: () => {
    throw new WatchwordError(
      'request.invalid',
      'not supported: accounts need no role of their own: STS tells who callers of every account are, and nothing else is asked',
    );
  },
  encode: nothing,
});

/** Signed requests to AWS's STS. The last two of the settings, `bound_iam_principal_id` and `signature_policy` are ours. */
export const awsRoutes: readonly AnyRoute[] = [
  ...whoIsAsked,
  ...whatIsTold,
  perAccount,
  ...roleRoutes({
    operations: 'aws.roles',
    path: 'role',
    fields: [
      field('auth_type', text),
      field('bound_iam_principal_arn', texts, { older: ['bound_iam_principal_arns'] }),
      field('bound_iam_principal_id', texts),
      field('bound_account_id', texts, { older: ['bound_account_ids'] }),
      field('signature_policy', text),
      field('resolve_aws_unique_ids', boolean),
      field('inferred_entity_type', text),
      field('inferred_aws_region', text),
      field('bound_ami_id', texts, { older: ['bound_ami_ids'] }),
      field('bound_region', texts, { older: ['bound_regions'] }),
      field('bound_vpc_id', texts, { older: ['bound_vpc_ids'] }),
      field('bound_subnet_id', texts, { older: ['bound_subnet_ids'] }),
      field('bound_iam_role_arn', texts, { older: ['bound_iam_role_arns'] }),
      field('bound_iam_instance_profile_arn', texts, { older: ['bound_iam_instance_profile_arns'] }),
      field('bound_ec2_instance_id', texts, { older: ['bound_ec2_instance_ids'] }),
      field('role_tag', text),
    ],
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
