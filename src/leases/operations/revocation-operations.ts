import { z } from 'zod';
import { type AnyOperation, type ChangeContext, defineChange, defineStaged } from '../../access/operation.ts';
import { limits, pathSchema } from '../../foundation/bounds.ts';
import { WatchwordError } from '../../foundation/errors.ts';
import type { Storage } from '../../storage/contract.ts';
import { folderOf, type LeaseScope } from '../lease-table.ts';
import { type Ledger, missingLease } from '../ledger.ts';
import type { RevocationHold } from '../revocation-hold.ts';

const WAIT_MS = 30_000;
const LOOK_MS = 20;

export interface RevocationOperationsDependencies {
  readonly storage: Storage;
  readonly ledger: Ledger;
  readonly wake: () => void;
  /** Compares targets and ledger. */
  readonly reconcile: () => Promise<unknown>;
  readonly hold: Pick<RevocationHold, 'isHeld'>;
  /** Resolves after so many milliseconds. */
  readonly pause: (ms: number) => Promise<void>;
}

const leaseId = pathSchema.min(1);
const holder = z.string().min(1).max(limits.textLength);

/** Ending leases before their time. */
export function revocationOperations(dependencies: RevocationOperationsDependencies): AnyOperation[] {
  const { ledger, wake, reconcile } = dependencies;
  return [
    defineStaged<'leases.revoke'>({
      name: 'leases.revoke',
      summary: 'Take a credential back.',
      capability: 'update',
      input: z.object({ id: leaseId, wait: z.boolean().optional() }),
      path: (_input, mount) => `${mount.path}leases/revoke`,
      event: { class: 'access-change', activity: 'delete', clear: ['id'] },
      prepare: async ({ id, wait }, context) => {
        // The prefix of one whole id is that id: nothing may hang on something that is none.
        const one = (await ledger.find(context.reader, id)) === undefined ? undefined : { prefix: id };
        return taking(dependencies, one, wait === true, () => null);
      },
    }),
    defineStaged<'leases.revoke-prefix'>({
      name: 'leases.revoke-prefix',
      summary: 'Take back every credential below a prefix of lease ids.',
      capability: 'update',
      sudo: true,
      input: z.object({ prefix: pathSchema.min(1), wait: z.boolean().optional() }),
      path: ({ prefix }, mount) => `${mount.path}leases/revoke-prefix/${prefix}`,
      event: { class: 'access-change', activity: 'delete', clear: ['prefix'] },
      prepare: async ({ prefix, wait }, { reader }) => {
        // As in Vault, one whole id is a prefix as well: nobody shall believe to have taken back what goes on.
        // A damaged row of that name is what somebody put there, and keeps nobody from taking back what is below.
        const row = await ledger.table.find(reader, prefix);
        const found = row && ledger.tryOpen(row);
        const one = found !== undefined && !('damaged' in found);
        if (found !== undefined && !one && (await ledger.table.count(reader, { prefix: folderOf(prefix) }, 1)) === 0) {
          throw new WatchwordError('keyring.tampered');
        }
        return taking(dependencies, { prefix: one ? prefix : folderOf(prefix) }, wait === true, (count) => ({ count }));
      },
    }),
    defineStaged<'leases.revoke-workload'>({
      name: 'leases.revoke-workload',
      summary: 'Take back every credential of one workload (`method:id`), or of one of its tokens.',
      capability: 'update',
      sudo: true,
      input: z
        .object({ workload: holder.optional(), session: holder.optional(), wait: z.boolean().optional() })
        .refine(
          ({ workload, session }) => (workload === undefined) !== (session === undefined),
          'must name a workload or a token',
        ),
      path: (_input, mount) => `${mount.path}leases/revoke-workload`,
      event: { class: 'access-change', activity: 'delete', clear: ['workload', 'session'] },
      prepare: async ({ workload, session, wait }) => {
        const scope = workload === undefined ? { session: session ?? '' } : { workload };
        return taking(dependencies, scope, wait === true, (count) => ({ count }));
      },
    }),
    defineChange<'leases.give-back'>({
      name: 'leases.give-back',
      summary: 'Give back a credential that was issued to the calling token and is needed no more.',
      capability: 'update',
      authorization: 'session',
      input: z.object({ id: leaseId }),
      path: (_input, mount) => `${mount.path}leases/give-back`,
      event: { class: 'access-change', activity: 'delete', clear: ['id'] },
      async perform({ id }, { tx, now, session }) {
        const tracked = await ledger.find(tx, id);
        // Nobody learns of the leases of others.
        if (tracked === undefined || tracked.lease.holder.session !== session?.principal.session) throw missingLease();
        await ledger.end(tx, { prefix: id }, { cause: 'revoked', now });
        tx.afterCommit(wake);
        return null;
      },
    }),
    defineChange<'leases.tidy'>({
      name: 'leases.tidy',
      summary: 'Begin to compare targets and ledger, as happens by itself every ten minutes.',
      capability: 'update',
      sudo: true,
      input: z.object({}),
      path: (_input, mount) => `${mount.path}leases/tidy`,
      event: { class: 'access-change', activity: 'other', clear: [] },
      async perform(_input, { tx }) {
        tx.afterCommit(() => void reconcile().catch(() => undefined));
        return null;
      },
    }),
  ];
}

/** Marked in the first transaction; whoever wants to wait does so before the second. */
async function taking<Output>(
  { storage, ledger, wake, hold, pause }: RevocationOperationsDependencies,
  scope: LeaseScope | undefined,
  wait: boolean,
  tell: (count: number) => Output,
) {
  let count = 0;
  return {
    async begin({ tx, now, note }: ChangeContext) {
      if (scope !== undefined) count = await ledger.end(tx, scope, { cause: 'revoked', now });
      tx.afterCommit(wake);
      note({ leases: count });
    },
    async reach() {
      if (!wait || scope === undefined) return;
      if (await hold.isHeld()) throw new WatchwordError('lease.held');
      for (let waited = 0; waited < WAIT_MS; waited += LOOK_MS) {
        if ((await ledger.table.count(storage.reader, scope, 1)) === 0) return;
        await pause(LOOK_MS);
      }
      throw new WatchwordError('engine.unreachable', 'not everything could be taken back yet; it is tried until it is', {
        retryAfter: 30,
      });
    },
    conclude: async () => tell(count),
  };
}
