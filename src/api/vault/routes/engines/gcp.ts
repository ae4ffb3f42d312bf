import { boolean, seconds, secret, text, texts } from '../../fields.ts';
import { field, type WireField } from '../../wire-fields.ts';

/** Vault's, and from `oauth_endpoint` on ours. */
export const gcpConnectionFields: readonly WireField[] = [
  field('credentials', secret, { hidden: true }),
  field('service_account_email', text),
  field('identity_token_audience', text),
  field('identity_token_ttl', seconds),
  field('oauth_endpoint', text),
  field('iam_credentials_endpoint', text),
  field('sts_endpoint', text),
  field('internal', boolean),
  field('tls_ca', text),
];

/** Vault's of impersonated accounts, and from `bucket` on ours; `ttl` is every engine's. */
export const gcpRoleFields: readonly WireField[] = [
  field('service_account_email', text),
  field('token_scopes', texts),
  field('bucket', text),
  field('prefix', text),
  field('verbs', texts),
];

export const gcpRequestFields: readonly WireField[] = [field('prefix', text), field('verbs', texts)];
