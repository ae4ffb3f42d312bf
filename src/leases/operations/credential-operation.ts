import { z } from 'zod';
import { type AnyOperation, defineStaged } from '../../access/operation.ts';
import { limits, pathSchema } from '../../foundation/bounds.ts';
import type { Issuing } from '../issuing.ts';
import { engineNameSchema } from '../settings.ts';

const MAX_SECONDS = 9_223_372_036;

/** What leases are for. */
export function credentialOperation(issuing: Issuing): AnyOperation {
  return defineStaged<'credentials.issue'>({
    name: 'credentials.issue',
    summary: 'Issue a credential by a role, under a lease.',
    capability: 'read',
    input: z.object({
      at: pathSchema,
      role: engineNameSchema,
      ttl: z.number().min(0, 'must not be negative').max(MAX_SECONDS).transform(Math.trunc).optional(),
      idempotencyKey: z.string().min(1).max(limits.nameLength).optional(),
      request: z.record(z.string(), z.unknown()).optional(),
    }),
    path: ({ at, role }, mount) => mount.path + (at.includes(':name') ? at.replace(':name', role) : `${at}/${role}`),
    event: { class: 'retrieval', activity: 'create', clear: ['at', 'role', 'ttl'] },
    prepare: (input, context) => issuing.prepare(input, context),
  });
}
