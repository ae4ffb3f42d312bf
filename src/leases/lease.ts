import type { CredentialOutput, Sealable } from './engines/engine.ts';

/**
 * `creating`: written down, and the target may have heard of it. `active`: the caller has it. `ending`: to be taken back.
 * `doubtful`: to be taken back though nobody knows whether it was made; what was asked of the target may still arrive there.
 */
export type LeaseState = 'creating' | 'active' | 'ending' | 'doubtful';

/** Why a lease ends before or at its time. */
export type EndCause = 'expired' | 'revoked' | 'session-ended' | 'not-delivered' | 'mount-disabled' | 'mount-moved' | 'orphan';

/** Whom a credential was issued to. */
export interface LeaseHolder {
  readonly method: string;
  /** The workload: stable within the method. */
  readonly id: string;
  readonly displayName: string;
  /** Accessor of the session: the credential ends with it. */
  readonly session: string;
}

/** Where it was issued. */
export interface LeaseOrigin {
  readonly mountId: string;
  readonly engine: string;
  /** Name of the connection, and which of its addresses: see {@link ConnectionRecord}. */
  readonly connection: string;
  readonly version: number;
  readonly role: string;
}

/** What a caller gets, kept for a repeated request with the same idempotency key until `until`. */
export interface KeptAnswer {
  readonly output: CredentialOutput;
  /** Milliseconds since the epoch. */
  readonly until: number;
}

/** What is sealed of a lease. Times are milliseconds since the epoch, durations seconds. */
export interface Lease {
  readonly id: string;
  readonly externalName: string;
  readonly origin: LeaseOrigin;
  readonly holder: LeaseHolder;
  /** The role's settings at the time. */
  readonly role: Sealable;
  /** The role's time to live: what a renewal without a wish gets. */
  readonly ttl: number;
  readonly issuedAt: number;
  readonly renewedAt: number | undefined;
  readonly expiresAt: number;
  /** The latest end that the target may have been told of, where a renewal was begun: it may not have come to its end here. */
  readonly toldEnd?: number;
  /** No renewal goes beyond. */
  readonly maxExpiresAt: number;
  readonly renewable: boolean;
  readonly material: Sealable | undefined;
  readonly handle: Sealable | undefined;
  readonly kept: KeptAnswer | undefined;
  /** Of the request, where it came with an idempotency key: see `Ledger.requestDigestOf`. */
  readonly requestDigest?: string;
}

/** A lease with what its row says of its progress. */
export interface TrackedLease {
  readonly lease: Lease;
  readonly state: LeaseState;
  readonly cause: EndCause | undefined;
  /** Changes whenever somebody takes the work on: what an older one still says is not heard. */
  readonly epoch: number;
  readonly revision: number;
  /** Failed tries to take it back. */
  readonly attempts: number;
}

/** A row that is not the lease that it says it is: somebody has changed the database. */
export interface DamagedLease {
  readonly damaged: true;
  readonly id: string;
  /** As it stands in the row. */
  readonly state: string;
}

/** `mount/connection@version`: rows of one target have it in common. */
export function targetIdOf({ mountId, connection, version }: Pick<LeaseOrigin, 'mountId' | 'connection' | 'version'>): string {
  return `${mountId}/${connection}@${version}`;
}

/** Of a holder: by what its leases are found. */
export const workloadOf = ({ method, id }: Pick<LeaseHolder, 'method' | 'id'>): string => `${method}:${id}`;
