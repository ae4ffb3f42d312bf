import { WatchwordError } from '../../../foundation/errors.ts';
import type { JsonObject } from '../../../foundation/exact-json.ts';
import { plainText } from '../../output/values.ts';

export interface DotenvText {
  readonly text: string;
  /** Names of variables that are missing in it, since their values cannot be written for all readers. */
  readonly unwritten: readonly string[];
}

/** Of a mount: what its variables begin with unless said otherwise. */
export const usualPrefix = (mount: string): string =>
  mount === 'database' ? 'DB_' : `${mount.toUpperCase().replace(/[^A-Z0-9]+/g, '_')}_`.replace(/^(?=\d)/, '_');

/**
 * A credential as lines of a `.env` file that POSIX shells, python-dotenv and our own `import` read back exactly. Members that
 * are null are left out.
 * @throws WatchwordError `client.usage` when two members would have one name
 */
export function dotenvText(data: JsonObject, prefix: string): DotenvText {
  const lines = new Map<string, string | undefined>();
  for (const [member, value] of Object.entries(data)) {
    if (value === null) continue;
    const name = `${prefix}${member.toUpperCase().replace(/[^A-Z0-9]+/g, '_')}`.replace(/^(?=\d)/, '_');
    if (lines.has(name)) throw new WatchwordError('client.usage', `Two values would be called ${name}; take them as JSON.`);
    lines.set(name, quoted(plainText(value)));
  }
  const written = [...lines].filter(([, value]) => value !== undefined);
  return {
    text: written.map(([name, value]) => `${name}=${value}\n`).join(''),
    unwritten: [...lines].filter(([, value]) => value === undefined).map(([name]) => name),
  };
}

/**
 * Undefined when no form is read alike. Shells take single quotes literally; python-dotenv reads `\'` and `\\` in them and fills in
 * `${…}` everywhere. In double quotes both read `\"` and `\\`, and only shells anything of `$` and backticks.
 * Carriage returns do not outlive a file that is read as text, and nothing may end in `\`.
 */
function quoted(value: string): string | undefined {
  if (/[\0\r]/.test(value) || value.endsWith('\\') || !value.isWellFormed()) return undefined;
  if (!/'|\\\\|\$\{/.test(value)) return `'${value}'`;
  return /[$`]/.test(value) ? undefined : `"${value.replace(/["\\]/g, '\\$&')}"`;
}
