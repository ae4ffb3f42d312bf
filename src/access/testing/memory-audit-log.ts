import { createHmac } from 'node:crypto';
import type { AuditEvent, AuditLog, AuditRecord, Digester } from '../../audit/contract.ts';
import { WatchwordError } from '../../foundation/errors.ts';
import type { IntentSource } from '../settlement.ts';

const digest = (value: string | Uint8Array) => `hmac-sha256:test:${createHmac('sha256', 'test').update(value).digest('hex')}`;

/** `store`: as usual. `refuse`: not kept. `keep-but-refuse`: refused, but the process ended before it was removed. */
export type Fate = 'store' | 'refuse' | 'keep-but-refuse';

/** A log in memory that does what the test tells it to. */
export class MemoryAuditLog implements AuditLog, IntentSource {
  readonly records: AuditRecord[] = [];
  /** Asked for each event. */
  fate: (record: AuditRecord) => Fate = () => 'store';
  /** Awaited before an event is kept: a slow or hanging disk. */
  before: (record: AuditRecord) => Promise<void> = async () => {};
  /** Awaited between durability and the answer. */
  after: (record: AuditRecord, index: number) => Promise<void> = async () => {};

  readonly digester: Digester = {
    value: digest,
    leaves: (value) =>
      typeof value === 'object' && value !== null
        ? Object.values(value).flatMap((member) => this.digester.leaves(member))
        : [digest(JSON.stringify(value))],
  };

  get size(): number {
    return this.records.length;
  }

  async append(record: AuditRecord): Promise<number> {
    // Nothing may change what was logged afterwards.
    const kept = structuredClone(record);
    await this.before(kept);
    const fate = this.fate(kept);
    if (fate === 'refuse') throw new WatchwordError('audit.unavailable');
    const index = this.records.push(kept) - 1;
    if (fate === 'keep-but-refuse') throw new WatchwordError('audit.unavailable');
    await this.after(kept, index);
    return index;
  }

  async *read(from: number): AsyncGenerator<{ readonly index: number; readonly event: AuditEvent }> {
    for (let index = from; index < this.records.length; index++) {
      yield { index, event: this.records[index] as unknown as AuditEvent };
    }
  }

  decode(event: AuditEvent): AuditRecord | undefined {
    const record = event as unknown as AuditRecord;
    return record.phase === 'complete' ? undefined : record;
  }

  /** `phase/outcome` of every event from an index on. */
  story(from = 0): string[] {
    return this.records.slice(from).map(({ phase, outcome, errorCode }) => [phase, outcome, errorCode].filter(Boolean).join('/'));
  }
}
