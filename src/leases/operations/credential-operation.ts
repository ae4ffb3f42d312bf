import { z } from 'zod';
import { type AnyOperation, defineStaged } from '../../access/operation.ts';
import { limits, pathSchema } from '../../foundation/bounds.ts';
import { WatchwordError } from '../../foundation/errors.ts';
import type { MountPoint } from '../../foundation/mount.ts';
import type { Issuing } from '../issuing.ts';
import { type EngineSettings, engineNameSchema } from '../settings.ts';

const MAX_SECONDS = 9_223_372_036;

export interface CredentialOperationDependencies {
  readonly issuing: Issuing;
  readonly settings: EngineSettings;
}

/** What leases are for. */
export function credentialOperation({ issuing, settings }: CredentialOperationDependencies): AnyOperation {
  return defineStaged<'credentials.issue'>({
    name: 'credentials.issue',
    summary: 'Issue a credential by a role, under a lease.',
    capability: async ({ by = 'read' }) => (by === 'read' ? 'read' : 'update'),
    otherwise: ({ by }) => (by === 'either' ? 'read' : undefined),
    input: z.object({
      at: pathSchema,
      role: engineNameSchema,
      by: z.enum(['read', 'update', 'either']).optional(),
      ttl: z.number().min(0, 'must not be negative').max(MAX_SECONDS, 'is too long').transform(Math.trunc).optional(),
      idempotencyKey: z
        .string()
        .min(1, 'must not be empty')
        .max(limits.nameLength, `must have at most ${limits.nameLength} characters`)
        .optional(),
      request: z.record(z.string(), z.unknown()).optional(),
    }),
    path: ({ at, role }, mount) => mount.path + (at.includes(':name') ? at.replace(':name', role) : `${at}/${role}`),
    event: { class: 'retrieval', activity: 'create', clear: ['at', 'role', 'by', 'ttl'] },
    prepare: (input, context) =>
      issuing.prepare(input, context).catch(async (error: unknown) => {
        const role = await settings.roles.find(context.reader, context.mount, input.role);
        throw role === undefined ? missingRole(context.mount, input.role) : error;
      }),
  });
}

function missingRole({ path }: MountPoint, name: string): WatchwordError {
  const message = `there is no role ${name} at ${path}: \`watchword list ${path}roles\` lists those that there are`;
  return new WatchwordError('engine.missing', message, { where: 'name' });
}
