import { boolean, integers, secret, text, textMap, texts } from '../../fields.ts';
import { field, type WireField } from '../../wire-fields.ts';

type Fields = Parameters<typeof text>[0];

/** All of them ours: Vault has no such engine. */
export const githubConnectionFields: readonly WireField[] = [
  field('app_id', text),
  field('private_key', secret, { hidden: true }),
  field('installation_id', text),
  field('api_url', text),
  field('internal', boolean),
  field('tls_ca', text),
];

export const githubRoleFields: readonly WireField[] = [
  field('repositories', texts),
  field('repository_ids', integers),
  field('permissions', permissions),
];

/** What a caller may ask for less of. */
export const githubRequestFields: readonly WireField[] = [...githubRoleFields];

/** An object of levels or, on a command line, `contents=read,issues=write`. */
function permissions(body: Fields, name: string): Record<string, string> | undefined {
  const value = body[name];
  if (typeof value !== 'string' && !Array.isArray(value)) return textMap(body, name);
  const pairs = (texts(body, name) ?? []).map((pair) => {
    const at = pair.indexOf('=');
    return at < 0 ? [pair, ''] : [pair.slice(0, at), pair.slice(at + 1)];
  });
  return textMap({ [name]: Object.fromEntries(pairs) }, name);
}
