import { boolean, secret, text, texts } from '../../fields.ts';
import { field, type WireField } from '../../wire-fields.ts';

/** All of them ours: Vault has no such engine. */
export const openaiConnectionFields: readonly WireField[] = [
  field('admin_key', secret, { hidden: true }),
  field('project_id', text),
  field('api_url', text),
  field('tls_ca', text),
  field('internal', boolean),
];

export const openaiRoleFields: readonly WireField[] = [field('scopes', texts)];
