import type { ChangeContext } from '../access/operation.ts';
import type { JsonObject } from '../foundation/exact-json.ts';
import type { Executor, Transaction } from '../storage/contract.ts';
import type { Entries, MountKey } from './entries.ts';
import { newEntry } from './entry.ts';
import { decodeRecord, encodeRecord, type ValueRecord } from './record.ts';
import { isReadable } from './versioning.ts';

/** Reads the only value of an unversioned entry. @throws WatchwordError `keyring.tampered`, `keyring.rolled-back` */
export async function readValue(
  entries: Entries,
  on: Executor,
  mount: MountKey,
  path: string,
  now: number,
): Promise<ValueRecord | undefined> {
  const found = await entries.find(on, mount, path);
  if (found === undefined) return undefined;
  const version = found.entry.versions.get(found.entry.current);
  if (version !== undefined && isReadable(version, now)) return decodeRecord(found.newest);
  found.newest.fill(0);
  return undefined;
}

export interface ValueAt {
  readonly mount: MountKey;
  readonly path: string;
  readonly data: JsonObject;
}

/**
 * Writes the only value of an unversioned entry: its one version is replaced, so that older rows do not fit any more.
 * On an engine that was versioned once, the newest version is.
 */
export async function writeValue(entries: Entries, context: ChangeContext, { mount, path, data }: ValueAt): Promise<void> {
  const record = encodeRecord(context.digester.leaves(data), JSON.stringify(data));
  try {
    await putRecord(entries, context.tx, { mount, path, now: context.now, record });
  } finally {
    record.fill(0);
  }
}

export interface RecordAt {
  readonly mount: MountKey;
  readonly path: string;
  readonly now: number;
  readonly record: Buffer;
}

export async function putRecord(entries: Entries, tx: Transaction, { mount, path, now, record }: RecordAt): Promise<void> {
  const entry = (await entries.findEntry(tx, mount, path)) ?? newEntry(now);
  if (entry.current === 0) {
    await entries.dropThrough(tx, entry, 0);
    entry.current = 1;
  }
  entry.versions.set(entry.current, { createdAt: now, deletedAt: undefined, destroyed: false });
  entry.updatedAt = now;
  await entries.save(tx, mount, path, entry, record);
}

export async function removeValue(entries: Entries, tx: Transaction, mount: MountKey, path: string): Promise<void> {
  const entry = await entries.findEntry(tx, mount, path);
  if (entry !== undefined) await entries.remove(tx, mount, path, entry);
}
