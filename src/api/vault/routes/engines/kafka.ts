import { WatchwordError } from '../../../../foundation/errors.ts';
import { isJsonObject } from '../../../../foundation/exact-json.ts';
import { boolean, integer, secret, text, texts } from '../../fields.ts';
import { field, type WireField } from '../../wire-fields.ts';

/** All of them ours: Vault has no such engine. */
export const kafkaConnectionFields: readonly WireField[] = [
  field('bootstrap_servers', texts),
  field('username', text),
  field('password', secret, { hidden: true }),
  field('mechanism', text),
  field('tls', boolean),
  field('tls_ca', text),
  field('max_open_connections', integer),
];

export const kafkaRoleFields: readonly WireField[] = [field('acls', jsonList)];

type Fields = Parameters<typeof text>[0];

/** A list of objects, or the JSON text of one. Empty for none. */
function jsonList(body: Fields, name: string): unknown {
  const given = body[name];
  if (given === undefined || given === null) return undefined;
  if (given === '') return [];
  const parsed = typeof given === 'string' ? parse(given) : given;
  const isList = Array.isArray(parsed) && parsed.every((member) => isJsonObject(member) && !Object.hasOwn(member, '__proto__'));
  if (isList) return parsed;
  throw new WatchwordError('request.invalid', `${name} must be a list of objects, or the JSON text of one`, { where: name });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
