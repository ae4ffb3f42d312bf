import { z } from 'zod';
import type { InputOf, OperationName, OutputOf } from '../../access/operation-types.ts';
import type { MountPoint } from '../../foundation/mount.ts';

/** What an endpoint may ask for; everything goes through the door as the caller. */
export interface Caller {
  /**
   * Performs an operation of the system, or of the given mount.
   * @throws WatchwordError of any code
   */
  perform<Name extends OperationName>(name: Name, input: InputOf<Name>, mount?: MountPoint): Promise<OutputOf<Name>>;
  /**
   * Where a credential's full path leads.
   * @throws WatchwordError `route.missing`, `request.unsupported`, to callers with a token that may read the path
   */
  findCredential(path: string): Promise<Credential>;
}

export interface Credential {
  readonly mount: MountPoint;
  /** Below the mount. */
  readonly path: string;
}

/** One GET below `/api/v1`. Route, checks and OpenAPI all come from here. */
export interface Endpoint<Query extends z.ZodObject = z.ZodObject, Reply extends z.ZodType = z.ZodType> {
  /** Below `/api/v1`, with leading slash. */
  readonly path: string;
  readonly operationId: string;
  readonly summary: string;
  readonly description?: string;
  /** Name of the reply's schema in the OpenAPI document. */
  readonly replyName: string;
  /** False when no token is needed. */
  readonly authenticated: boolean;
  /** The operation that a request is for, also when its query does not fit. */
  readonly operation: OperationName;
  readonly query: Query;
  readonly reply: Reply;
  answer(query: z.output<Query>, caller: Caller): Promise<z.input<Reply>>;
}

// biome-ignore lint/suspicious/noExplicitAny: endpoints of all queries and replies stand in one list.
export type AnyEndpoint = Endpoint<any, any>;

export function defineEndpoint<Query extends z.ZodObject, Reply extends z.ZodType>(
  endpoint: Endpoint<Query, Reply>,
): Endpoint<Query, Reply> {
  return endpoint;
}

export const noQuery = z.strictObject({});

export const timeSchema = z.iso.datetime();

/** Milliseconds since the epoch, as RFC 3339 in UTC. */
export function timeOf(ms: number): string {
  return new Date(ms).toISOString();
}
