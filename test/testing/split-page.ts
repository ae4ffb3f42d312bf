import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

const PAGE = join(import.meta.dirname, '../../docs/how-to/split-registry-credentials.md');

/** The policies of docs/how-to/split-registry-credentials.md, by name. */
export async function splitPolicies(): Promise<ReadonlyMap<string, string>> {
  const blocks = (await readFile(PAGE, 'utf8')).matchAll(/```hcl\n(# policy ([\w-]+)[\s\S]*?)```/g);
  return new Map([...blocks].map(([, text = '', name = '']) => [name, text]));
}

/** The roles that the page writes below that mount, by name, each with its fields. @throws Error where there are not two */
export async function splitRoles(mount: string): Promise<ReadonlyMap<string, Readonly<Record<string, string>>>> {
  const page = (await readFile(PAGE, 'utf8')).replace(/ \\\n +/g, ' ');
  const commands = page.matchAll(new RegExp(`^\\$ watchword write ${mount}/roles/([\\w-]+) (.+)$`, 'gm'));
  const roles = new Map([...commands].map(([, name = '', words = '']) => [name, fieldsIn(words)]));
  if (roles.size !== 2) throw new Error(`${roles.size} roles of ${mount} on the page, not two`);
  return roles;
}

/** Of words without quotes. */
const fieldsIn = (words: string): Record<string, string> =>
  Object.fromEntries(words.split(/\s+/).map((word) => [word.slice(0, word.indexOf('=')), word.slice(word.indexOf('=') + 1)]));
