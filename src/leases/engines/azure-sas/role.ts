import { z } from 'zod';
import { invalidSetting } from '../invalid-setting.ts';
import { ipRange } from './ip-range.ts';

/** In the order in which Azure wants them: read, add, create, write, delete, list. */
export const PERMISSIONS = 'racwdl';
export const scopes = ['container', 'directory', 'blob'] as const;

/** What a signature allows, and of what. */
export interface AzureSasRole {
  readonly container: string;
  /**
   * Whether a signature is good for the whole container, for the directory {@link prefix} (where the account has a hierarchical
   * namespace), or for the one blob below {@link prefix} that the caller names.
   */
  readonly scope: (typeof scopes)[number];
  /** Empty, or ending in a slash. */
  readonly prefix: string;
  /** Some letters of {@link PERMISSIONS}. */
  readonly permissions: string;
  /** One IPv4 network that requests must come from; none for any. */
  readonly allowedCidrs: readonly string[];
  /** Seconds before its making from which on a signature is good, for clocks that go late. */
  readonly startSkew: number;
}

export const permissionsField = z
  .string()
  .regex(/^(?:([racwdl])(?!.*\1))*$/, 'must be some of the letters r, a, c, w, d, l, each once');

export const azureSasRoleFields = {
  container: z
    .string()
    .regex(
      /^(?:(?=.{3,63}$)[a-z0-9]+(?:-[a-z0-9]+)*)?$/,
      'must be a container: 3 to 63 small letters, digits and single hyphens',
    ),
  scope: z.enum(scopes),
  prefix: z.string().max(512),
  permissions: permissionsField,
  allowedCidrs: z.array(z.string().max(64)).max(16),
  startSkew: z.int().min(0).max(900),
} satisfies z.ZodRawShape;

export const newAzureSasRole: AzureSasRole = {
  container: '',
  scope: 'container',
  prefix: '',
  permissions: '',
  allowedCidrs: [],
  startSkew: 300,
};

/** @throws WatchwordError `engine.invalid` */
export function checkAzureSasRole({ container, scope, prefix, permissions, allowedCidrs }: AzureSasRole): readonly string[] {
  if (container === '') invalidSetting('container', 'must be set');
  if (permissions === '') invalidSetting('permissions', 'must be set: some of r, a, c, w, d, l');
  checkPrefix(scope, prefix);
  if (scope === 'blob' && permissions === 'l')
    invalidSetting('permissions', 'l is about containers and directories, not about one blob');
  checkNetworks(allowedCidrs);
  const warnings: (string | false)[] = [
    scope === 'container' && 'the whole container is meant: scope directory or blob is narrower',
    /[wd]/.test(permissions) && 'w and d reach blobs that are there already, unless the container keeps versions',
    allowedCidrs.length === 0 &&
      'requests may come from anywhere: set allowed_cidrs, since nothing but its end stops a signature',
  ];
  return warnings.filter((warning) => warning !== false);
}

function checkPrefix(scope: AzureSasRole['scope'], prefix: string): void {
  if (scope === 'container' && prefix !== '') {
    const otherwise = 'a signature for a container reaches all of it: set scope=directory (hierarchical namespace) or scope=blob';
    invalidSetting('prefix', otherwise);
  }
  if (scope === 'directory' && prefix === '') invalidSetting('prefix', 'must be set for scope=directory');
  const fault = faultOfPrefix(prefix);
  if (fault !== undefined) invalidSetting('prefix', fault);
}

function checkNetworks(cidrs: readonly string[]): void {
  if (cidrs.length > 1) invalidSetting('allowed_cidrs', 'may hold one network: a signature has room for no more');
  const [cidr] = cidrs;
  if (cidr !== undefined && ipRange(cidr) === undefined) {
    invalidSetting('allowed_cidrs', 'must be an IPv4 address or network without bits behind its prefix, such as 192.0.2.0/24');
  }
}

/** What is wrong with a prefix; undefined when nothing is. Without its slash `team-a` would be `team-a2` as well. */
export function faultOfPrefix(prefix: string): string | undefined {
  if (prefix === '') return undefined;
  return prefix.endsWith('/') ? faultOfName(prefix.slice(0, -1)) : 'must end in a slash';
}

/** What is wrong with the name of a blob; undefined when nothing is. https://learn.microsoft.com/rest/api/storageservices/naming-and-referencing-containers--blobs--and-metadata */
export function faultOfName(name: string): string | undefined {
  if (name === '' || name.length > 1024 || !name.isWellFormed()) return 'must have 1 to 1024 characters';
  // biome-ignore lint/suspicious/noControlCharactersInRegex: refusing control characters is the point.
  if (/[\u0000-\u001f\u007f\\]/.test(name)) return 'may not hold control characters or backslashes';
  // Clients and the service clean up such paths, each in its own way: another blob would be meant.
  if (name.split('/').some((segment) => segment === '' || segment.endsWith('.'))) {
    return 'may not begin or end with a slash, nor have an empty segment or one that ends in a dot';
  }
  return undefined;
}
