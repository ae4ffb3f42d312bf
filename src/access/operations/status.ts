import { z } from 'zod';
import { type AnyOperation, defineRead, type ReadContext } from '../operation.ts';

/** Something that works, but should not stay as it is. */
export interface StatusWarning {
  /** Stable, for scripts: `root-token-lives`, `seal-key-beside-database`. */
  readonly code: string;
  readonly message: string;
  readonly remedy: string;
}

export interface ServerStatus {
  readonly version: string;
  readonly initialized: boolean;
  readonly sealed: boolean;
  readonly sealKind: string;
  readonly storage: string;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly auditEvents: number;
  readonly warnings: readonly StatusWarning[];
}

declare module '../operation-types.ts' {
  interface OperationTypes {
    'server.version': { input: Record<string, never>; output: { version: string } };
    'server.status': { input: Record<string, never>; output: ServerStatus };
    'system.metrics': { input: Record<string, never>; output: { text: string } };
  }
}

/** Fulfilled in `server/`. */
export interface StatusSource {
  readonly version: string;
  status(context: ReadContext): Promise<ServerStatus>;
  /** Prometheus text format 0.0.4. */
  metrics(): string;
}

export function statusOperations(source: StatusSource): AnyOperation[] {
  return [
    defineRead<'server.version'>({
      name: 'server.version',
      summary: 'Version of the server.',
      authentication: 'none',
      whileSealed: true,
      capability: 'read',
      input: z.object({}),
      path: () => 'native/version',
      event: { class: 'entity-change', activity: 'read', clear: [], recorded: false },
      perform: async () => ({ version: source.version }),
    }),
    defineRead<'server.status'>({
      name: 'server.status',
      summary: 'State of the server, with what should be changed about it.',
      authorization: 'session',
      capability: 'read',
      input: z.object({}),
      path: () => 'native/status',
      event: { class: 'entity-change', activity: 'read', clear: [] },
      perform: (_input, context) => source.status(context),
    }),
    defineRead<'system.metrics'>({
      name: 'system.metrics',
      summary: 'Counters and gauges in the Prometheus text format.',
      capability: 'read',
      input: z.object({}),
      path: () => 'sys/metrics',
      event: { class: 'entity-change', activity: 'read', clear: [] },
      perform: async () => ({ text: source.metrics() }),
    }),
  ];
}
