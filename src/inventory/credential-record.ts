import type { Retrieval } from './retrieval.ts';
import { addRetrieval, type UsageCount } from './usage-count.ts';

/** By member; what was used last stands last. */
export type Members = ReadonlyMap<string, UsageCount>;

/** Everything that is counted about one credential. */
export interface CredentialRecord {
  readonly total: UsageCount;
  /** By version in decimal. */
  readonly versions: Members;
  /** By the accessor of the token. */
  readonly sessions: Members;
  /** By `method:id`. */
  readonly workloads: Members;
}

/**
 * How many versions, sessions and workloads are kept for a credential: those that were used last. One that was forgotten
 * starts anew when it comes again.
 */
export const KEPT_MEMBERS = 100;

/** Counts retrievals of one credential, in the order of the log. Never for none. */
export function countRetrievals(before: CredentialRecord | undefined, retrievals: readonly Retrieval[]): CredentialRecord {
  let total = before?.total;
  const versions = new Map(before?.versions);
  const sessions = new Map(before?.sessions);
  const workloads = new Map(before?.workloads);
  for (const { time, version, session, workload } of retrievals) {
    total = addRetrieval(total, time);
    addMember(versions, version?.toString(), time);
    addMember(sessions, session, time);
    addMember(workloads, workload, time);
  }
  if (total === undefined) throw new RangeError('there is nothing to count');
  return { total, versions, sessions, workloads };
}

function addMember(members: Map<string, UsageCount>, member: string | undefined, time: number): void {
  if (member === undefined) return;
  const count = addRetrieval(members.get(member), time);
  members.delete(member);
  members.set(member, count);
  for (const [oldest] of members) {
    if (members.size <= KEPT_MEMBERS) break;
    members.delete(oldest);
  }
}

type Packed = readonly (readonly [string, number, number, number, number, number, number])[];

/** Versions, sessions and workloads as JSON text: they are only ever read and written together with their credential. */
export function encodeMembers({ versions, sessions, workloads }: CredentialRecord): string {
  return JSON.stringify([versions, sessions, workloads].map(pack));
}

export function decodeMembers(text: string): Pick<CredentialRecord, 'versions' | 'sessions' | 'workloads'> {
  const [versions = [], sessions = [], workloads = []] = JSON.parse(text) as Packed[];
  return { versions: unpack(versions), sessions: unpack(sessions), workloads: unpack(workloads) };
}

function pack(members: Members): Packed {
  return [...members].map(([member, { firstUsed, lastUsed, retrievals, days, lastDay, recentDays }]) => [
    member,
    firstUsed,
    lastUsed,
    retrievals,
    days,
    lastDay,
    recentDays,
  ]);
}

function unpack(packed: Packed): Members {
  return new Map(
    packed.map(([member, firstUsed, lastUsed, retrievals, days, lastDay, recentDays]) => [
      member,
      { firstUsed, lastUsed, retrievals, days, lastDay, recentDays },
    ]),
  );
}
