import { integer, secret, text } from '../../fields.ts';
import { field, type WireField } from '../../wire-fields.ts';
import { statementTexts } from './statement-texts.ts';

/** As Vault has them. */
export const mongodbConnectionFields: readonly WireField[] = [
  field('connection_url', text),
  field('username', text),
  field('password', secret, { hidden: true }),
  field('write_concern', text),
  field('tls_ca', text),
  field('tls_certificate_key', secret, { hidden: true }),
  field('max_open_connections', integer),
];

export const mongodbRoleFields: readonly WireField[] = [
  field('creation_statements', statementTexts),
  field('revocation_statements', statementTexts),
];
