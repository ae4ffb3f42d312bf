import { WatchwordError } from '../../../foundation/errors.ts';

/** What stands between a mount and a role where credentials are asked for. */
const VERBS: ReadonlySet<string> = new Set(['creds', 'sts', 'sign', 'issue', 'static-creds']);

export interface RolePath {
  /** Below `/v1/`. */
  readonly path: string;
  /** Last part of the mount's path. */
  readonly mount: string;
}

/**
 * `database/training` is `database/creds/training`; a path that says what is asked for (`ssh/sign/dev`) stays as it is.
 * @throws WatchwordError `client.usage` for what is no role of a mount, and for parts that lead elsewhere
 */
export function rolePath(word: string): RolePath {
  const parts = word.replace(/^\/+|\/+$/g, '').split('/');
  const role = parts.pop() ?? '';
  const said = parts.length > 1 && VERBS.has(parts.at(-1) ?? '');
  const verb = said ? (parts.pop() ?? '') : 'creds';
  if (parts.length === 0 || [...parts, role].some((part) => /^\.{0,2}$/.test(part))) {
    throw new WatchwordError('client.usage', 'The role is named with its mount, such as database/training or ssh/sign/dev.');
  }
  return { path: [...parts, verb, role].join('/'), mount: parts.at(-1) ?? '' };
}
