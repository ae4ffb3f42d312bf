import { z } from 'zod';
import { type AnyOperation, type ChangeContext, defineChange, defineRead } from '../access/operation.ts';
import { WatchwordError } from '../foundation/errors.ts';
import { checkCustomMetadata } from './custom-metadata.ts';
import type { Entries } from './entries.ts';
import { type Entry, type KvSettings, newEntry } from './entry.ts';
import { type At, createOrUpdate, existingPath, refuseRace, writtenPath } from './inputs.ts';
import { givenSettings, type KvSettingsChange, mountSettings, settingsShape } from './mount-settings.ts';
import { factsOf, type VersionFacts } from './versioning.ts';

interface SettingsInput extends At, KvSettingsChange {
  readonly custom?: Readonly<Record<string, string>> | undefined;
}

interface PatchInput extends At, KvSettingsChange {
  /** null removes a key, or everything. */
  readonly custom?: Readonly<Record<string, string | null>> | null | undefined;
}

/** Times are milliseconds since the epoch. */
export interface EntryFacts {
  readonly current: number;
  readonly oldest: number;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly settings: Readonly<KvSettings>;
  readonly custom: Readonly<Record<string, string>> | undefined;
  readonly versions: readonly VersionFacts[];
}

declare module '../access/operation-types.ts' {
  interface OperationTypes {
    'kv.metadata.read': { input: At; output: EntryFacts | null };
    'kv.metadata.write': { input: SettingsInput; output: null };
    'kv.metadata.patch': { input: PatchInput; output: null };
    'kv.metadata.delete': { input: At; output: null };
  }
}

const policyPath = ({ path }: At, mount: { readonly path: string }) => `${mount.path}metadata/${path}`;
const clearSettings = ['path', 'maxVersions', 'casRequired', 'deleteVersionAfter'] as const;

/** Everything about an entry but its values. */
export function metadataOperations(entries: Entries): AnyOperation[] {
  return [
    defineRead<'kv.metadata.read'>({
      name: 'kv.metadata.read',
      summary: 'Read the settings and the list of versions of a secret.',
      capability: 'read',
      input: z.object({ path: existingPath }),
      path: policyPath,
      event: { class: 'entity-change', activity: 'read', clear: ['path'] },
      async perform({ path }, { reader, mount }) {
        const entry = await entries.findEntry(reader, mount, path);
        return entry === undefined ? null : entryFacts(entry);
      },
    }),
    defineChange<'kv.metadata.write'>({
      name: 'kv.metadata.write',
      summary: 'Change the settings or the custom metadata of a secret, which need not have a version yet.',
      capability: ({ path }, { reader, mount }) => createOrUpdate(entries.exists(reader, mount, path)),
      input: z.object({ path: writtenPath, ...settingsShape, custom: z.record(z.string(), z.string()).optional() }),
      path: policyPath,
      event: { class: 'entity-change', activity: 'update', clear: clearSettings },
      async perform({ path, custom, ...input }, context) {
        const given = givenSettings(input);
        if (custom === undefined && Object.keys(given).length === 0) return null;
        await change(entries, context, { path, ...given }, (entry) => {
          entry.settings = { ...entry.settings, ...given };
          if (custom !== undefined) setCustom(entry, custom);
        });
        return null;
      },
    }),
    defineChange<'kv.metadata.patch'>({
      name: 'kv.metadata.patch',
      summary: 'Change single settings or custom metadata of a secret that exists.',
      capability: 'patch',
      input: z.object({ path: writtenPath, ...settingsShape, custom: z.record(z.string(), z.string().nullable()).nullish() }),
      path: policyPath,
      event: { class: 'entity-change', activity: 'update', clear: clearSettings },
      async perform({ path, custom, ...input }, context) {
        await change(entries, context, { path, ...input }, (entry) => {
          entry.settings = { ...entry.settings, ...givenSettings(input) };
          if (custom === null) entry.custom = undefined;
          else if (custom !== undefined) setCustom(entry, patchedCustom(entry, custom));
        });
        return null;
      },
    }),
    defineChange<'kv.metadata.delete'>({
      name: 'kv.metadata.delete',
      summary: 'Remove a secret with all its versions for good.',
      capability: 'delete',
      input: z.object({ path: existingPath }),
      path: policyPath,
      event: { class: 'entity-change', activity: 'delete', clear: ['path'] },
      async perform({ path }, { tx, mount }) {
        const found = await entries.find(tx, mount, path);
        found?.newest.fill(0);
        if (found !== undefined) await entries.remove(tx, mount, path, found.entry);
        return null;
      },
    }),
  ];
}

type Edit = (entry: Entry) => void;

async function change(entries: Entries, context: ChangeContext, { path, casRequired }: SettingsInput, edit: Edit): Promise<void> {
  const { tx, mount, now, capability, warn } = context;
  const found = await entries.find(tx, mount, path);
  if (capability === 'patch' && found === undefined) throw new WatchwordError('store.missing');
  if (capability !== 'patch') refuseRace(context, found !== undefined);
  const entry = found?.entry ?? newEntry(now);
  edit(entry);
  if (casRequired === false && (await mountSettings(entries, tx, mount)).casRequired) {
    warn('"cas_required" set to false, but is mandated by backend config. This value will be ignored.');
  }
  const newest = found?.newest ?? Buffer.alloc(0);
  try {
    await entries.save(tx, mount, path, entry, newest);
  } finally {
    newest.fill(0);
  }
}

function setCustom(entry: Entry, custom: Readonly<Record<string, string>>): void {
  checkCustomMetadata(custom);
  entry.custom = custom;
}

function patchedCustom({ custom }: Entry, patch: Readonly<Record<string, string | null>>): Record<string, string> {
  const pairs = new Map(Object.entries(custom ?? {}));
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) pairs.delete(key);
    else pairs.set(key, value);
  }
  return Object.fromEntries(pairs);
}

function entryFacts(entry: Entry): EntryFacts {
  const { current, oldest, createdAt, updatedAt, settings, custom } = entry;
  const versions = [...entry.versions].map(([number, version]) => factsOf(entry, number, version));
  return { current, oldest, createdAt, updatedAt, settings, custom, versions };
}
