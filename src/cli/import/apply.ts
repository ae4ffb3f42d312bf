import type { Envelope, WatchwordClient } from '../../client/client.ts';
import { type KvLocation, kvCurrentVersion, kvData, kvPath, kvPut } from '../../client/kv.ts';
import { canonicalJson } from '../../foundation/canonical-json.ts';
import { isWatchwordError, WatchwordError } from '../../foundation/errors.ts';
import { isJsonObject, type JsonObject } from '../../foundation/exact-json.ts';
import type { PlannedSecret } from './plan.ts';

export type Outcome = 'created' | 'changed' | 'unchanged' | 'failed';

/** What became of one secret. Names of keys, never their values. */
export interface ImportedSecret {
  readonly file: string;
  readonly path: string;
  readonly outcome: Outcome;
  readonly keys: readonly string[];
  /** Those of `keys` that were not there before, or had another value. */
  readonly changed: readonly string[];
  /** The note of who answers for it, where that is another one than before. */
  readonly owner?: { readonly before: string | null; readonly after: string };
  readonly reason?: string;
}

export interface ImportTarget {
  readonly client: WatchwordClient;
  readonly mount: Pick<KvLocation, 'mount' | 'version'>;
  readonly owner: string | undefined;
  readonly dryRun: boolean;
  /** Replace values on mounts that keep no earlier versions. */
  readonly overwrite: boolean;
}

/**
 * Stores one secret, unless it is there already. Keys at the same path that the file does not have are kept. On versioned mounts
 * the write stands on the version that was compared, so that a change made meanwhile is not overwritten.
 */
export async function applySecret(target: ImportTarget, { file, path, data }: PlannedSecret): Promise<ImportedSecret> {
  const keys = Object.keys(data);
  const result = { file, path: `${target.mount.mount}${path}`, keys };
  try {
    const location = { ...target.mount, path };
    const answer = await target.client.read(kvPath(location, 'data'));
    const current = answer === undefined ? undefined : kvData(location, answer);
    const changed = keys.filter((key) => current === undefined || !same(current[key], data[key]));
    if (changed.length > 0) await store(target, location, { answer, current, data, changed });
    const owner = await setOwner(target, location);
    const outcome = current === undefined ? 'created' : changed.length > 0 || owner !== undefined ? 'changed' : 'unchanged';
    return { ...result, changed, outcome, ...(owner === undefined ? {} : { owner }) };
  } catch (error) {
    if (!isWatchwordError(error) || error.code === 'client.unreachable') throw error;
    return { ...result, changed: [], outcome: 'failed', reason: `${error.message} ${error.remedy}` };
  }
}

interface Change {
  readonly answer: Envelope | undefined;
  readonly current: JsonObject | undefined;
  readonly data: JsonObject;
  readonly changed: readonly string[];
}

async function store(target: ImportTarget, location: KvLocation, { answer, current = {}, data, changed }: Change): Promise<void> {
  const replaces = changed.some((key) => Object.hasOwn(current, key));
  if (location.version === 1 && replaces && !target.overwrite) {
    throw new WatchwordError('client.usage', 'Other values are there, and this mount keeps no earlier versions (--overwrite).');
  }
  if (target.dryRun) return;
  const cas = location.version === 2 ? kvCurrentVersion(answer) : undefined;
  await kvPut(target.client, location, { ...current, ...data }, { cas });
}

/** Gives what changed; undefined when the owner was noted before. */
async function setOwner({ client, owner, dryRun }: ImportTarget, location: KvLocation): Promise<ImportedSecret['owner']> {
  if (owner === undefined) return undefined;
  const path = kvPath(location, 'metadata');
  const metadata = (await client.read(path))?.data;
  const notes = isJsonObject(metadata) && isJsonObject(metadata.custom_metadata) ? metadata.custom_metadata : {};
  if (notes.owner === owner) return undefined;
  if (!dryRun) await client.write(path, { custom_metadata: { ...notes, owner } });
  return { before: typeof notes.owner === 'string' ? notes.owner : null, after: owner };
}

function same(a: unknown, b: unknown): boolean {
  return a !== undefined && canonicalJson(a) === canonicalJson(b);
}
