import { boolean, integer, seconds, secret, text } from '../../fields.ts';
import { field, type WireField } from '../../wire-fields.ts';
import { statementTexts } from './statement-texts.ts';

/** Vault's; the last is ours. */
export const postgresqlConnectionFields: readonly WireField[] = [
  field('connection_url', text),
  field('username', text),
  field('password', secret, { hidden: true }),
  field('max_open_connections', integer),
  field('max_idle_connections', integer),
  field('max_connection_lifetime', seconds),
  field('tls_ca', text),
  field('tls_certificate', text),
  field('private_key', secret, { hidden: true }),
  field('password_authentication', text),
  field('username_template', text),
  field('root_rotation_statements', statementTexts),
  field('disable_escaping', boolean),
  field('auth_type', text),
  field('owned_objects_to', text),
];

/** Vault's; the last is ours. */
export const postgresqlRoleFields: readonly WireField[] = [
  field('creation_statements', statementTexts),
  field('revocation_statements', statementTexts),
  field('renew_statements', statementTexts),
  field('rollback_statements', statementTexts),
  field('owned_objects_to', text),
];
