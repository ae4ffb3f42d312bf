import { z } from 'zod';
import type { OutputOf } from '../../../access/operation-types.ts';
import { pathSchema } from '../../../foundation/bounds.ts';
import { defineEndpoint, timeOf, timeSchema } from '../endpoint.ts';

type CredentialUsage = OutputOf<'usage.credential'>;
type Usage = NonNullable<CredentialUsage['total']>;

export const credentialQuery = z.strictObject({
  path: pathSchema.min(1).meta({ description: 'Full path of the credential, mount included: `secret/team/key`.' }),
});

const usageShape = {
  first_used: timeSchema,
  last_used: timeSchema,
  count: z.int().min(1).meta({ description: 'Number of retrievals.' }),
  days: z.int().min(1).meta({ description: 'Number of UTC days with a retrieval.' }),
};

function usageOf({ firstUsed, lastUsed, count, days }: Usage) {
  return { first_used: timeOf(firstUsed), last_used: timeOf(lastUsed), count, days };
}

export const usageEndpoint = defineEndpoint({
  path: '/usage',
  operationId: 'readUsage',
  summary: 'When and by whom a credential was retrieved.',
  description:
    'Counted from the audit log, a moment behind it. Needs `read` on the metadata path of the credential ' +
    '(`secret/metadata/team/key`; for KV version 1 on the path itself).',
  authenticated: true,
  operation: 'usage.credential',
  query: credentialQuery,
  replyName: 'CredentialUsage',
  reply: z.object({
    path: z.string(),
    total: z.object(usageShape).nullable().meta({ description: 'null when it was never retrieved.' }),
    versions: z.array(z.object({ version: z.int().min(0), ...usageShape })),
    sessions: z
      .array(z.object({ session: z.string(), ...usageShape }))
      .meta({ description: 'By the accessor of the token; only those seen last.' }),
    workloads: z
      .array(z.object({ workload: z.string(), ...usageShape }))
      .meta({ description: 'By auth method and identity, `method:id`; only those seen last.' }),
    counted_up_to: z.int().min(0).meta({ description: 'Index of the first event of the audit log that is not counted yet.' }),
  }),
  async answer({ path }, caller) {
    const credential = await caller.findCredential(path);
    const usage = await caller.perform('usage.credential', { path: credential.path }, credential.mount);
    return {
      path,
      total: usage.total === undefined ? null : usageOf(usage.total),
      versions: usage.versions.map(({ version, ...used }) => ({ version, ...usageOf(used) })),
      sessions: usage.sessions.map(({ session, ...used }) => ({ session, ...usageOf(used) })),
      workloads: usage.workloads.map(({ workload, ...used }) => ({ workload, ...usageOf(used) })),
      counted_up_to: usage.countedUpTo,
    };
  },
});
