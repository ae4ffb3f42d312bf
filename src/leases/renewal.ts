import { z } from 'zod';
import { type ChangeContext, defineStaged, type ReadContext } from '../access/operation.ts';
import { pathSchema } from '../foundation/bounds.ts';
import { WatchwordError } from '../foundation/errors.ts';
import type { RenewedLease } from './contract.ts';
import { type Lease, type TrackedLease, targetIdOf } from './lease.ts';
import { type Ledger, missingLease, refOf } from './ledger.ts';
import { type Targets, tellCaller } from './targets.ts';

const RENEW_MS = 15_000;
/** Go's time.Duration ends at 2^63-1 ns. */
const MAX_SECONDS = 9_223_372_036;

/**
 * Moves the end of a credential: at the target first. A crash in between leaves a ledger that ends it earlier than the target would,
 * never later; that the target may know of a later end is written down before, so that it is not taken for a restored ledger.
 */
export function renewal({ ledger, targets }: { readonly ledger: Ledger; readonly targets: Targets }) {
  return defineStaged<'leases.renew'>({
    name: 'leases.renew',
    summary: 'Let a credential live longer, up to the maximum of its role.',
    capability: 'update',
    input: z.object({
      id: pathSchema.min(1),
      increment: z.number().min(0, 'must not be negative').max(MAX_SECONDS, 'is too long').transform(Math.trunc).optional(),
    }),
    path: (_input, mount) => `${mount.path}leases/renew`,
    event: { class: 'access-change', activity: 'update', clear: ['id', 'increment'] },
    async prepare({ id, increment = 0 }, { reader, now }: ReadContext) {
      let tracked = renewable(await ledger.find(reader, id), now);
      let lease = renewed(tracked.lease, increment, now);
      let expiresAt = lease.expiresAt;
      return {
        async begin({ tx, note }: ChangeContext) {
          const found = renewable(await ledger.find(tx, id), now);
          lease = renewed(found.lease, increment, now);
          const told = { ...found.lease, toldEnd: lease.toldEnd ?? lease.expiresAt };
          if (!(await ledger.update(tx, found, told))) throw changedMeanwhile();
          tracked = { ...found, lease: told, revision: found.revision + 1 };
          note({ leaseId: id, externalName: lease.externalName, engine: lease.origin.engine });
        },
        async reach() {
          try {
            const visit = { timeoutMs: RENEW_MS };
            expiresAt = await targets.visit(reader, targetIdOf(lease.origin), visit, (target, call) => {
              if (target.renew === undefined) throw notRenewable();
              return target.renew(refOf(lease), call);
            });
          } catch (error) {
            throw tellCaller(error);
          }
        },
        async conclude({ tx, note, now: then }: ChangeContext): Promise<RenewedLease> {
          const end = Math.min(expiresAt, lease.expiresAt);
          if (!(await ledger.update(tx, tracked, { ...lease, expiresAt: end }))) {
            throw changedMeanwhile();
          }
          note({ leaseExpires: new Date(end).toISOString() });
          return { leaseId: id, ttl: Math.max(0, Math.round((end - then) / 1000)), renewable: lease.renewable };
        },
      };
    },
  });
}

function renewable(tracked: TrackedLease | undefined, now: number): TrackedLease {
  if (tracked === undefined || tracked.state !== 'active' || tracked.lease.expiresAt <= now) throw missingLease();
  if (!tracked.lease.renewable) throw notRenewable();
  return tracked;
}

const changedMeanwhile = () => new WatchwordError('lease.invalid', 'the lease was changed or ended meanwhile');
const notRenewable = () => new WatchwordError('lease.invalid', 'lease is not renewable');

/** As Vault counts it: from now on, and never beyond the maximum that counts from the issue. */
function renewed(lease: Lease, increment: number, now: number): Lease {
  const wanted = (increment || lease.ttl) * 1000;
  const expiresAt = Math.min(now + wanted, lease.maxExpiresAt);
  if (expiresAt <= now) throw new WatchwordError('lease.invalid', 'the lease has reached its maximum: issue a new credential');
  return { ...lease, expiresAt, toldEnd: Math.max(lease.toldEnd ?? 0, expiresAt), renewedAt: now };
}
