import { z } from 'zod';
import { secretSchema } from '../../foundation/bounds.ts';
import type { Secret } from '../../foundation/secret.ts';
import { type AnyOperation, defineRead } from '../operation.ts';

export interface AuditDevice {
  readonly name: string;
  readonly description: string;
  readonly directory: string;
}

declare module '../operation-types.ts' {
  interface OperationTypes {
    'audit.devices': { input: Record<string, never>; output: { devices: readonly AuditDevice[] } };
    'audit.digest': { input: { device: string; value: Secret }; output: { digest: string } };
  }
}

/** @param directory where the log is kept; shown to whoever may list audit devices. */
export function auditOperations(directory: string): AnyOperation[] {
  return [
    defineRead<'audit.devices'>({
      name: 'audit.devices',
      summary: 'List where events are logged: the built-in log, which is always on.',
      sudo: true,
      capability: 'read',
      input: z.object({}),
      path: () => 'sys/audit',
      event: { class: 'entity-change', activity: 'read', clear: [] },
      perform: async () => ({ devices: [{ name: 'builtin', description: 'tamper-evident log, always on', directory }] }),
    }),
    defineRead<'audit.digest'>({
      name: 'audit.digest',
      summary: 'The digest under which a value would stand in the log.',
      sudo: true,
      capability: 'update',
      input: z.object({ device: z.string().max(256), value: secretSchema }),
      path: ({ device }) => `sys/audit-hash/${device}`,
      event: { class: 'retrieval', activity: 'other', clear: ['device'] },
      perform: async ({ value }, { digester }) => ({ digest: digester.value(value.bytes) }),
    }),
  ];
}
