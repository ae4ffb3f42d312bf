import { createHmac } from 'node:crypto';
import { limits } from '../foundation/bounds.ts';
import { isWatchwordError, WatchwordError } from '../foundation/errors.ts';
import { Secret } from '../foundation/secret.ts';
import { printWithSecrets } from '../foundation/secret-json.ts';
import type { Keyring } from '../keyring/contract.ts';
import { openJson, sealJson } from '../keyring/sealed-json.ts';
import type { Executor, Storage, Transaction } from '../storage/contract.ts';
import type { CredentialRef } from './engines/engine.ts';
import { type DamagedLease, type Lease, type TrackedLease, targetIdOf, workloadOf } from './lease.ts';
import { LeaseQueue } from './lease-queue-table.ts';
import { type Ending, type LeaseRow, type LeaseScope, LeaseTable } from './lease-table.ts';

/**
 * Leases are sealed under the key of the system, not of their mount: when a mount goes, its credentials must still be found and
 * taken back.
 */
export const LEDGER = { id: 'system', namespace: 'root' } as const;

/** What was issued, to whom, until when; and what is to be taken back. Written before the target hears of anything. */
export class Ledger {
  readonly table: LeaseTable;
  readonly queue: LeaseQueue;
  readonly #keyring: Keyring;

  constructor(storage: Storage, keyring: Keyring) {
    this.table = new LeaseTable(storage);
    this.queue = new LeaseQueue(storage);
    this.#keyring = keyring;
  }

  /** @param dueAt when to give up hoping that it is made @param retryKey of {@link retryKeyOf} */
  async begin(
    tx: Transaction,
    lease: Lease,
    { dueAt, retryKey }: { dueAt: number; retryKey: string | undefined },
  ): Promise<void> {
    await this.table.insert(tx, {
      id: lease.id,
      externalName: lease.externalName,
      target: targetIdOf(lease.origin),
      session: lease.holder.session,
      workload: workloadOf(lease.holder),
      dueAt,
      retryKey: retryKey ?? null,
      sealed: this.#seal(lease, 0),
    });
  }

  /** From `creating` to `active`. False where it has been given up or ended meanwhile. */
  async activate(tx: Transaction, lease: Lease): Promise<boolean> {
    const at = { id: lease.id, state: 'creating', epoch: 0, revision: 0 } as const;
    return this.table.replace(tx, at, { state: 'active', dueAt: lease.expiresAt, sealed: this.#seal(lease, 1) });
  }

  /** Other content of an active lease. False where it is not as it was read, or not active any more. */
  async update(tx: Transaction, { epoch, revision }: TrackedLease, lease: Lease): Promise<boolean> {
    const at = { id: lease.id, state: 'active', epoch, revision } as const;
    const sealed = this.#seal(lease, revision + 1);
    return this.table.replace(tx, at, { state: 'active', dueAt: lease.expiresAt, sealed });
  }

  async find(on: Executor, id: string): Promise<TrackedLease | undefined> {
    const row = await this.table.find(on, id);
    return row && this.open(row);
  }

  async byRetryKey(on: Executor, retryKey: string): Promise<TrackedLease | undefined> {
    const row = await this.table.byRetryKey(on, retryKey);
    return row && this.open(row);
  }

  /** One that is damaged keeps nobody from seeing the others. */
  async page(on: Executor, scope: LeaseScope, after: string, limit: number): Promise<(TrackedLease | DamagedLease)[]> {
    return (await this.table.page(on, scope, after, limit)).map((row) => this.tryOpen(row));
  }

  /** Ends what is in scope: it is due from now on. Gives how many were alive. */
  end(tx: Transaction, scope: LeaseScope, ending: Ending): Promise<number> {
    return this.table.end(tx, scope, ending);
  }

  /** @throws WatchwordError `keyring.tampered` where the row is not the lease that it says it is */
  open(row: LeaseRow): TrackedLease {
    if (!isWellFormed(row)) throw new WatchwordError('keyring.tampered');
    const place = placeOf(row.lease_id, row.revision);
    const lease = openJson(this.#keyring.cipher(LEDGER), place, row.sealed) as Lease;
    return {
      lease,
      state: row.state,
      cause: row.cause ?? undefined,
      epoch: row.epoch,
      revision: row.revision,
      attempts: row.attempts,
    };
  }

  /** As {@link open}, for work on many: one that is damaged holds up no other. */
  tryOpen(row: LeaseRow): TrackedLease | DamagedLease {
    try {
      return this.open(row);
    } catch (error) {
      if (!isWatchwordError(error, 'keyring.tampered')) throw error;
      return { damaged: true, id: readable(row.lease_id), state: readable(row.state) };
    }
  }

  /** By what a repeated request is found: of one session, one role of a mount (wherever that is moved), and one key of the caller's choice. */
  retryKeyOf(session: string, role: readonly [mountId: string, name: string], key: string): string {
    return createHmac('sha256', this.#keyring.instanceKey('external-name').key)
      .update(JSON.stringify(['retry', session, ...role, key]))
      .digest('base64url');
  }

  /** Tells apart what was asked for with one idempotency key, and keeps none of it. */
  requestDigestOf(ttl: number | undefined, request: Readonly<Record<string, unknown>> | undefined): string {
    const said = printWithSecrets(['request', ttl || null, sorted(request ?? {})]);
    const digest = createHmac('sha256', this.#keyring.instanceKey('external-name').key).update(said).digest('base64url');
    said.fill(0);
    return digest;
  }

  #seal(lease: Lease, revision: number): Buffer {
    return sealJson(this.#keyring.cipher(LEDGER), placeOf(lease.id, revision), lease);
  }
}

/** What somebody who writes into the database may have put there is not even tried. */
function isWellFormed({ lease_id, state, epoch, revision, attempts, sealed }: LeaseRow): boolean {
  const texts = typeof lease_id === 'string' && typeof state === 'string';
  return texts && Math.min(epoch, revision, attempts) >= 0 && sealed instanceof Uint8Array;
}

/** A path holds no more, and an event that names it should not either. */
const readable = (text: unknown): string => (typeof text === 'string' ? text.slice(0, limits.pathBytes) : '');

/** The same whatever the order in which the fields were sent. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null || value instanceof Secret) return value;
  const fields = Object.entries(value).filter(([, field]) => field !== undefined);
  return Object.fromEntries(fields.sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, field]) => [name, sorted(field)]));
}

const placeOf = (id: string, revision: number) => ({ path: `lease/${id}`, version: revision });

/** What an engine is told of a lease. */
export function refOf(lease: Lease): CredentialRef {
  const { id, externalName, origin, holder, expiresAt, role, material, handle } = lease;
  return {
    lease: { id, externalName, role: origin.role, holder: printable(holder.displayName), expiresAt, session: holder.session },
    role,
    material,
    handle,
  };
}

const printable = (text: string): string => text.replace(/[^\x20-\x7e]/g, '?').slice(0, 64);

export function missingLease(): WatchwordError {
  return new WatchwordError('lease.missing');
}
