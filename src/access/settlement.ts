import type { AuditEvent, AuditLog, AuditRecord, EventOutcome } from '../audit/contract.ts';
import { WatchwordError } from '../foundation/errors.ts';
import type { Clock } from '../foundation/ports.ts';
import type { Storage } from '../storage/contract.ts';
import { appliedIntents, settleBelow, settledBelow } from './applied-table.ts';

/** Reads durable events from an index on, and turns an intent as logged back into the record it was made of. */
export interface IntentSource {
  read(from: number): AsyncIterable<{ readonly index: number; readonly event: AuditEvent }>;
  /** Undefined for events that are neither intent nor outcome. */
  decode(event: AuditEvent): AuditRecord | undefined;
}

export interface SettlementDependencies {
  readonly storage: Storage;
  readonly audit: AuditLog;
  readonly source: IntentSource;
  readonly clock: Clock;
}

/**
 * Every intent in the log gets its outcome. A change leaves its intent's index in the database in its own transaction;
 * so after a crash, or after an outcome that could not be logged, what really happened can be told.
 */
export class Settlement {
  readonly #on: SettlementDependencies;
  readonly #open = new Set<number>();
  readonly #unlogged = new Set<number>();
  #changes = 0;
  #settled = -1;

  constructor(dependencies: SettlementDependencies) {
    this.#on = dependencies;
  }

  /** A change has begun: call `end` when the request is over, saying whether its outcome is durable. */
  begin(intent: number): { end(logged: boolean): void } {
    this.#open.add(intent);
    this.#changes += 1;
    return {
      end: (logged) => {
        if (logged) this.#open.delete(intent);
        else this.#unlogged.add(intent);
      },
    };
  }

  /**
   * Called now and then, cheap when nothing changed: logs the outcomes that could not be logged at the time, and forgets
   * the marks of changes whose outcomes are durable.
   */
  async settle(): Promise<void> {
    if (this.#changes === 0 && this.#unlogged.size === 0) return;
    this.#changes = 0;
    await this.#logMissing();
    let below = this.#on.audit.size;
    for (const intent of this.#open) below = Math.min(below, intent);
    if (below <= this.#settled) return;
    await this.#on.storage.write((tx) => settleBelow(tx, below));
    this.#settled = below;
  }

  /**
   * At start, before anything is served: writes the outcomes that a crash left out. Gives how many.
   * @throws WatchwordError `audit.tampered` when the log is older than the database, `keyring.rolled-back` when the
   * database is older than the log.
   */
  async recover(): Promise<number> {
    const { storage, audit, source } = this.#on;
    const from = await settledBelow(storage.reader);
    if (from > audit.size) {
      throw new WatchwordError(
        'audit.tampered',
        `the log ends at event ${audit.size}, but the database knows of event ${from - 1}`,
      );
    }
    const applied = await appliedIntents(storage.reader);
    const open = new Map<number, AuditRecord>();
    for await (const { index, event } of source.read(from)) {
      const record = source.decode(event);
      if (record?.phase === 'intent') open.set(index, record);
      if (record?.phase !== 'outcome' || record.intent === undefined) continue;
      const intent = open.get(record.intent);
      const lost =
        intent !== undefined &&
        record.outcome === 'success' &&
        record.facts?.['transactional'] !== false &&
        !applied.has(record.intent);
      if (lost)
        throw new WatchwordError(
          'keyring.rolled-back',
          `the database lacks the change of event ${record.intent}, which the log says was made`,
        );
      open.delete(record.intent);
    }
    const highest = Math.max(-1, ...applied);
    if (highest >= audit.size) {
      throw new WatchwordError(
        'audit.tampered',
        `the log ends at event ${audit.size}, but the database knows of event ${highest}`,
      );
    }
    for (const [index, intent] of open) await audit.append(this.#outcomeOf(index, intent, applied));
    await storage.write((tx) => settleBelow(tx, audit.size));
    return open.size;
  }

  async #logMissing(): Promise<void> {
    if (this.#unlogged.size === 0) return;
    const applied = await appliedIntents(this.#on.storage.reader);
    for (const intent of [...this.#unlogged]) {
      for await (const { event } of this.#on.source.read(intent)) {
        const record = this.#on.source.decode(event);
        if (record !== undefined) await this.#on.audit.append(this.#outcomeOf(intent, record, applied));
        break;
      }
      this.#unlogged.delete(intent);
      this.#open.delete(intent);
    }
  }

  #outcomeOf(index: number, intent: AuditRecord, applied: ReadonlySet<number>): AuditRecord {
    const transactional = intent.facts?.['transactional'] !== false;
    const outcome: EventOutcome = applied.has(index) ? 'success' : transactional ? 'failure' : 'unknown';
    return {
      ...intent,
      phase: 'outcome',
      outcome,
      ...(outcome === 'failure' ? { errorCode: 'internal' } : {}),
      intent: index,
      time: this.#on.clock.now(),
      facts: { ...intent.facts, recovered: true },
    };
  }
}
