import type { KeyObject } from 'node:crypto';
import type { Clock, Files, Logger } from '../foundation/ports.ts';
import type { Principal } from '../foundation/principal.ts';
import type { InstanceKey } from '../keyring/contract.ts';

/**
 * OCSF classes: retrieval = API Activity 6003, login = Authentication 3002, entity-change = Entity Management 3004,
 * access-change = User Access Management 3005.
 */
export type EventClass = 'retrieval' | 'login' | 'entity-change' | 'access-change';
export type EventActivity = 'create' | 'read' | 'update' | 'delete' | 'login' | 'logout' | 'other';
export type EventOutcome = 'success' | 'denied' | 'failure' | 'pending' | 'unknown';

/** Values that may stand in the log in clear. */
export type Facts = Readonly<Record<string, string | number | boolean | readonly string[] | null | undefined>>;

/**
 * One event before it is encoded. Reads give one `complete` event before the answer leaves; changes give an
 * `intent` that is durable before anything changes and an `outcome` that names it.
 */
export interface AuditRecord {
  readonly phase: 'complete' | 'intent' | 'outcome';
  readonly class: EventClass;
  readonly activity: EventActivity;
  /** Operation name, for example `kv.read`. */
  readonly operation: string;
  readonly outcome: EventOutcome;
  /** Code of the error catalogue when the outcome is not a success. */
  readonly errorCode?: string | undefined;
  /** Why a login was refused, by a documented word. */
  readonly reason?: string | undefined;
  /** Milliseconds since the epoch. */
  readonly time: number;
  readonly requestId: string;
  readonly principal?: Principal | undefined;
  readonly remote?: { readonly address: string; readonly port: number } | undefined;
  readonly namespace: string;
  /** The policy path: `secret/data/team/key`. */
  readonly path: string;
  readonly mount?: { readonly id: string; readonly path: string; readonly kind: string } | undefined;
  /** Index of the intent that this outcome belongs to. */
  readonly intent?: number | undefined;
  /** Policies that granted it. */
  readonly grantedBy?: readonly string[] | undefined;
  readonly facts?: Facts | undefined;
  /** Keyed digests of request and response data: never the data. */
  readonly requestDigests?: readonly string[] | undefined;
  readonly responseDigests?: readonly string[] | undefined;
}

/** Digest under the log's own key: `hmac-sha256:<key id>:<hex>`. */
export interface Digester {
  /** One text or byte value. */
  value(value: string | Uint8Array): string;
  /** Every leaf of a JSON value in document order, numbers and booleans included; at most 64, then one for the whole. */
  leaves(value: unknown): readonly string[];
}

export interface AuditLog {
  /**
   * Resolves with the event's index once it is durable (`fdatasync` done); group-committed.
   * @throws WatchwordError `audit.unavailable` within a bounded time when it cannot be made durable; `request.too-large` for
   * an event of more than 1 MiB.
   */
  append(record: AuditRecord): Promise<number>;
  /** @throws WatchwordError `seal.sealed` before the keys are there. */
  readonly digester: Digester;
  /** Number of durable events. */
  readonly size: number;
}

/** A reader of the log with a durable cursor: usage, detection, sinks. Receives each durable event once, in order. */
export interface Projection {
  readonly name: string;
  /** Only events whose line holds this text are read for it; all when absent. */
  readonly concerns?: string;
  /** Index of the next event wanted. */
  cursor(): Promise<number>;
  /**
   * Takes the events [first, first + events.length), undefined for those that don't concern it; the projection stores its cursor
   * with its own change.
   */
  take(first: number, events: readonly (AuditEvent | undefined)[]): Promise<void>;
}

/** An event as it stands in the log: the parsed canonical JSON. */
export type AuditEvent = Readonly<Record<string, unknown>>;

export interface AuditLogOptions {
  readonly files: Files;
  /** Made if it is missing; nothing else may be kept in it. */
  readonly directory: string;
  readonly clock: Clock;
  readonly logger: Logger;
  /** A segment that has reached this size is followed by a new one; 64 MiB by default. */
  readonly segmentBytes?: number | undefined;
  /** Milliseconds after which a waiting append is refused; 2,000 by default. */
  readonly waitMs?: number | undefined;
  /** A checkpoint is due after this many events (1,000) or, if there is any new event, milliseconds (10,000). */
  readonly checkpointEvents?: number | undefined;
  readonly checkpointMs?: number | undefined;
}

export interface AuditKeys {
  /** The keyring's `audit-digest`. */
  readonly digestKey: InstanceKey;
  /** Ed25519 private key. */
  readonly signingKey: KeyObject;
  /** Name of this log and of its key in checkpoints, for example `watchword/<cluster id>`: no space, no `+`. */
  readonly origin: string;
}

export interface AuditStatus {
  /** Number of durable events. */
  readonly size: number;
  /** Since when appends have been failing, milliseconds since the epoch. */
  readonly unavailableSince: number | undefined;
  readonly checkpoint: { readonly size: number; readonly time: number } | undefined;
  /** Number of completed `fdatasync` calls for events since the log was opened. */
  readonly syncs: number;
  /** Milliseconds, over the last 1,024 of them. */
  readonly syncLatency: { readonly p50: number; readonly p99: number };
}

/** The log as `server/` holds it. */
export interface OpenAuditLog extends AuditLog {
  /** Durable events from an index on, up to those that were durable when the reading began. */
  read(from: number): AsyncIterable<{ readonly index: number; readonly event: AuditEvent }>;
  /** An intent or outcome as it was appended (principal attributes are not in the log); undefined for any other event. */
  decode(event: AuditEvent): AuditRecord | undefined;
  /**
   * On unseal: from now on there is a digester, and checkpoints are signed; signs one at once if there are new events.
   * @throws WatchwordError `audit.tampered` when the last checkpoint was not signed by this key.
   */
  unlock(keys: AuditKeys): Promise<void>;
  /** On seal: signs a last checkpoint and forgets the keys. Appending goes on. */
  lock(): Promise<void>;
  /** Feeds a projection from its own cursor on, in the background, for as long as the log is open. */
  addProjection(projection: Projection): void;
  /** Resolves when every projection has taken every event that is durable now. Rejects if one fails meanwhile. */
  drain(): Promise<void>;
  status(): AuditStatus;
  /** Signs a last checkpoint if it can, stops projections, closes the files. Bounded in time. */
  close(): Promise<void>;
}
