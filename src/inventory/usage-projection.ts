import type { CredentialUsage, Usage, UsageSource } from '../access/operations/usage.ts';
import type { AuditEvent, AuditRecord, Projection } from '../audit/contract.ts';
import { WatchwordError } from '../foundation/errors.ts';
import type { Reader, Storage } from '../storage/contract.ts';
import { countRetrievals, type Members } from './credential-record.ts';
import { type Retrieval, retrievalOf } from './retrieval.ts';
import type { UsageCount } from './usage-count.ts';
import { UsageTable } from './usage-table.ts';

export interface UsageDependencies {
  readonly storage: Storage;
  /** Any event of the log as the record it was made of; undefined for what is none. */
  decode(event: AuditEvent): AuditRecord | undefined;
}

/**
 * Who used which credential, and when: derived from the audit log, so that it can be made anew from it. Counts and cursor
 * change in one transaction: an event that arrives again counts once.
 */
export class UsageProjection implements Projection, UsageSource {
  readonly name = 'usage';
  /** API Activity: a retrieval. */
  readonly concerns = '"class_uid":6003';
  readonly #storage: Storage;
  readonly #decode: UsageDependencies['decode'];
  readonly #table: UsageTable;

  constructor({ storage, decode }: UsageDependencies) {
    this.#storage = storage;
    this.#decode = decode;
    this.#table = new UsageTable(storage);
  }

  cursor(): Promise<number> {
    return this.#table.cursor(this.#storage.reader);
  }

  /** @throws WatchwordError `internal` when events between the cursor and `first` are missing; nothing is counted then. */
  async take(first: number, events: readonly (AuditEvent | undefined)[]): Promise<void> {
    const end = first + events.length;
    const retrievals = events.map((event) => retrievalOf(event === undefined ? undefined : this.#decode(event)));
    await this.#storage.write(async (tx) => {
      const cursor = await this.#table.cursor(tx);
      if (first > cursor) throw new WatchwordError('internal', `events ${cursor} to ${first - 1} were never counted`);
      if (end <= cursor) return;
      for (const group of byCredential(retrievals.slice(cursor - first))) {
        const before = await this.#table.find(tx, group[0]);
        await this.#table.put(tx, group[0], countRetrievals(before, group));
      }
      await this.#table.moveCursor(tx, end);
    });
  }

  async credential(reader: Reader, mountId: string, path: string): Promise<CredentialUsage> {
    // The cursor first: what is counted meanwhile may then be in the counts, but nothing is missing from them.
    const countedUpTo = await this.#table.cursor(reader);
    const record = await this.#table.find(reader, { mountId, path });
    if (record === undefined) return { total: undefined, versions: [], sessions: [], workloads: [], countedUpTo };
    return {
      total: usageOf(record.total),
      versions: lastFirst(record.versions).map(([version, count]) => ({ version: Number(version), ...usageOf(count) })),
      sessions: lastFirst(record.sessions).map(([session, count]) => ({ session, ...usageOf(count) })),
      workloads: lastFirst(record.workloads).map(([workload, count]) => ({ workload, ...usageOf(count) })),
      countedUpTo,
    };
  }

  /**
   * Forgets everything; the log is then counted again from its first event on. Whoever feeds the projection learns of it
   * when the next event is refused.
   */
  async rebuild(): Promise<void> {
    await this.#storage.write((tx) => this.#table.clear(tx));
  }
}

type Group = [Retrieval, ...Retrieval[]];

/** However many retrievals a batch holds, a credential is read and written once. */
function byCredential(retrievals: readonly (Retrieval | undefined)[]): Iterable<Group> {
  const groups = new Map<string, Group>();
  for (const retrieval of retrievals) {
    if (retrieval === undefined) continue;
    // No mount id holds a line break.
    const name = `${retrieval.mountId}\n${retrieval.path}`;
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [retrieval]);
    else group.push(retrieval);
  }
  return groups.values();
}

function lastFirst(members: Members): [string, UsageCount][] {
  return [...members].reverse();
}

function usageOf({ firstUsed, lastUsed, retrievals, days }: UsageCount): Usage {
  return { firstUsed, lastUsed, count: retrievals, days };
}
