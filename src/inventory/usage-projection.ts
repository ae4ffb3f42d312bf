import type { CredentialUsage, Usage, UsageSource } from '../access/operations/usage.ts';
import type { AuditEvent, AuditRecord, Projection } from '../audit/contract.ts';
import { WatchwordError } from '../foundation/errors.ts';
import type { Reader, Storage, Transaction } from '../storage/contract.ts';
import { type Retrieval, retrievalOf } from './retrieval.ts';
import { addRetrieval, type UsageCount } from './usage-count.ts';
import { type UsageDimension, type UsageKey, UsageTable } from './usage-table.ts';

export interface UsageDependencies {
  readonly storage: Storage;
  /** Any event of the log as the record it was made of; undefined for what is none. */
  decode(event: AuditEvent): AuditRecord | undefined;
}

interface Counted {
  readonly key: UsageKey;
  readonly retrievals: { readonly time: number; readonly event: number }[];
}

/**
 * Who used which credential, and when: derived from the audit log, so that it can be made anew from it. Counts and cursor
 * change in one transaction: an event that arrives again counts once.
 */
export class UsageProjection implements Projection, UsageSource {
  readonly name = 'usage';
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
  async take(first: number, events: readonly AuditEvent[]): Promise<void> {
    const end = first + events.length;
    const retrievals = events.map((event) => retrievalOf(this.#decode(event)));
    await this.#storage.write(async (tx) => {
      const cursor = await this.#table.cursor(tx);
      if (first > cursor) throw new WatchwordError('internal', `events ${cursor} to ${first - 1} were never counted`);
      if (end <= cursor) return;
      await this.#count(tx, groupByKey(retrievals.slice(cursor - first), cursor));
      await this.#table.moveCursor(tx, end);
    });
  }

  async credential(reader: Reader, mountId: string, path: string): Promise<CredentialUsage> {
    // The cursor first: what is counted meanwhile may then be in the counts, but nothing is missing from them.
    const countedUpTo = await this.#table.cursor(reader);
    const rows = await this.#table.list(reader, mountId, path);
    const of = (dimension: UsageDimension) => rows.filter((row) => row.dimension === dimension);
    const [total] = of('total');
    return {
      total: total === undefined ? undefined : usageOf(total),
      versions: of('version').map((row) => ({ version: Number(row.member), ...usageOf(row) })),
      sessions: of('session').map((row) => ({ session: row.member, ...usageOf(row) })),
      workloads: of('workload').map((row) => ({ workload: row.member, ...usageOf(row) })),
      countedUpTo,
    };
  }

  /** Forgets everything: whoever feeds the projection then begins at the first event of the log. */
  async rebuild(): Promise<void> {
    await this.#storage.write((tx) => this.#table.clear(tx));
  }

  async #count(tx: Transaction, counted: Iterable<Counted>): Promise<void> {
    const grown = new Map<string, UsageKey>();
    for (const { key, retrievals } of counted) {
      const before = await this.#table.find(tx, key);
      let count: UsageCount | undefined = before;
      for (const { time, event } of retrievals) count = addRetrieval(count, time, event);
      if (count !== undefined) await this.#table.put(tx, key, count);
      if (before === undefined && key.dimension !== 'total') grown.set(nameOf({ ...key, member: '' }), key);
    }
    for (const key of grown.values()) await this.#table.trim(tx, key);
  }
}

/** One entry per key, however many retrievals a batch holds. */
function groupByKey(retrievals: readonly (Retrieval | undefined)[], firstEvent: number): Iterable<Counted> {
  const groups = new Map<string, Counted>();
  for (const [offset, retrieval] of retrievals.entries()) {
    if (retrieval === undefined) continue;
    for (const key of keysOf(retrieval)) {
      const name = nameOf(key);
      const group = groups.get(name) ?? { key, retrievals: [] };
      groups.set(name, group);
      group.retrievals.push({ time: retrieval.time, event: firstEvent + offset });
    }
  }
  return groups.values();
}

function keysOf({ mountId, path, version, session, workload }: Retrieval): UsageKey[] {
  const members: (readonly [UsageDimension, string | undefined])[] = [
    ['total', ''],
    ['version', version?.toString()],
    ['session', session],
    ['workload', workload],
  ];
  return members.flatMap(([dimension, member]) => (member === undefined ? [] : [{ mountId, path, dimension, member }]));
}

/** No path holds a line break. */
function nameOf({ mountId, path, dimension, member }: UsageKey): string {
  return `${mountId}\n${path}\n${dimension}\n${member}`;
}

function usageOf({ firstUsed, lastUsed, retrievals, days }: UsageCount): Usage {
  return { firstUsed, lastUsed, count: retrievals, days };
}
