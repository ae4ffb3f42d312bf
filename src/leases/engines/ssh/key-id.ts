import { type PublicKey, publicKeyHash } from './public-key.ts';

/** A key id stands in sshd's log between words of sshd: nothing that could be taken for one of those. */
const LETTERS = 'A-Za-z0-9_.@:/+=,-';
const FORM = new RegExp(`^[${LETTERS}]{1,255}$`);
const OTHERS = new RegExp(`[^${LETTERS}]`, 'g');

export const isKeyId = (text: string): boolean => FORM.test(text);

/** What a certificate is known by at the server, where the role says nothing. */
const USUAL_FORMAT = 'watchword-{{role_name}}-{{token_display_name}}-{{lease}}';

const PLACEHOLDERS = ['token_display_name', 'role_name', 'public_key_hash', 'lease'] as const;

/** What is wrong with a format; undefined when nothing is. */
export function faultOfFormat(format: string): string | undefined {
  let rest = format;
  for (const name of PLACEHOLDERS) rest = rest.replaceAll(`{{${name}}}`, '');
  if (rest.includes('{{')) return `holds a placeholder that is none of ${PLACEHOLDERS.join(', ')}`;
  return rest === '' || isKeyId(rest) ? undefined : `may hold up to 255 letters, digits and _.@:/+=,- besides placeholders`;
}

interface Facts {
  readonly role: string;
  readonly holder: string;
  readonly externalName: string;
}

/** Letters that may not stand in one become `_`. */
export function keyIdOf(format: string, { role, holder, externalName }: Facts, key: PublicKey): string {
  const values: Readonly<Record<(typeof PLACEHOLDERS)[number], string>> = {
    token_display_name: holder,
    role_name: role,
    public_key_hash: publicKeyHash(key),
    lease: externalName,
  };
  const filled = (format || USUAL_FORMAT).replace(/\{\{(\w+)\}\}/g, (_whole, name: keyof typeof values) => values[name]);
  return filled.replace(OTHERS, '_');
}
