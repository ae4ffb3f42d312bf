import { boolean, secret, text } from '../../fields.ts';
import { field, type WireField } from '../../wire-fields.ts';
import { statementTexts } from './statement-texts.ts';

/** Vault has none for OpenSearch: the first three are those of its plugin for Elasticsearch. */
export const opensearchConnectionFields: readonly WireField[] = [
  field('url', text),
  field('username', text),
  field('password', secret, { hidden: true }),
  field('tls_ca', text),
  field('plain_http', boolean),
  field('send_password', boolean),
];

export const opensearchRoleFields: readonly WireField[] = [field('creation_statements', statementTexts)];
