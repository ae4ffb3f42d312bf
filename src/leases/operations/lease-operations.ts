import { z } from 'zod';
import { type AnyOperation, defineRead, type ReadContext } from '../../access/operation.ts';
import { nameSchema, pathSchema } from '../../foundation/bounds.ts';
import { WatchwordError } from '../../foundation/errors.ts';
import type { MountPoint } from '../../foundation/mount.ts';
import type { LeaseView } from '../contract.ts';
import { engineCatalogue } from '../engine-catalogue.ts';
import { type TrackedLease, workloadOf } from '../lease.ts';
import { countLeases } from '../lease-count-table.ts';
import { folderOf, type LeaseScope } from '../lease-table.ts';
import { type Ledger, missingLease } from '../ledger.ts';

const LIST_LIMIT = 100_000;
const PAGE = 1000;
/** Damaged ones that an event names. */
const NAMED = 20;

export interface LeaseOperationsDependencies {
  readonly ledger: Ledger;
  readonly findMount: (id: string) => MountPoint | undefined;
}

const leaseId = pathSchema.min(1);
const page = { after: pathSchema.optional(), limit: z.int().min(1).max(PAGE).optional() };

/** Looking at leases. */
export function leaseOperations({ ledger, findMount }: LeaseOperationsDependencies): AnyOperation[] {
  return [
    defineRead<'leases.lookup'>({
      name: 'leases.lookup',
      summary: 'Read what is known of a lease, without its credential.',
      capability: 'update',
      input: z.object({ id: leaseId }),
      path: (_input, mount) => `${mount.path}leases/lookup`,
      event: { class: 'access-change', activity: 'read', clear: ['id'] },
      async perform({ id }, { reader, now }) {
        const tracked = await ledger.find(reader, id);
        if (tracked === undefined) throw missingLease();
        return viewOf(tracked, now);
      },
    }),
    defineRead<'leases.list'>({
      name: 'leases.list',
      summary: 'List what lies below a prefix of lease ids.',
      capability: 'list',
      sudo: true,
      input: z.object({ prefix: pathSchema }),
      path: ({ prefix }, mount) => `${mount.path}leases/lookup/${prefix}`,
      event: { class: 'access-change', activity: 'read', clear: ['prefix'] },
      async perform({ prefix }, { reader }) {
        const keys = await ledger.table.children(reader, folderOf(prefix), LIST_LIMIT);
        return keys.length === 0 ? null : { keys };
      },
    }),
    defineRead<'leases.search'>({
      name: 'leases.search',
      summary: 'Leases with all that is known of them, by prefix, workload or session, a page at a time.',
      capability: 'list',
      sudo: true,
      input: z.object({
        prefix: pathSchema.optional(),
        workload: nameSchema.optional(),
        session: nameSchema.optional(),
        ...page,
      }),
      path: ({ prefix = '' }, mount) => `${mount.path}leases/lookup/${prefix}`,
      event: { class: 'access-change', activity: 'read', clear: ['prefix', 'workload', 'session'] },
      perform: ({ prefix = '', workload, session, ...rest }, context) =>
        pageOf(ledger, { prefix, ...defined({ workload, session }) }, rest, context),
    }),
    defineRead<'leases.mine'>({
      name: 'leases.mine',
      summary: 'The leases that were issued to the calling token.',
      capability: 'read',
      authorization: 'session',
      input: z.object(page),
      path: (_input, mount) => `${mount.path}leases/mine`,
      event: { class: 'access-change', activity: 'read', clear: [] },
      perform: (rest, context) => {
        if (context.session === undefined) throw new WatchwordError('access.token-missing');
        return pageOf(ledger, { session: context.session.principal.session }, rest, context);
      },
    }),
    defineRead<'leases.count'>({
      name: 'leases.count',
      summary: 'How many leases there are at each mount, or how many should have been taken back long ago.',
      capability: 'read',
      sudo: true,
      input: z.object({ overdue: z.boolean().optional() }),
      path: (_input, mount) => `${mount.path}leases/count`,
      event: { class: 'access-change', activity: 'read', clear: ['overdue'] },
      async perform({ overdue = false }, { reader }) {
        const byMount: Record<string, number> = {};
        let count = 0;
        for (const [target, its] of await countLeases(reader, { overdue })) {
          count += its;
          const mount = findMount(target.slice(0, target.indexOf('/')));
          if (mount !== undefined) byMount[mount.accessor] = (byMount[mount.accessor] ?? 0) + its;
        }
        return { count, byMount };
      },
    }),
  ];
}

async function pageOf(
  ledger: Ledger,
  scope: LeaseScope,
  { after = '', limit = 100 }: { after?: string | undefined; limit?: number | undefined },
  { reader, now, note }: ReadContext,
) {
  const found = await ledger.page(reader, scope, after, limit);
  const leases = found.map((lease) => ('damaged' in lease ? lease : viewOf(lease, now)));
  const damaged = leases.filter((lease) => 'damaged' in lease);
  if (damaged.length > 0) note({ damagedLeases: damaged.map(({ id }) => id).slice(0, NAMED) });
  return { leases, next: found.length < limit ? null : leases.at(-1)?.id || null };
}

function viewOf({ lease, state, cause, attempts }: TrackedLease, now: number): LeaseView {
  const { origin, holder } = lease;
  return {
    id: lease.id,
    state,
    cause,
    engine: origin.engine,
    connection: origin.connection,
    role: origin.role,
    externalName: lease.externalName,
    workload: workloadOf(holder),
    session: holder.session,
    issuedAt: lease.issuedAt,
    renewedAt: lease.renewedAt,
    expiresAt: lease.expiresAt,
    ttl: Math.max(0, Math.round((lease.expiresAt - now) / 1000)),
    renewable: lease.renewable && state === 'active',
    revocation: engineCatalogue.get(origin.engine)?.traits.revocation ?? 'expiry-only',
    attempts,
  };
}

const defined = (scope: LeaseScope | { workload?: string | undefined; session?: string | undefined }): LeaseScope =>
  Object.fromEntries(Object.entries(scope).filter(([, value]) => value !== undefined));
