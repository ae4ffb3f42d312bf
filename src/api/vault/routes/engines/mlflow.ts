import { WatchwordError } from '../../../../foundation/errors.ts';
import { boolean, secret, text } from '../../fields.ts';
import { field, type WireField } from '../../wire-fields.ts';

/** Vault has no engine for it: the names are ours. */
export const mlflowConnectionFields: readonly WireField[] = [
  field('url', text),
  field('username', text),
  field('password', secret, { hidden: true }),
  field('tls_ca', text),
  field('plain_http', boolean),
];

export const mlflowRoleFields: readonly WireField[] = [
  field('experiments', jsonList),
  field('registered_models', jsonList),
  field('default_permission', text),
];

type Fields = Parameters<typeof text>[0];

/** A list of objects, or the JSON text of one, as command lines send it. Empty for none. */
function jsonList(body: Fields, name: string): unknown {
  const given = body[name];
  if (given === undefined || given === null) return undefined;
  if (given === '') return [];
  let parsed: unknown = given;
  if (typeof given === 'string') {
    try {
      parsed = JSON.parse(given);
    } catch {
      parsed = undefined;
    }
  }
  if (!Array.isArray(parsed))
    throw new WatchwordError('request.invalid', `${name} must be a list, or the JSON text of one`, { where: name });
  return parsed;
}
