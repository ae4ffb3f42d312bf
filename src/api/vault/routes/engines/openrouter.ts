import { boolean, secret, text } from '../../fields.ts';
import { field, type WireField } from '../../wire-fields.ts';

/** All of them ours: Vault has no such engine. */
export const openrouterConnectionFields: readonly WireField[] = [
  field('management_key', secret, { hidden: true }),
  field('workspace_id', text),
  field('api_url', text),
  field('tls_ca', text),
  field('internal', boolean),
];

export const openrouterRoleFields: readonly WireField[] = [
  field('limit', text),
  field('limit_reset', text),
  field('include_byok_in_limit', boolean),
];
