import { WatchwordError } from '../../../../foundation/errors.ts';
import { isJsonObject } from '../../../../foundation/exact-json.ts';
import { boolean, secret, text, texts } from '../../fields.ts';
import { field, type WireField } from '../../wire-fields.ts';

/** As Vault has them; the last two are ours. */
export const rabbitmqConnectionFields: readonly WireField[] = [
  field('connection_uri', text),
  field('username', text),
  field('password', secret, { hidden: true }),
  field('password_policy', text),
  field('username_template', text),
  field('tls_ca', text),
  field('plain_http', boolean),
];

export const rabbitmqRoleFields: readonly WireField[] = [
  field('tags', texts, { print: (tags) => (tags as readonly string[]).join(',') }),
  field('vhosts', jsonText),
  field('vhost_topics', jsonText),
];

type Fields = Parameters<typeof text>[0];

/** Vault takes a text of JSON; the object itself is taken as well. Empty for none. */
function jsonText(body: Fields, name: string): unknown {
  const wrong = () =>
    new WatchwordError('request.invalid', `${name} must be an object, or the JSON text of one`, { where: name });
  const given = body[name];
  if (given === undefined || given === null) return undefined;
  if (given === '') return {};
  let parsed: unknown = given;
  if (typeof given === 'string') {
    try {
      parsed = JSON.parse(given);
    } catch {
      throw wrong();
    }
  }
  if (!isJsonObject(parsed)) throw wrong();
  checkKeys(parsed, name);
  return parsed;
}

/** Schemas leave `__proto__` out without a word: what it says would be a permission less, or one for nobody. */
function checkKeys(value: unknown, where: string): void {
  if (!isJsonObject(value)) return;
  for (const [key, member] of Object.entries(value)) {
    if (key === '__proto__') throw new WatchwordError('request.invalid', `${where} may not hold __proto__`, { where });
    checkKeys(member, where);
  }
}
