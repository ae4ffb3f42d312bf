import { z } from 'zod';
import { type AnyOperation, defineChange, defineRead } from '../access/operation.ts';
import type { Executor } from '../storage/contract.ts';
import type { Entries, MountKey } from './entries.ts';
import { type KvSettings, newEntry, noSettings } from './entry.ts';

/** What is to be changed; what is absent stays. */
export type KvSettingsChange = { readonly [Name in keyof KvSettings]?: KvSettings[Name] | undefined };

declare module '../access/operation-types.ts' {
  interface OperationTypes {
    'kv.config.read': { input: Record<string, never>; output: Readonly<KvSettings> };
    'kv.config.write': { input: KvSettingsChange; output: null };
  }
}

/** The settings of a mount are those of the entry at its root, whose path no request can name. */
const ROOT = '';
/** Go's longest duration, in seconds. */
const LONGEST = 9_223_372_036;

export const settingsShape = {
  maxVersions: z
    .int()
    .min(0)
    .max(2 ** 31 - 1)
    .optional(),
  casRequired: z.boolean().optional(),
  deleteVersionAfter: z.number().min(0, 'must not be negative').max(LONGEST).optional(),
};

/** @throws WatchwordError `keyring.tampered`, `keyring.rolled-back` */
export async function mountSettings(entries: Entries, on: Executor, mount: MountKey): Promise<Readonly<KvSettings>> {
  return (await entries.findEntry(on, mount, ROOT))?.settings ?? noSettings;
}

/** The given settings with whole seconds; what was not given is left out. */
export function givenSettings({ maxVersions, casRequired, deleteVersionAfter }: KvSettingsChange): Partial<KvSettings> {
  return {
    ...(maxVersions === undefined ? {} : { maxVersions }),
    ...(casRequired === undefined ? {} : { casRequired }),
    ...(deleteVersionAfter === undefined ? {} : { deleteVersionAfter: Math.trunc(deleteVersionAfter) }),
  };
}

export function settingsOperations(entries: Entries): AnyOperation[] {
  return [
    defineRead<'kv.config.read'>({
      name: 'kv.config.read',
      summary: 'Read the settings that hold for every secret of a mount.',
      capability: 'read',
      input: z.object({}),
      path: (_input, mount) => `${mount.path}config`,
      event: { class: 'entity-change', activity: 'read', clear: [] },
      perform: (_input, { reader, mount }) => mountSettings(entries, reader, mount),
    }),
    defineChange<'kv.config.write'>({
      name: 'kv.config.write',
      summary: 'Change the settings that hold for every secret of a mount.',
      capability: 'update',
      input: z.object({ ...settingsShape, deleteVersionAfter: z.number().min(-LONGEST).max(LONGEST).optional() }),
      path: (_input, mount) => `${mount.path}config`,
      event: { class: 'entity-change', activity: 'update', clear: ['maxVersions', 'casRequired', 'deleteVersionAfter'] },
      async perform(input, { tx, mount, now }) {
        const given = givenSettings(input);
        if (Object.keys(given).length === 0) return null;
        const found = await entries.find(tx, mount, ROOT);
        const entry = found?.entry ?? newEntry(now);
        // Any negative duration means "off" and reads back as one second below zero.
        entry.settings = {
          ...entry.settings,
          ...given,
          ...((given.deleteVersionAfter ?? 0) < 0 ? { deleteVersionAfter: -1 } : {}),
        };
        await entries.save(tx, mount, ROOT, entry, found?.newest ?? Buffer.alloc(0));
        return null;
      },
    }),
  ];
}
