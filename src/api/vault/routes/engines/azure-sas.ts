import { seconds, secret, text, texts } from '../../fields.ts';
import { field, type WireField } from '../../wire-fields.ts';

/** Vault has no engine for these: the names are ours. */
export const azureSasConnectionFields: readonly WireField[] = [
  field('account', text),
  field('account_key', secret, { hidden: true }),
  field('endpoint', text),
  field('tls_ca', text),
];

export const azureSasRoleFields: readonly WireField[] = [
  field('container', text),
  field('scope', text),
  field('prefix', text),
  field('permissions', text),
  field('allowed_cidrs', texts),
  field('start_skew', seconds),
];

/** `ttl` is every engine's. */
export const azureSasRequestFields: readonly WireField[] = [
  field('blob', text),
  field('prefix', text),
  field('permissions', text),
];
