import { WatchwordError } from '../../../../foundation/errors.ts';
import { boolean, integer, integers, objectOrJson, seconds, secret, text, textMapOrJson, texts } from '../../fields.ts';
import { field, type WireField } from '../../wire-fields.ts';

export const sshConnectionFields: readonly WireField[] = [
  field('private_key', secret, { hidden: true }),
  field('public_key', text),
  field('generate_signing_key', boolean),
  field('key_type', text),
  field('key_bits', integer),
];

/** As Vault has them; `source_addresses` is ours. */
export const sshRoleFields: readonly WireField[] = [
  field('key_type', text),
  field('algorithm_signer', text),
  field('allow_user_certificates', boolean),
  field('allow_host_certificates', boolean),
  field('allowed_users', texts),
  field('allowed_users_template', boolean),
  field('default_user', text),
  field('default_user_template', boolean),
  field('allowed_domains', texts),
  field('allowed_domains_template', boolean),
  field('allow_bare_domains', boolean),
  field('allow_subdomains', boolean),
  field('allowed_extensions', texts),
  field('default_extensions', textMapOrJson),
  field('default_extensions_template', boolean),
  field('allowed_critical_options', texts),
  field('default_critical_options', textMapOrJson),
  field('source_addresses', texts),
  field('allow_user_key_ids', boolean),
  field('key_id_format', text),
  field('allowed_user_key_lengths', lengths),
  field('not_before_duration', seconds),
];

/** What `sign` and `issue` take; `ttl` is every engine's. */
export const sshRequestFields: readonly WireField[] = [
  field('public_key', text),
  field('valid_principals', texts),
  field('cert_type', text),
  field('key_id', text),
  field('extension', textMapOrJson, { as: 'extensions', older: ['extensions'] }),
  field('critical_options', textMapOrJson),
  field('key_type', text),
  field('key_bits', integer),
];

type Fields = Parameters<typeof text>[0];

/** `{"rsa": 2048, "ec": [256, 384]}` */
function lengths(body: Fields, name: string): Record<string, readonly number[]> | undefined {
  const map = objectOrJson(body, name);
  if (map === undefined) return undefined;
  if (Object.hasOwn(map, '__proto__'))
    throw new WatchwordError('request.invalid', `${name} must name types of keys`, { where: name });
  return Object.fromEntries(Object.keys(map).map((type) => [type, integers({ [name]: map[type] }, name) ?? []]));
}

/** Whoever has a key gets it signed; whoever has none gets a pair. @throws WatchwordError `request.invalid` */
export function checkSshRequest(path: string, body: Fields): void {
  const given = text(body, 'public_key') ?? '';
  if ((path === 'sign') === (given !== '')) return;
  const what = path === 'sign' ? 'is what shall be signed' : 'is not taken here: ssh/sign signs it';
  throw new WatchwordError('request.invalid', `public_key: ${what}`, { where: 'public_key' });
}
