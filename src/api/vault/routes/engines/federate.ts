import { boolean, text, textMapOrJson } from '../../fields.ts';
import { field, type WireField } from '../../wire-fields.ts';

/** All of them ours: Vault has no such engine. */
export const federateConnectionFields: readonly WireField[] = [
  field('preset', text),
  field('token_url', text),
  field('audience', text),
  field('oidc_role', text),
  field('grant', text),
  field('encoding', text),
  field('client_id', text),
  field('parameters', textMapOrJson),
  field('tls_ca', text),
  field('internal', boolean),
];

export const federateRoleFields: readonly WireField[] = [
  field('scope', text),
  field('parameters', textMapOrJson),
  field('impersonate', text),
];
