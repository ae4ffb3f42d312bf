import { WatchwordError } from '../foundation/errors.ts';
import type { Entry, KvSettings, Version } from './entry.ts';

/** Versions kept when neither mount nor entry says how many. */
const DEFAULT_MAX_VERSIONS = 10;

/** What is told about one version. Times are milliseconds since the epoch. */
export interface VersionFacts {
  readonly version: number;
  readonly createdAt: number;
  readonly deletedAt: number | undefined;
  readonly destroyed: boolean;
  /** Of the whole entry. */
  readonly custom: Readonly<Record<string, string>> | undefined;
}

export function factsOf(entry: Entry, version: number, { createdAt, deletedAt, destroyed }: Version): VersionFacts {
  return { version, createdAt, deletedAt, destroyed, custom: entry.custom };
}

/** True while the value may be handed out. */
export function isReadable(version: Version, now: number): boolean {
  return !version.destroyed && (version.deletedAt === undefined || version.deletedAt > now);
}

/** @throws WatchwordError `store.check-and-set` */
export function checkAndSet(cas: number | undefined, entry: Entry | undefined, mount: KvSettings): void {
  if (cas === undefined) {
    if (!mount.casRequired && entry?.settings.casRequired !== true) return;
    throw new WatchwordError('store.check-and-set', 'check-and-set parameter required for this call', { where: 'options.cas' });
  }
  if (cas !== (entry?.current ?? 0)) {
    throw new WatchwordError('store.check-and-set', 'check-and-set parameter did not match the current version', {
      where: 'options.cas',
    });
  }
}

/** When a version made (or undeleted) now shall be deleted: the shorter of the two settings, unless the mount switches it off. */
export function deletionTime(entry: Entry, mount: KvSettings, now: number): number | undefined {
  if (mount.deleteVersionAfter < 0) return undefined;
  const set = [mount.deleteVersionAfter, entry.settings.deleteVersionAfter].filter((seconds) => seconds > 0);
  return set.length === 0 ? undefined : now + Math.min(...set) * 1000;
}

/** Adds a version; gives the number of the newest version that must go now, or 0. */
export function addVersion(entry: Entry, mount: KvSettings, now: number): number {
  entry.current += 1;
  entry.versions.set(entry.current, { createdAt: now, deletedAt: deletionTime(entry, mount, now), destroyed: false });
  entry.updatedAt = now;
  const kept = Math.max(entry.settings.maxVersions, mount.maxVersions) || DEFAULT_MAX_VERSIONS;
  if (entry.current - entry.oldest < kept) return 0;
  const given = entry.current - kept;
  for (const version of entry.versions.keys()) if (version <= given) entry.versions.delete(version);
  entry.oldest = given + 1;
  return given;
}
