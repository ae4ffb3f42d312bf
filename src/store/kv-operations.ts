import { z } from 'zod';
import { type AnyOperation, type ChangeContext, defineChange, defineRead } from '../access/operation.ts';
import { WatchwordError } from '../foundation/errors.ts';
import { type JsonObject, parseExactJson } from '../foundation/exact-json.ts';
import type { Secret } from '../foundation/secret.ts';
import type { Entries, FoundEntry } from './entries.ts';
import { type Entry, type KvSettings, newEntry } from './entry.ts';
import { type At, createOrUpdate, dataObject, existingPath, refuseRace, versionNumber, writtenPath } from './inputs.ts';
import { mergePatch, subkeys } from './merge-patch.ts';
import { mountSettings } from './mount-settings.ts';
import { decodeRecord, encodeRecord } from './record.ts';
import { addVersion, checkAndSet, factsOf, isReadable, type VersionFacts } from './versioning.ts';

interface ReadVersion extends At {
  /** The current one when absent or not positive. */
  readonly version?: number | undefined;
}

interface WriteInput extends At {
  readonly data: JsonObject;
  /** The version that must be current; 0 = there must be none. */
  readonly cas?: number | undefined;
}

/** A version, and its value while that may be handed out. */
interface ReadOutput {
  /** Text of a JSON object. */
  readonly data?: Secret | undefined;
  readonly version: VersionFacts;
}

declare module '../access/operation-types.ts' {
  interface OperationTypes {
    'kv.read': { input: ReadVersion; output: ReadOutput | null };
    'kv.subkeys': {
      input: ReadVersion & { depth?: number | undefined };
      output: { subkeys: JsonObject | null; version: VersionFacts } | null;
    };
    'kv.write': { input: WriteInput; output: VersionFacts };
    'kv.patch': { input: WriteInput; output: VersionFacts };
  }
}

const written = z.object({ path: writtenPath, data: dataObject, cas: z.int().optional() });

/** Reading, writing and patching values. */
export function dataOperations(entries: Entries): AnyOperation[] {
  return [
    defineRead<'kv.read'>({
      name: 'kv.read',
      summary: 'Read a version of a secret.',
      capability: 'read',
      input: z.object({ path: existingPath, version: versionNumber.optional() }),
      path: ({ path }, mount) => `${mount.path}data/${path}`,
      event: { class: 'retrieval', activity: 'read', clear: ['path', 'version'] },
      async perform({ path, version }, { reader, mount, now, note, noteResponseDigests }) {
        const found = await readVersion(await entries.find(reader, mount, path, version), version, now);
        // The log tells a retrieval from the news that there is nothing, or nothing any more.
        if (found === null) {
          note({ withheld: true });
          return null;
        }
        note({ version: found.version.version });
        if (found.record === undefined) {
          note({ withheld: true });
          return { version: found.version };
        }
        const { digests, value } = decodeRecord(found.record);
        noteResponseDigests(digests);
        return { data: value, version: found.version };
      },
    }),
    defineRead<'kv.subkeys'>({
      name: 'kv.subkeys',
      summary: 'Read the shape of a secret without its values.',
      capability: 'read',
      input: z.object({ path: existingPath, version: versionNumber.optional(), depth: versionNumber.optional() }),
      path: ({ path }, mount) => `${mount.path}subkeys/${path}`,
      event: { class: 'entity-change', activity: 'read', clear: ['path', 'version', 'depth'] },
      async perform({ path, version, depth = 0 }, { reader, mount, now }) {
        const found = await readVersion(await entries.find(reader, mount, path, version), version, now);
        if (found === null) return null;
        if (found.record === undefined) return { subkeys: null, version: found.version };
        const { value } = decodeRecord(found.record);
        const shape = subkeys(JSON.parse(value.text) as JsonObject, Math.max(0, depth));
        value.dispose();
        return { subkeys: shape, version: found.version };
      },
    }),
    defineChange<'kv.write'>({
      name: 'kv.write',
      summary: 'Write a new version of a secret.',
      capability: ({ path }, { reader, mount }) => createOrUpdate(entries.exists(reader, mount, path)),
      input: written,
      path: ({ path }, mount) => `${mount.path}data/${path}`,
      event: { class: 'entity-change', activity: 'update', clear: ['path', 'cas'] },
      async perform({ path, data, cas }, context) {
        const { tx, mount, now } = context;
        const settings = await mountSettings(entries, tx, mount);
        const entry = await entries.findEntry(tx, mount, path);
        checkAndSet(cas, entry, settings);
        refuseRace(context, entry !== undefined);
        return appendVersion(entries, context, { path, entry: entry ?? newEntry(now), settings, data });
      },
    }),
    defineChange<'kv.patch'>({
      name: 'kv.patch',
      summary: 'Write a new version that differs from the current one as a JSON merge patch says.',
      capability: 'patch',
      input: written,
      path: ({ path }, mount) => `${mount.path}data/${path}`,
      event: { class: 'entity-change', activity: 'update', clear: ['path', 'cas'] },
      async perform({ path, data, cas }, context) {
        const { tx, mount, now } = context;
        const found = await entries.find(tx, mount, path);
        if (found === undefined) throw new WatchwordError('store.missing');
        const settings = await mountSettings(entries, tx, mount);
        checkAndSet(cas, found.entry, settings);
        const current = await readVersion(found, undefined, now);
        if (current?.record === undefined)
          throw new WatchwordError('store.missing', 'the current version is deleted or destroyed');
        const { value } = decodeRecord(current.record);
        const patched = mergePatch(parseExactJson(value.text), data);
        value.dispose();
        return appendVersion(entries, context, { path, entry: found.entry, settings, data: patched });
      },
    }),
  ];
}

/** Picks one version; its record only if it may be handed out, everything else is zeroed. */
function readVersion(found: FoundEntry | undefined, asked: number | undefined, now: number) {
  if (found === undefined) return null;
  const { entry, newest, wanted } = found;
  const number = asked !== undefined && asked > 0 ? asked : entry.current;
  const version = entry.versions.get(number);
  const record = number === entry.current ? newest : wanted;
  if (record !== newest) newest.fill(0);
  if (version === undefined) {
    record?.fill(0);
    return null;
  }
  const facts = factsOf(entry, number, version);
  if (isReadable(version, now)) return { version: facts, record };
  record?.fill(0);
  return { version: facts, record: undefined };
}

interface NextVersion {
  readonly path: string;
  readonly entry: Entry;
  readonly settings: KvSettings;
  readonly data: JsonObject;
}

async function appendVersion(entries: Entries, context: ChangeContext, next: NextVersion): Promise<VersionFacts> {
  const { tx, mount, now, digester, note } = context;
  const { path, entry, settings, data } = next;
  const given = addVersion(entry, settings, now);
  // Row 0 stands for an entry without versions only.
  if (given > 0 || entry.current === 1) await entries.dropThrough(tx, entry, given);
  const record = encodeRecord(digester.leaves(data), JSON.stringify(data));
  try {
    await entries.save(tx, mount, path, entry, record);
  } finally {
    record.fill(0);
  }
  note({ version: entry.current });
  return currentFacts(entry);
}

function currentFacts(entry: Entry): VersionFacts {
  const version = entry.versions.get(entry.current);
  if (version === undefined) throw new WatchwordError('internal', 'an entry without its current version');
  return factsOf(entry, entry.current, version);
}
