import type { AuditLog, EventOutcome } from '../audit/contract.ts';
import { newId } from '../foundation/ids.ts';
import type { Clock } from '../foundation/ports.ts';
import type { TrackedLease } from './lease.ts';

/** What happens to leases without a request of anybody: in the log like everything else. */
export class LeaseEvents {
  readonly #audit: Pick<AuditLog, 'append'>;
  readonly #clock: Clock;

  constructor(audit: Pick<AuditLog, 'append'>, clock: Clock) {
    this.#audit = audit;
    this.#clock = clock;
  }

  /** The credential is taken back: it was at its target, and is no more. */
  async revoked(tracked: TrackedLease, guarantee: string): Promise<void> {
    await this.#append('lease.revoked', tracked, 'success', { revocation: guarantee });
  }

  /** It should have been taken back long ago, and its target does not let us. Told once for each lease. */
  async overdue(tracked: TrackedLease): Promise<void> {
    await this.#append('lease.revocation-overdue', tracked, 'failure', { attempts: tracked.attempts });
  }

  /** A row of the ledger is not the lease that it says it is: its credential cannot be taken back, and somebody has to look. */
  async damaged(id: string): Promise<void> {
    await this.#audit.append({
      ...this.#common('lease.damaged', 'failure'),
      errorCode: 'keyring.tampered',
      path: id,
      facts: { leaseId: id },
    });
  }

  /** The target holds something that bears our name and that the ledger does not know. */
  async orphan(targetId: string, externalName: string, outcome: EventOutcome): Promise<void> {
    await this.#audit.append({
      ...this.#common('lease.orphan-revoked', outcome),
      path: '',
      facts: { target: targetId, externalName },
    });
  }

  async held(targetId: string, externalName: string): Promise<void> {
    await this.#audit.append({
      ...this.#common('lease.revocation-held', 'failure'),
      path: '',
      facts: { target: targetId, externalName },
    });
  }

  async #append(operation: string, { lease, cause }: TrackedLease, outcome: EventOutcome, more: object): Promise<void> {
    const { origin, holder } = lease;
    await this.#audit.append({
      ...this.#common(operation, outcome),
      path: lease.id,
      facts: {
        leaseId: lease.id,
        externalName: lease.externalName,
        engine: origin.engine,
        connection: origin.connection,
        role: origin.role,
        cause: cause ?? 'expired',
        holderMethod: holder.method,
        holderId: holder.id,
        holderSession: holder.session,
        leaseExpires: new Date(lease.expiresAt).toISOString(),
        ...more,
      },
    });
  }

  #common(operation: string, outcome: EventOutcome) {
    return {
      phase: 'complete',
      class: 'access-change',
      activity: 'delete',
      operation,
      outcome,
      ...(outcome === 'success' ? {} : { errorCode: 'engine.unreachable' }),
      time: this.#clock.now(),
      requestId: newId(),
      namespace: 'root',
    } as const;
  }
}
