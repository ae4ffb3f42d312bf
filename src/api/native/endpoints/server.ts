import { z } from 'zod';
import { defineEndpoint, noQuery, timeOf, timeSchema } from '../endpoint.ts';

export const versionEndpoint = defineEndpoint({
  path: '/version',
  operationId: 'readVersion',
  summary: 'Version of the server. Needs no token, and answers while the store is sealed.',
  authenticated: false,
  operation: 'server.version',
  query: noQuery,
  replyName: 'Version',
  reply: z.object({ version: z.string() }),
  answer: (_query, caller) => caller.perform('server.version', {}),
});

const warningSchema = z.object({
  code: z.string().meta({ description: 'Stable, for scripts: for example `root-token-lives`.' }),
  message: z.string(),
  remedy: z.string(),
});

export const statusEndpoint = defineEndpoint({
  path: '/status',
  operationId: 'readStatus',
  summary: 'State of the server, with what should be changed about it.',
  description:
    'Any valid token will do, but for one that wraps an answer. `warnings` is there when its policies grant `read` on `native/status`.',
  authenticated: true,
  operation: 'server.status',
  query: noQuery,
  replyName: 'Status',
  reply: z.object({
    version: z.string(),
    initialized: z.boolean(),
    sealed: z.boolean(),
    seal_kind: z.string(),
    storage: z.string(),
    started_at: timeSchema,
    audit_events: z.int().min(0).meta({ description: 'Number of durable events in the audit log.' }),
    warnings: z.array(warningSchema).optional(),
  }),
  async answer(_query, caller) {
    const status = await caller.perform('server.status', {});
    return {
      version: status.version,
      initialized: status.initialized,
      sealed: status.sealed,
      seal_kind: status.sealKind,
      storage: status.storage,
      started_at: timeOf(status.startedAt),
      audit_events: status.auditEvents,
      warnings: status.warnings?.map(({ code, message, remedy }) => ({ code, message, remedy })),
    };
  },
});
