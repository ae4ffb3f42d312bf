import { WatchwordError } from '../../../../foundation/errors.ts';
import { boolean, text, textMap } from '../../fields.ts';
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
  field('parameters', parameters),
  field('tls_ca', text),
  field('internal', boolean),
];

export const federateRoleFields: readonly WireField[] = [
  field('scope', text),
  field('parameters', parameters),
  field('impersonate', text),
];

type Fields = Parameters<typeof text>[0];

/** An object of texts, or the JSON text of one as command lines send it; empty for none. */
function parameters(body: Fields, name: string): Record<string, string> | undefined {
  const given = body[name];
  if (given === '') return {};
  if (typeof given !== 'string') return textMap(body, name);
  try {
    return textMap({ [name]: JSON.parse(given) }, name);
  } catch {
    throw new WatchwordError('request.invalid', `${name} must be an object of texts, or the JSON text of one`, { where: name });
  }
}
