import { setImmediate as nextTurn } from 'node:timers/promises';
import { sql } from 'kysely';
import { WatchwordError } from '../foundation/errors.ts';
import type { Executor } from '../storage/contract.ts';
import { leaseRows } from './lease-table.ts';

/** Rows that are read at a time: about two milliseconds where the database is in this process. */
const SLICE = 1000;

export interface LeaseCounting {
  /** Only leases that were told of as not taken back. */
  readonly overdue: boolean;
  readonly slice?: number;
  /** Between two slices: lets everything else be done that waits. */
  readonly pause?: () => Promise<unknown>;
}

/**
 * Number of leases of each target, counted a slice at a time so that nothing else waits for all of them. What is there from the beginning
 * to the end is counted once; what comes or goes meanwhile perhaps.
 * @throws WatchwordError `keyring.tampered` where an id is no text, so that what follows it can't be found
 */
export async function countLeases(
  on: Executor,
  { overdue, slice = SLICE, pause = nextTurn }: LeaseCounting,
): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>();
  let after = '';
  for (;;) {
    const groups = await sliceAfter(on, after, slice);
    for (const { target, all, alerted } of groups) counts.set(target, (counts.get(target) ?? 0) + (overdue ? alerted : all));
    if (groups.reduce((sum, { all }) => sum + all, 0) < slice) break;
    const last = lastOf(groups.map((group) => group.last));
    if (last === after) throw new WatchwordError('keyring.tampered');
    after = last;
    await pause();
  }
  for (const [target, count] of counts) if (count === 0) counts.delete(target);
  return counts;
}

interface Group {
  readonly target: string;
  readonly all: number;
  readonly alerted: number;
  /** The last id of the group. */
  readonly last: string;
}

async function sliceAfter(on: Executor, after: string, limit: number): Promise<Group[]> {
  const slice = leaseRows(on)
    .selectFrom('lease')
    .select(['lease_id', 'target', 'alerted'])
    .where('lease_id', '>', after)
    .orderBy('lease_id')
    .limit(sql.lit(limit))
    .as('slice');
  const groups = await leaseRows(on)
    .selectFrom(slice)
    .select((eb) => [
      'target',
      eb.fn.countAll<number | string>().as('all'),
      eb.fn.sum<number | string>(eb.case().when('alerted', '=', 1).then(1).else(0).end()).as('alerted'),
      eb.fn.max('lease_id').as('last'),
    ])
    .groupBy('target')
    .execute();
  return groups.map(({ target, all, alerted, last }) => ({ target, all: Number(all), alerted: Number(alerted), last }));
}

/** In the order of the database: by bytes. */
const lastOf = (ids: readonly string[]): string =>
  ids.reduce((last, id) => (Buffer.compare(Buffer.from(id), Buffer.from(last)) > 0 ? id : last), '');
