import { boolean, integer, seconds, secret, text } from '../../fields.ts';
import { field, type WireField } from '../../wire-fields.ts';
import { statementTexts } from './statement-texts.ts';

export const mysqlConnectionFields: readonly WireField[] = [
  field('connection_url', text),
  field('username', text),
  field('password', secret, { hidden: true }),
  field('max_open_connections', integer),
  field('max_idle_connections', integer),
  field('max_connection_lifetime', seconds),
  field('tls_ca', text),
  field('tls_certificate_key', secret, { hidden: true }),
  field('tls_server_name', text),
  field('tls_skip_verify', boolean),
  field('auth_type', text),
  field('root_rotation_statements', statementTexts),
];

/** As Vault has them; `grants` and `host` are ours. */
export const mysqlRoleFields: readonly WireField[] = [
  field('creation_statements', statementTexts),
  field('revocation_statements', statementTexts),
  field('rollback_statements', statementTexts),
  field('renew_statements', statementTexts),
  field('grants', statementTexts),
  field('host', text),
];
