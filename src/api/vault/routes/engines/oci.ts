import { seconds, secret, text, texts } from '../../fields.ts';
import { field, type WireField } from '../../wire-fields.ts';

/** Vault has no engine for these: the names are ours. */
export const ociConnectionFields: readonly WireField[] = [
  field('url', text),
  field('service', text),
  field('issuer', text),
  field('signing_key', secret, { hidden: true }),
  field('certificate', text),
  field('leeway', seconds),
  field('tls_ca', text),
];

/** Of roles, and of callers who ask for less; `ttl` is every engine's. */
export const ociRoleFields: readonly WireField[] = [field('repositories', texts), field('verbs', texts)];
