import { basename, dirname, resolve } from 'node:path';
import { WatchwordError } from '../../foundation/errors.ts';
import { isJsonObject, type JsonObject } from '../../foundation/exact-json.ts';

/** One secret to be: its path below the mount, and where it comes from. */
export interface PlannedSecret {
  readonly file: string;
  readonly path: string;
  readonly data: JsonObject;
}

export interface Placement {
  /** Exactly this path; for one file. */
  readonly path?: string;
  /** All files go below this path. */
  readonly prefix?: string;
  readonly split?: boolean;
}

/** Endings of a file's name that say nothing about what it is for. */
const ENDING = /\.(env|json|ya?ml)$/i;

/**
 * Where the content of one file goes. A file becomes one secret: `churn/.env` is `imported/churn`, `churn/.env.production` and
 * `churn/production.env` are `imported/churn/production`, `churn/config.yaml` is `imported/churn/config`. With `split`, every
 * top-level key becomes a secret of its own below that: the members of a map, or else one key named `value`.
 */
export function planSecrets(file: string, data: JsonObject, placement: Placement): PlannedSecret[] {
  const path = checkedPath(placement.path ?? defaultPath(file, placement.prefix));
  if (Object.keys(data).length === 0) return [];
  if (placement.split !== true) return [{ file, path, data }];
  return Object.entries(data).map(([key, value]) => ({
    file,
    path: checkedPath(`${path}/${checkedKey(key, file)}`),
    data: isJsonObject(value) && Object.keys(value).length > 0 ? value : { value },
  }));
}

/** @throws WatchwordError `client.usage` when two files would become one secret: one would hide the other */
export function refuseCollisions(plans: readonly PlannedSecret[]): void {
  const taken = new Map<string, string>();
  for (const { path, file } of plans) {
    const other = taken.get(path);
    if (other !== undefined) {
      throw new WatchwordError('client.usage', `${other} and ${file} would both become ${path}; import one of them with --path.`);
    }
    taken.set(path, file);
  }
}

function defaultPath(file: string, prefix: string | undefined): string {
  const full = resolve(file);
  const base = prefix ?? `imported/${segment(basename(dirname(full))) || 'project'}`;
  const purpose = segment(
    basename(full)
      .replace(/^\.?env(?=\.|$)/i, '')
      .replace(ENDING, ''),
  );
  return purpose === '' ? base : `${base}/${purpose}`;
}

/** Spaces and the like become dashes: paths are typed by hand and stand in policies. */
const segment = (name: string) => name.replace(/[^\p{L}\p{N}._-]+/gu, '-').replace(/^[.-]+|[.-]+$/g, '');

function checkedKey(key: string, file: string): string {
  if (key !== '' && !key.includes('/')) return key;
  throw new WatchwordError(
    'client.usage',
    `${file}: a key that is empty or holds a slash cannot become a path; leave --split out.`,
  );
}

function checkedPath(path: string): string {
  const plain = path.replace(/^\/+|\/+$/g, '');
  if (plain.split('/').every((part) => part !== '' && part !== '.' && part !== '..')) return plain;
  throw new WatchwordError('client.usage', 'A path has no empty parts and no "." or ".." in it.', { where: path });
}
