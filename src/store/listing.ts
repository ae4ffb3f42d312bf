import type { Executor } from '../storage/contract.ts';
import type { Entries, MountKey } from './entries.ts';

/** Follows no character that a path may hold, so `name + NEXT` is the first path after `name`. */
const NEXT = '\u0001';
/** The character after `/`: `folder + AFTER_SLASH` is the first path behind everything in `folder/`. */
const AFTER_SLASH = '0';
const SMALLEST_BATCH = 4;
const LARGEST_BATCH = 1024;

export interface ListRequest {
  /** Empty, or ending in a slash. */
  readonly folder: string;
  readonly after?: string | undefined;
  /** 0 or less = all. */
  readonly limit?: number | undefined;
}

/**
 * Names directly in a folder, in byte order; a folder in it is named once, with a slash. Whole folders are skipped by
 * starting the next query behind them, so the cost is that of what is listed, not of what lies below.
 */
export async function listFolder(entries: Entries, on: Executor, mount: MountKey, request: ListRequest): Promise<string[]> {
  const { folder } = request;
  const wanted = limitOf(request);
  const keys: string[] = [];
  let from = startOf(request);
  let batch = SMALLEST_BATCH * 4;
  for (;;) {
    const paths = await entries.paths(on, mount, from, batch);
    let skipping: string | undefined;
    for (const path of paths) {
      if (keys.length >= wanted || !path.startsWith(folder)) return keys;
      if (skipping !== undefined && path.startsWith(skipping)) continue;
      const slash = path.indexOf('/', folder.length);
      skipping = slash < 0 ? undefined : path.slice(0, slash + 1);
      keys.push((skipping ?? path).slice(folder.length));
    }
    if (paths.length < batch) return keys;
    const last = paths[paths.length - 1] ?? '';
    from = skipping === undefined ? last + NEXT : skipping.slice(0, -1) + AFTER_SLASH;
    batch = skipping === undefined ? Math.min(batch * 2, LARGEST_BATCH) : Math.max(batch >> 1, SMALLEST_BATCH);
  }
}

/** Every path below a folder, relative to it, in byte order. */
export async function scanFolder(entries: Entries, on: Executor, mount: MountKey, request: ListRequest): Promise<string[]> {
  const { folder } = request;
  const wanted = limitOf(request);
  const keys: string[] = [];
  let from = request.after === undefined || request.after === '' ? folder + NEXT : folder + request.after + NEXT;
  for (;;) {
    const paths = await entries.paths(on, mount, from, LARGEST_BATCH);
    for (const path of paths) {
      if (keys.length >= wanted || !path.startsWith(folder)) return keys;
      keys.push(path.slice(folder.length));
    }
    if (paths.length < LARGEST_BATCH) return keys;
    from = `${paths[paths.length - 1] ?? ''}${NEXT}`;
  }
}

function limitOf({ limit = 0 }: ListRequest): number {
  return limit > 0 ? limit : Number.POSITIVE_INFINITY;
}

function startOf({ folder, after = '' }: ListRequest): string {
  if (after === '') return folder + NEXT;
  const slash = after.indexOf('/');
  return folder + (slash < 0 ? after + NEXT : after.slice(0, slash) + AFTER_SLASH);
}
