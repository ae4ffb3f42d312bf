import { boolean, integer, secret, text, texts } from '../../fields.ts';
import { field, type WireField } from '../../wire-fields.ts';

/** Vault's, and from `tls_certificate` on ours. */
export const redisConnectionFields: readonly WireField[] = [
  field('host', text),
  field('port', integer),
  field('tls', boolean),
  field('ca_cert', text),
  field('insecure_tls', boolean),
  field('username', text),
  field('password', secret, { hidden: true }),
  field('tls_certificate', text),
  field('private_key', secret, { hidden: true }),
  field('max_open_connections', integer),
];

/** A JSON array in one text comes back together in the engine. */
export const redisRoleFields: readonly WireField[] = [field('creation_statements', texts)];
