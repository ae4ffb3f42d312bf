import type { Clock, Logger } from '../foundation/ports.ts';
import type { Storage } from '../storage/contract.ts';
import type { CredentialRef } from './engines/engine.ts';
import type { LeaseEvents } from './lease-events.ts';
import type { Ledger } from './ledger.ts';
import type { ExternalNames } from './naming.ts';
import type { RevocationHold } from './revocation-hold.ts';
import { type EngineSettings, engineOf } from './settings.ts';
import type { Targets } from './targets.ts';

const EVERY_MS = 600_000;
const LIST_MS = 60_000;
const REVOKE_MS = 20_000;
const CHUNK = 500;

export interface ReconcilerDependencies {
  readonly storage: Storage;
  readonly settings: EngineSettings;
  readonly ledger: Ledger;
  readonly targets: Targets;
  readonly names: ExternalNames;
  readonly events: LeaseEvents;
  readonly hold: RevocationHold;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * Compares what targets hold in our name with the ledger. The ledger is written first, so nothing should ever be there that it does
 * not know: what is, is either older than a ledger that was restored, and then everything is held, or was taken out of the ledger
 * by somebody, and then it is taken back. What does not bear our name is never touched.
 */
export class Reconciler {
  readonly #on: ReconcilerDependencies;
  /** When each target was looked at last. The first look after a start is the one that finds out about a restore. */
  readonly #lookedAt = new Map<string, number>();
  #running: Promise<number> | undefined;
  #closed = false;

  constructor(dependencies: ReconcilerDependencies) {
    this.#on = dependencies;
  }

  /**
   * Looks at every target that can be asked and was not looked at for ten minutes. Gives how many orphans it took back. Whoever asks
   * meanwhile waits for the same look.
   * @param all also those that were
   */
  run({ all = false } = {}): Promise<number> {
    this.#running ??= this.#run(all).finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  /** Resolves once nothing is being looked at; begins nothing afterwards. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#running?.catch(() => undefined);
  }

  async #run(all: boolean): Promise<number> {
    const { settings, storage, targets, hold, clock, logger } = this.#on;
    let taken = 0;
    for (const targetId of await settings.targetIds(storage.reader)) {
      if (this.#closed || (await hold.isHeld())) return taken;
      const fresh = clock.now() - (this.#lookedAt.get(targetId) ?? Number.NEGATIVE_INFINITY) < EVERY_MS;
      if ((fresh && !all) || targets.restOf(targetId) > 0) continue;
      try {
        taken += await this.#look(targetId);
        // What was found and left alone is looked at again as soon as it may be taken back.
        if (await hold.isHeld()) return taken;
        this.#lookedAt.set(targetId, clock.now());
        await this.#forgetUnused(targetId);
      } catch (error) {
        logger.warn('a target could not be compared with the ledger', { target: targetId, cause: nameOf(error) });
      }
    }
    return taken;
  }

  async #look(targetId: string): Promise<number> {
    const { storage, targets, names } = this.#on;
    const listed = await targets.visit(storage.reader, targetId, { timeoutMs: LIST_MS }, (target, call) =>
      target.list === undefined ? Promise.resolve([]) : target.list(names.prefix, call),
    );
    let taken = 0;
    for (let at = 0; at < listed.length; at += CHUNK) {
      const chunk = listed.slice(at, at + CHUNK).filter((name) => name.startsWith(names.prefix));
      for (const name of await this.#unknown(chunk)) taken += await this.#orphan(targetId, name);
    }
    return taken;
  }

  /** Settings of a target that no connection leads to are kept for its leases alone. */
  async #forgetUnused(targetId: string): Promise<void> {
    const { storage, settings, ledger, targets } = this.#on;
    if ((await settings.target(storage.reader, targetId))?.retired !== true) return;
    const gone = await storage.write(async (tx) => {
      if ((await ledger.table.count(tx, { target: targetId }, 1)) > 0) return false;
      await settings.removeTarget(tx, targetId);
      return true;
    });
    if (!gone) return;
    this.#lookedAt.delete(targetId);
    await targets.forget(targetId);
  }

  async #unknown(names: readonly string[]): Promise<string[]> {
    const known = await this.#on.ledger.table.known(this.#on.storage.reader, names);
    return names.filter((name) => !known.has(name));
  }

  async #orphan(targetId: string, externalName: string): Promise<number> {
    const { storage, settings, targets, events, hold, clock, logger } = this.#on;
    const record = await settings.target(storage.reader, targetId);
    if (record === undefined || (await hold.isHeld())) return 0;
    const ref = orphanRef(externalName, engineOf(record).role.initial, clock.now());
    const visit = { timeoutMs: REVOKE_MS };
    // It may have been taken back between the list and the look into the ledger.
    const end = await targets.visit(storage.reader, targetId, visit, (target, call) => target.probe(ref, call));
    if (end === undefined) return 0;
    const lives = end === 'unlimited' || end > clock.now();
    if (lives && !this.#lookedAt.has(targetId) && (await hold.hold(targetId, externalName))) return 0;
    await targets.visit(storage.reader, targetId, visit, (target, call) => target.revoke(ref, call));
    logger.warn('a credential that the ledger did not know was taken back', { target: targetId });
    await events.orphan(targetId, externalName, 'success');
    return 1;
  }
}

function orphanRef(externalName: string, role: CredentialRef['role'], now: number): CredentialRef {
  return {
    lease: { id: '', externalName, role: '', holder: '', expiresAt: now },
    role,
    material: undefined,
    handle: undefined,
  };
}

const nameOf = (error: unknown): string => (error instanceof Error ? error.name : 'unknown');
