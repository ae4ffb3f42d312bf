import { z } from 'zod';
import { pathSchema } from '../../foundation/bounds.ts';
import type { Reader } from '../../storage/contract.ts';
import { type AnyOperation, defineRead } from '../operation.ts';

/** First and last retrieval in milliseconds since the epoch; `days` counts distinct UTC days with a retrieval. */
export interface Usage {
  readonly firstUsed: number;
  readonly lastUsed: number;
  readonly count: number;
  readonly days: number;
}

/** Each list begins with what was used last. */
export interface CredentialUsage {
  /** Undefined when it was never retrieved. */
  readonly total: Usage | undefined;
  readonly versions: readonly (Usage & { readonly version: number })[];
  /** By the accessor of the token. */
  readonly sessions: readonly (Usage & { readonly session: string })[];
  /** By `method:id` of the principal. */
  readonly workloads: readonly (Usage & { readonly workload: string })[];
  /** Index of the first event that is not counted yet. */
  readonly countedUpTo: number;
}

declare module '../operation-types.ts' {
  interface OperationTypes {
    'usage.credential': { input: { path: string }; output: CredentialUsage };
  }
}

/** Answered from the usage projection of the audit log. */
export interface UsageSource {
  credential(reader: Reader, mountId: string, path: string): Promise<CredentialUsage>;
}

export function usageOperations(source: UsageSource): AnyOperation[] {
  return [
    defineRead<'usage.credential'>({
      name: 'usage.credential',
      summary: 'When and by whom a credential was retrieved.',
      capability: 'read',
      input: z.object({ path: pathSchema.min(1) }),
      path: ({ path }, mount) => `${mount.path}${mount.options['version'] === '2' ? 'metadata/' : ''}${path}`,
      event: { class: 'entity-change', activity: 'read', clear: ['path'] },
      perform: ({ path }, { reader, mount }) => source.credential(reader, mount.id, path),
    }),
  ];
}
