import { z } from 'zod';
import { type AnyOperation, defineChange, defineRead } from '../access/operation.ts';
import type { JsonObject } from '../foundation/exact-json.ts';
import { type MountPoint, SYSTEM_DEFAULT_TTL } from '../foundation/mount.ts';
import type { Secret } from '../foundation/secret.ts';
import { parseDuration } from '../foundation/time.ts';
import type { Entries } from './entries.ts';
import { type At, createOrUpdate, dataObject, existingPath, refuseRace, writtenPath } from './inputs.ts';
import { readValue, removeValue, writeValue } from './single-value.ts';

declare module '../access/operation-types.ts' {
  interface OperationTypes {
    /** `data` is the text of a JSON object; `leaseDuration` (seconds) says how long a reader may go on without asking again. */
    'kv1.read': { input: At; output: { data: Secret; leaseDuration: number } | null };
    'kv1.write': { input: At & { data: JsonObject }; output: null };
    'kv1.delete': { input: At; output: null };
  }
}

const policyPath = ({ path }: At, mount: MountPoint) => `${mount.path}${path}`;

/** Unversioned secrets: a write replaces, a delete removes. */
export function kv1Operations(entries: Entries): AnyOperation[] {
  return [
    defineRead<'kv1.read'>({
      name: 'kv1.read',
      summary: 'Read an unversioned secret.',
      capability: 'read',
      input: z.object({ path: existingPath }),
      path: policyPath,
      event: { class: 'retrieval', activity: 'read', clear: ['path'] },
      async perform({ path }, { reader, mount, now, note, noteResponseDigests }) {
        const found = await readValue(entries, reader, mount, path, now);
        if (found === undefined) {
          note({ withheld: true });
          return null;
        }
        noteResponseDigests(found.digests);
        return { data: found.value, leaseDuration: leaseDuration(found.value, mount) };
      },
    }),
    defineChange<'kv1.write'>({
      name: 'kv1.write',
      summary: 'Write an unversioned secret.',
      capability: ({ path }, { reader, mount }) => createOrUpdate(entries.exists(reader, mount, path)),
      input: z.object({
        path: writtenPath,
        data: dataObject.refine((data) => Object.keys(data).length > 0, 'missing data fields'),
      }),
      path: policyPath,
      event: { class: 'entity-change', activity: 'update', clear: ['path'] },
      async perform({ path, data }, context) {
        const { tx, mount } = context;
        refuseRace(context, await entries.exists(tx, mount, path));
        await writeValue(entries, context, { mount, path, data });
        return null;
      },
    }),
    defineChange<'kv1.delete'>({
      name: 'kv1.delete',
      summary: 'Remove an unversioned secret for good.',
      capability: 'delete',
      input: z.object({ path: existingPath }),
      path: policyPath,
      event: { class: 'entity-change', activity: 'delete', clear: ['path'] },
      async perform({ path }, { tx, mount }) {
        await removeValue(entries, tx, mount, path);
        return null;
      },
    }),
  ];
}

/** The member `ttl` (or the older `lease`) if it is a duration, else what the mount gives. */
function leaseDuration(value: Secret, mount: MountPoint): number {
  const { ttl, lease } = JSON.parse(value.text) as Readonly<Record<string, unknown>>;
  const asked = ttl ?? lease;
  try {
    if (asked !== undefined) return Math.trunc(parseDuration(asked, 'ttl'));
  } catch {
    // Not a duration: a value like any other.
  }
  return mount.config.defaultTtl || SYSTEM_DEFAULT_TTL;
}
