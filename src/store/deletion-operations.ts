import { z } from 'zod';
import { type AnyOperation, type ChangeContext, defineChange } from '../access/operation.ts';
import { limits } from '../foundation/bounds.ts';
import type { Entries, FoundEntry } from './entries.ts';
import { type At, existingPath, versionNumber } from './inputs.ts';
import { mountSettings } from './mount-settings.ts';
import { deletionTime, isReadable } from './versioning.ts';

interface VersionsInput extends At {
  readonly versions: readonly number[];
}

declare module '../access/operation-types.ts' {
  interface OperationTypes {
    'kv.delete': { input: At; output: null };
    'kv.delete-versions': { input: VersionsInput; output: null };
    'kv.undelete-versions': { input: VersionsInput; output: null };
    'kv.destroy-versions': { input: VersionsInput; output: null };
  }
}

const chosen = z.object({
  path: existingPath,
  versions: z.array(versionNumber).min(1, 'No version number provided').max(limits.listLength),
});

/** Deleting can be undone; destroying cannot. Versions that do not exist, or are destroyed already, are passed over. */
export function deletionOperations(entries: Entries): AnyOperation[] {
  return [
    defineChange<'kv.delete'>({
      name: 'kv.delete',
      summary: 'Delete the current version of a secret; it can be undeleted.',
      capability: 'delete',
      input: z.object({ path: existingPath }),
      path: ({ path }, mount) => `${mount.path}data/${path}`,
      event: { class: 'entity-change', activity: 'delete', clear: ['path'] },
      async perform({ path }, context) {
        await change(entries, context, path, (found) => softDelete(found, [found.entry.current], context.now));
        return null;
      },
    }),
    defineChange<'kv.delete-versions'>({
      name: 'kv.delete-versions',
      summary: 'Delete versions of a secret; they can be undeleted.',
      capability: 'update',
      input: chosen,
      path: ({ path }, mount) => `${mount.path}delete/${path}`,
      event: { class: 'entity-change', activity: 'delete', clear: ['path'] },
      async perform({ path, versions }, context) {
        await change(entries, context, path, (found) => softDelete(found, versions, context.now));
        context.note({ versions: versions.map(String) });
        return null;
      },
    }),
    defineChange<'kv.undelete-versions'>({
      name: 'kv.undelete-versions',
      summary: 'Undelete versions of a secret.',
      capability: 'update',
      input: chosen,
      path: ({ path }, mount) => `${mount.path}undelete/${path}`,
      event: { class: 'entity-change', activity: 'update', clear: ['path'] },
      async perform({ path, versions }, context) {
        const settings = await mountSettings(entries, context.tx, context.mount);
        await change(entries, context, path, ({ entry, newest }) => {
          for (const number of versions) {
            const version = entry.versions.get(number);
            if (version !== undefined && !version.destroyed) version.deletedAt = deletionTime(entry, settings, context.now);
          }
          return newest;
        });
        context.note({ versions: versions.map(String) });
        return null;
      },
    }),
    defineChange<'kv.destroy-versions'>({
      name: 'kv.destroy-versions',
      summary: 'Destroy the values of versions of a secret for good.',
      capability: 'update',
      input: chosen,
      path: ({ path }, mount) => `${mount.path}destroy/${path}`,
      event: { class: 'entity-change', activity: 'delete', clear: ['path'] },
      async perform({ path, versions }, context) {
        await change(entries, context, path, (found) => destroy(entries, context, found, versions));
        context.note({ versions: versions.map(String) });
        return null;
      },
    }),
  ];
}

/** Changes the entry; gives what its newest record is to be. */
type Edit = (found: FoundEntry) => Buffer | Promise<Buffer>;

async function change(entries: Entries, { tx, mount }: ChangeContext, path: string, edit: Edit): Promise<void> {
  const found = await entries.find(tx, mount, path);
  if (found === undefined) return;
  try {
    await entries.save(tx, mount, path, found.entry, await edit(found));
  } finally {
    found.newest.fill(0);
  }
}

function softDelete({ entry, newest }: FoundEntry, versions: readonly number[], now: number): Buffer {
  for (const number of versions) {
    const version = entry.versions.get(number);
    if (version !== undefined && isReadable(version, now)) version.deletedAt = now;
  }
  return newest;
}

async function destroy(
  entries: Entries,
  { tx }: ChangeContext,
  { entry, newest }: FoundEntry,
  versions: readonly number[],
): Promise<Buffer> {
  for (const number of versions) {
    const version = entry.versions.get(number);
    if (version !== undefined) version.destroyed = true;
  }
  // The newest row stays, empty: it shows that the entry is of its time.
  await entries.dropVersions(
    tx,
    entry,
    versions.filter((number) => number !== entry.current && entry.tags.has(number)),
  );
  return versions.includes(entry.current) ? Buffer.alloc(0) : newest;
}
