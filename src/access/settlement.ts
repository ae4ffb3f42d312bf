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

/** A change on its way, from before its intent is written until its outcome is. */
export interface OpenChange {
  /** The intent is durable, at this index. */
  announced(intent: number): void;
  /** The request is over; `logged` says whether its outcome is durable. */
  end(logged: boolean): void;
}

interface Held {
  /** Where the intent stands, or before it is known: no event before this one is it. */
  from: number;
  announced: boolean;
}

/**
 * Every intent in the log gets its outcome. A change leaves its intent's index in the database in its own transaction;
 * so after a crash, or after an outcome that could not be logged, what really happened can be told.
 */
export class Settlement {
  readonly #on: SettlementDependencies;
  readonly #open = new Set<Held>();
  readonly #unlogged = new Set<Held>();
  #changes = 0;
  #settled = -1;
  #running: Promise<void> | undefined;

  constructor(dependencies: SettlementDependencies) {
    this.#on = dependencies;
  }

  /** Call before the intent is written: from then on no settling passes it by. */
  begin(): OpenChange {
    const held: Held = { from: this.#on.audit.size, announced: false };
    this.#open.add(held);
    return {
      announced: (intent) => {
        held.from = intent;
        held.announced = true;
      },
      end: (logged) => {
        this.#changes += 1;
        // An intent that was refused is not in the log, unless the process ends before the log has removed it: then it
        // stands behind everything settled, and the next start finds it.
        if (held.announced && !logged) this.#unlogged.add(held);
        else this.#open.delete(held);
      },
    };
  }

  /**
   * Called now and then, cheap when nothing changed: logs the outcomes that could not be logged at the time, and forgets
   * the marks of changes whose outcomes are durable.
   */
  settle(): Promise<void> {
    this.#running ??= this.#settle().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  async #settle(): Promise<void> {
    const changes = this.#changes;
    if (changes === 0) return;
    await this.#logMissing();
    let below = this.#on.audit.size;
    for (const { from } of this.#open) below = Math.min(below, from);
    if (below > this.#settled) {
      await this.#on.storage.write((tx) => settleBelow(tx, below));
      this.#settled = below;
    }
    this.#changes -= changes;
  }

  /**
   * At start, before anything is served: writes the outcomes that a crash left out. Gives how many.
   * @throws WatchwordError `audit.tampered` when the log is older than the database, `keyring.rolled-back` when the
   * database is older than the log.
   */
  async recover(): Promise<number> {
    const { storage, audit } = this.#on;
    const from = await settledBelow(storage.reader);
    if (from > audit.size) {
      throw new WatchwordError(
        'audit.tampered',
        `the log ends at event ${audit.size}, but the database knows of event ${from - 1}`,
      );
    }
    const applied = await appliedIntents(storage.reader);
    const { open, announced, made } = await this.#replay(from);
    for (const intent of made) {
      if (applied.has(intent)) continue;
      throw new WatchwordError(
        'keyring.rolled-back',
        `the database lacks the change of event ${intent}, which the log says was made`,
      );
    }
    for (const intent of applied) {
      if (announced.has(intent)) continue;
      throw new WatchwordError('audit.tampered', `the log does not hold event ${intent}, of which the database knows`);
    }
    for (const [index, intent] of open) await audit.append(this.#outcomeOf(index, intent, applied));
    await storage.write((tx) => settleBelow(tx, audit.size));
    return open.size;
  }

  /** The intents from an index on: all of them, those without an outcome, and those whose changes the log says were made. */
  async #replay(from: number) {
    const announced = new Set<number>();
    const open = new Map<number, AuditRecord>();
    const made = new Set<number>();
    for await (const { index, event } of this.#on.source.read(from)) {
      const record = this.#on.source.decode(event);
      if (record?.phase === 'intent') {
        announced.add(index);
        open.set(index, record);
      }
      if (record?.phase !== 'outcome' || record.intent === undefined) continue;
      const transactional = record.facts?.['transactional'] !== false;
      if (record.outcome === 'success' && transactional && announced.has(record.intent)) made.add(record.intent);
      open.delete(record.intent);
    }
    return { announced, open, made };
  }

  async #logMissing(): Promise<void> {
    if (this.#unlogged.size === 0) return;
    const applied = await appliedIntents(this.#on.storage.reader);
    for (const held of [...this.#unlogged]) {
      for await (const { event } of this.#on.source.read(held.from)) {
        const record = this.#on.source.decode(event);
        if (record !== undefined) await this.#on.audit.append(this.#outcomeOf(held.from, record, applied));
        break;
      }
      this.#unlogged.delete(held);
      this.#open.delete(held);
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
