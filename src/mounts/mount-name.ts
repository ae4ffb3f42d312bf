import { z } from 'zod';
import { pathSchema } from '../foundation/bounds.ts';
import { WatchwordError } from '../foundation/errors.ts';
import type { MountPoint } from '../foundation/mount.ts';

export type MountClass = 'engine' | 'auth';

/** How people name a mount: auth methods without the `auth/` below which they live. */
export interface MountName {
  readonly class: MountClass;
  readonly path: string;
}

/** Accepts the path with or without slashes around it; gives it without a leading and with a trailing one. */
export const mountPathSchema = pathSchema.min(1).transform((path) => `${path.replace(/^\/+|\/+$/g, '')}/`);
export const mountClassSchema = z.enum(['engine', 'auth']);
export const mountNameSchema = z.object({ class: mountClassSchema, path: mountPathSchema });

const AUTH = 'auth/';
/** Where the server itself answers, or will. */
const RESERVED = ['sys/', AUTH, 'identity/', 'cubbyhole/', 'audit/'];

export const classOf = (path: string): MountClass => (path.startsWith(AUTH) ? 'auth' : 'engine');

/** Path of the mount itself. */
export function mountPath({ class: kind, path }: MountName): string {
  return kind === 'auth' ? `${AUTH}${path}` : path;
}

/** Path that policies speak of: `sys/mounts/secret`, `sys/auth/token`. */
export const policyPath = ({ class: kind, path }: MountName): string =>
  `sys/${kind === 'auth' ? 'auth' : 'mounts'}/${path.replace(/\/$/, '')}`;

/** Who may log in is a question for the few; which engines there are, one for whoever manages them. As in Vault. */
export const sudoForAuth = (input: MountName): boolean => input.class === 'auth';

/** The mount of this name and class: `auth/token/` is no engine, whoever may manage engines. @throws WatchwordError `mount.invalid` */
export function findMount(mounts: readonly MountPoint[], name: MountName): MountPoint {
  const path = mountPath(name);
  const found = classOf(path) === name.class ? mounts.find((mount) => mount.path === path) : undefined;
  if (found === undefined) throw new WatchwordError('mount.invalid', 'nothing is mounted at this path', { where: 'path' });
  return found;
}

/** @throws WatchwordError `mount.invalid` for the mounts that every store has. */
export function refuseSystem(mount: MountPoint, what: 'moved' | 'removed'): void {
  if (['system', 'token', 'cubbyhole', 'identity'].includes(mount.kind)) {
    throw new WatchwordError('mount.invalid', `a system mount cannot be ${what}`, { where: 'path' });
  }
}

/**
 * A mount inside another would take over part of its paths.
 * @throws WatchwordError `mount.invalid` for a reserved or unclear path, `mount.in-use`
 */
export function refuseTaken(mounts: readonly MountPoint[], name: MountName): void {
  const path = mountPath(name);
  const reserved = name.class === 'engine' && RESERVED.some((prefix) => path.startsWith(prefix));
  const unclear = path.startsWith('/') || path.includes('//') || /(^|\/)\.{1,2}\//.test(path);
  if (reserved || unclear) {
    throw new WatchwordError('mount.invalid', 'the path is reserved or not a plain path', { where: 'path' });
  }
  for (const other of mounts) {
    if (path.startsWith(other.path) || other.path.startsWith(path)) {
      throw new WatchwordError('mount.in-use', `path is already in use at ${other.path}`, { where: 'path' });
    }
  }
}
