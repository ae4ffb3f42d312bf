import { z } from 'zod';
import { WatchwordError } from '../../foundation/errors.ts';
import { unreachable } from '../../foundation/ports.ts';
import { wrappingPolicyName } from '../../policy/default-policy.ts';
import type { Reader } from '../../storage/contract.ts';
import type { Authorizer } from '../authorizer.ts';
import { type AnyOperation, defineRead, type Session } from '../operation.ts';

/** Something that works, but should not stay as it is. */
export interface StatusWarning {
  /** Stable, for scripts: `root-token-lives`, `seal-key-beside-database`. */
  readonly code: string;
  readonly message: string;
  readonly remedy: string;
}

export interface ServerState {
  readonly version: string;
  readonly initialized: boolean;
  readonly sealed: boolean;
  readonly sealKind: string;
  readonly storage: string;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly auditEvents: number;
}

export interface ServerStatus extends ServerState {
  /** Undefined for whoever may not know: they say where the server is weak. */
  readonly warnings: readonly StatusWarning[] | undefined;
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
  state(): ServerState;
  warnings(reader: Reader): Promise<readonly StatusWarning[]>;
  /** Prometheus text format 0.0.4. */
  metrics(): string;
}

const STATUS_PATH = 'native/status';

export function statusOperations(source: StatusSource, authorizer: Authorizer): AnyOperation[] {
  const mayReadWarnings = (session: Session) =>
    authorizer.decide(session, { path: STATUS_PATH, capability: 'read', sudo: false, parameters: {} }).allowed;
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
      summary: 'State of the server; with what should be changed about it, for those who may read `native/status`.',
      authorization: 'session',
      capability: 'read',
      input: z.object({}),
      path: () => STATUS_PATH,
      event: { class: 'entity-change', activity: 'read', clear: [] },
      async perform(_input, { session = unreachable('a session without a token'), reader }) {
        if (session.principal.policies.includes(wrappingPolicyName)) throw new WatchwordError('access.denied');
        return { ...source.state(), warnings: mayReadWarnings(session) ? await source.warnings(reader) : undefined };
      },
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
