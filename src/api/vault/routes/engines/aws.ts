import { boolean, integer, seconds, secret, text, textMap, texts } from '../../fields.ts';
import { field, type WireField } from '../../wire-fields.ts';

type Fields = Parameters<typeof text>[0];

/** Vault's, and from `s3_endpoint` on ours. */
export const awsConnectionFields: readonly WireField[] = [
  field('access_key', text),
  field('secret_key', secret, { hidden: true }),
  field('region', text),
  field('iam_endpoint', text),
  field('sts_endpoint', text),
  field('sts_region', text),
  field('max_retries', integer),
  field('role_arn', text),
  field('identity_token_audience', text),
  field('identity_token_ttl', seconds),
  field('username_template', text),
  field('s3_endpoint', text),
  field('internal', boolean),
  field('plain_http', boolean),
  field('tls_ca', text),
];

/** Vault's, and from `lease_tags` on ours. */
export const awsRoleFields: readonly WireField[] = [
  field('credential_type', text),
  field('role_arns', texts),
  field('policy_document', text),
  field('policy_arns', texts),
  field('external_id', text),
  field('session_tags', tags),
  field('iam_groups', texts),
  field('iam_tags', tags),
  field('permissions_boundary_arn', text),
  field('user_path', text),
  field('mfa_serial_number', text),
  field('lease_tags', boolean),
  field('bucket', text),
  field('prefix', text),
  field('verbs', texts),
];

/** The first two are Vault's; `ttl` is every engine's. */
export const awsRequestFields: readonly WireField[] = [
  field('role_arn', text),
  field('role_session_name', text),
  field('prefix', text),
  field('verbs', texts),
  field('presign', text),
  field('key', text),
  field('presign_ttl', seconds),
];

/** An object of texts or, as Vault's command line sends it, `name=value` once or several times. */
function tags(body: Fields, name: string): Record<string, string> | undefined {
  const value = body[name];
  if (typeof value !== 'string' && !Array.isArray(value)) return textMap(body, name);
  const pairs = (texts(body, name) ?? []).map((pair) => {
    const at = pair.indexOf('=');
    return at < 0 ? [pair, ''] : [pair.slice(0, at), pair.slice(at + 1)];
  });
  return textMap({ [name]: Object.fromEntries(pairs) }, name);
}
