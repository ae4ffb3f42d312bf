import { WatchwordError } from '../foundation/errors.ts';
import { isJsonObject, type JsonObject } from '../foundation/exact-json.ts';
import type { Envelope, RequestOptions, WatchwordClient } from './client.ts';
import { ServerRefusal } from './refusal.ts';

/** Where a KV secret is: mount path with its trailing slash, and the path below it. */
export interface KvLocation {
  readonly mount: string;
  readonly path: string;
  /** Version of the engine, not of the secret. */
  readonly version: 1 | 2;
}

/**
 * Finds the mount in `path` (`secret/team/db`) by asking the server, or takes `mount` as given; so policies need not allow
 * listing the mounts.
 */
export async function locateKv(client: WatchwordClient, path: string, mount?: string): Promise<KvLocation> {
  const plain = path.replace(/^\/+/, '');
  const data = await mountAt(client, (mount ?? plain).replace(/^\/+|\/+$/g, ''));
  if (!isJsonObject(data) || typeof data.path !== 'string') {
    throw new WatchwordError('route.missing', 'The server did not say which mount answers at this path.', { where: path });
  }
  if (data.type !== undefined && data.type !== 'kv' && data.type !== 'generic') {
    throw new WatchwordError(
      'client.usage',
      'What is mounted there holds no key-value secrets; use read, write, list and delete.',
      {
        where: data.path,
      },
    );
  }
  const version = isJsonObject(data.options) && data.options.version === '2' ? 2 : 1;
  return { mount: data.path, path: mount === undefined ? belowMount(plain, data.path) : plain, version };
}

async function mountAt(client: WatchwordClient, path: string): Promise<unknown> {
  try {
    return (await client.read(`sys/internal/ui/mounts/${path}`))?.data;
  } catch (error) {
    if (!(error instanceof ServerRefusal && error.status === 403 && error.message.includes('preflight'))) throw error;
    const message = 'Nothing is mounted there, or no policy of this token reaches it; the server does not say which.';
    throw new WatchwordError('access.denied', message, { where: path });
  }
}

function belowMount(path: string, mount: string): string {
  return `${path}/`.startsWith(mount) ? path.slice(mount.length) : path;
}

/** The path of the API for one of KV version 2's views of a secret; KV version 1 has the secret's path alone. */
export function kvPath(
  { mount, path, version }: KvLocation,
  view: 'data' | 'metadata' | 'delete' | 'undelete' | 'destroy',
): string {
  return version === 2 ? `${mount}${view}/${path}` : `${mount}${path}`;
}

/** The secret's own members in an answer to reading it; undefined for a deleted version. */
export function kvData(location: KvLocation, answer: Envelope): JsonObject | undefined {
  const data = location.version === 2 && isJsonObject(answer.data) ? answer.data.data : answer.data;
  return isJsonObject(data) ? data : undefined;
}

/** Number of the current version as far as the answer tells; 0 when there is none. */
export function kvCurrentVersion(answer: Envelope | undefined): number {
  const metadata = isJsonObject(answer?.data) ? answer.data.metadata : undefined;
  const version = isJsonObject(metadata) ? metadata.version : undefined;
  return typeof version === 'number' ? version : 0;
}

/** Writes a new version; `cas` is the current version that this change stands on, 0 for "must not exist". */
export function kvPut(
  client: WatchwordClient,
  location: KvLocation,
  data: JsonObject,
  { cas, ...options }: RequestOptions & { cas?: number | undefined } = {},
): Promise<Envelope | undefined> {
  const body = location.version === 1 ? data : { data, ...(cas === undefined ? {} : { options: { cas } }) };
  return client.write(kvPath(location, 'data'), body, options);
}

/**
 * Changes some members, keeping the others; a null member is removed. Where the server or the mount knows no PATCH, the secret is
 * read and written back, guarded by check-and-set.
 */
export async function kvPatch(
  client: WatchwordClient,
  location: KvLocation,
  data: JsonObject,
  { cas, method, ...options }: RequestOptions & { cas?: number | undefined; method?: 'patch' | 'rw' | undefined } = {},
): Promise<Envelope | undefined> {
  const path = kvPath(location, 'data');
  if (location.version === 2 && method !== 'rw') {
    try {
      return await client.patch(path, { data, ...(cas === undefined ? {} : { options: { cas } }) }, options);
    } catch (error) {
      if (!(error instanceof ServerRefusal && error.status === 405) || method === 'patch') throw error;
    }
  }
  const answer = await client.read(path);
  const current = answer === undefined ? undefined : kvData(location, answer);
  if (current === undefined) throw new WatchwordError('store.missing', 'There is no secret to change.', { where: path });
  const merged = Object.fromEntries(Object.entries({ ...current, ...data }).filter(([, value]) => value !== null));
  return kvPut(client, location, merged, {
    ...options,
    ...(location.version === 2 ? { cas: cas ?? kvCurrentVersion(answer) } : {}),
  });
}
