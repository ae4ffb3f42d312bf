import { newId } from '../foundation/ids.ts';

/** One version's own facts; the value lies in its row. Times are milliseconds since the epoch. */
export interface Version {
  readonly createdAt: number;
  /** Deleted from this moment on, which may lie ahead; undefined = never. */
  deletedAt: number | undefined;
  /** The value is gone for good. */
  destroyed: boolean;
}

/** What can be set for one entry, and at the root of a mount for all of them. */
export interface KvSettings {
  /** 0 = not set. */
  maxVersions: number;
  casRequired: boolean;
  /** Seconds; 0 = not set; at the root of a mount, negative = switched off for every entry. */
  deleteVersionAfter: number;
}

/** What stands at a path: facts about its versions, authoritative over everything that columns say. */
export interface Entry {
  /** New for each life of a path, so that rows of an earlier life fit nowhere. */
  readonly id: string;
  /** Grows by one with each change. */
  generation: number;
  /** 0 = no version yet. */
  current: number;
  /** 0 until versions have been given up. */
  oldest: number;
  readonly createdAt: number;
  updatedAt: number;
  settings: KvSettings;
  custom: Readonly<Record<string, string>> | undefined;
  readonly versions: Map<number, Version>;
  /** Authentication tag of every version row, by version: a row that was replaced, or is older, does not carry it. */
  readonly tags: Map<number, string>;
}

export const noSettings: Readonly<KvSettings> = { maxVersions: 0, casRequired: false, deleteVersionAfter: 0 };

export function newEntry(now: number): Entry {
  return {
    id: newId(),
    generation: 0,
    current: 0,
    oldest: 0,
    createdAt: now,
    updatedAt: now,
    settings: { ...noSettings },
    custom: undefined,
    versions: new Map(),
    tags: new Map(),
  };
}

type StoredVersion = readonly [version: number, createdAt: number, deletedAt: number | null, destroyed: 0 | 1];
interface StoredEntry extends Omit<Entry, 'generation' | 'custom' | 'versions' | 'tags'> {
  readonly custom?: Readonly<Record<string, string>>;
  readonly versions: readonly StoredVersion[];
  readonly tags: readonly (readonly [number, string])[];
}

/** The sealed body of an entry. Its generation is part of its place instead. */
export function encodeEntry({ generation: _, versions, tags, ...rest }: Entry): Buffer {
  const stored = {
    ...rest,
    versions: [...versions].map(([n, { createdAt, deletedAt, destroyed }]) => [
      n,
      createdAt,
      deletedAt ?? null,
      destroyed ? 1 : 0,
    ]),
    tags: [...tags],
  };
  return Buffer.from(JSON.stringify(stored));
}

export function decodeEntry(body: Buffer, generation: number): Entry {
  const stored = JSON.parse(body.toString('utf8')) as StoredEntry;
  const versions = new Map<number, Version>();
  for (const [n, createdAt, deletedAt, destroyed] of stored.versions) {
    versions.set(n, { createdAt, deletedAt: deletedAt ?? undefined, destroyed: destroyed === 1 });
  }
  return { ...stored, custom: stored.custom, generation, versions, tags: new Map(stored.tags) };
}
