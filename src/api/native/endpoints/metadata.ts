import { z } from 'zod';
import type { OutputOf } from '../../../access/operation-types.ts';
import { WatchwordError } from '../../../foundation/errors.ts';
import { defineEndpoint, timeOf, timeSchema } from '../endpoint.ts';
import { credentialQuery } from './usage.ts';

type Usage = OutputOf<'usage.credential'>;
type Entry = NonNullable<OutputOf<'kv.metadata.read'>>;

const lastUsed = timeSchema.nullable().meta({ description: 'Last retrieval; null when it was never retrieved.' });

const versionSchema = z.object({
  version: z.int().min(1),
  created_at: timeSchema,
  deleted_at: timeSchema.nullable().meta({ description: 'Deleted from this moment on, which may lie ahead.' }),
  destroyed: z.boolean(),
  last_used: lastUsed,
});

export const metadataEndpoint = defineEndpoint({
  path: '/metadata',
  operationId: 'readMetadata',
  summary: 'Everything about a secret but its values, with its last use.',
  description:
    'For KV version 2. Needs `read` on the metadata path of the secret (`secret/metadata/team/key`). ' +
    'Takes two uses of a use-limited token: metadata and usage are two audited reads.',
  authenticated: true,
  operation: 'kv.metadata.read',
  query: credentialQuery,
  replyName: 'CredentialMetadata',
  reply: z.object({
    path: z.string(),
    current_version: z.int().min(0),
    oldest_version: z.int().min(0),
    created_at: timeSchema,
    updated_at: timeSchema,
    last_used: lastUsed,
    settings: z.object({
      max_versions: z.int().min(0).meta({ description: '0 when not set.' }),
      cas_required: z.boolean(),
      delete_version_after: z.number().meta({ description: 'Seconds; 0 when not set.' }),
    }),
    custom_metadata: z.record(z.string(), z.string()),
    versions: z.array(versionSchema),
  }),
  async answer({ path }, caller) {
    const { mount, path: below } = await caller.findCredential(path);
    if (mount.options['version'] !== '2') {
      await caller.perform('system.unsupported', { path, capability: 'read' });
    }
    const entry = await caller.perform('kv.metadata.read', { path: below }, mount);
    if (entry === null) throw new WatchwordError('store.missing');
    const usage = await caller.perform('usage.credential', { path: below }, mount);
    return { path, ...metadataOf(entry, usage) };
  },
});

function metadataOf(entry: Entry, usage: Usage) {
  const usedAt = new Map(usage.versions.map((one) => [one.version, one.lastUsed]));
  const { maxVersions, casRequired, deleteVersionAfter } = entry.settings;
  return {
    current_version: entry.current,
    oldest_version: entry.oldest,
    created_at: timeOf(entry.createdAt),
    updated_at: timeOf(entry.updatedAt),
    last_used: timeOrNull(usage.total?.lastUsed),
    settings: { max_versions: maxVersions, cas_required: casRequired, delete_version_after: deleteVersionAfter },
    custom_metadata: { ...entry.custom },
    versions: entry.versions.map(({ version, createdAt, deletedAt, destroyed }) => ({
      version,
      created_at: timeOf(createdAt),
      deleted_at: timeOrNull(deletedAt),
      destroyed,
      last_used: timeOrNull(usedAt.get(version)),
    })),
  };
}

function timeOrNull(ms: number | undefined): string | null {
  return ms === undefined ? null : timeOf(ms);
}
