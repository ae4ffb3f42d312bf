import type { ChangeContext } from '../../access/operation.ts';
import { WatchwordError } from '../../foundation/errors.ts';
import type { Clock, Random } from '../../foundation/ports.ts';
import type { Secret } from '../../foundation/secret.ts';
import type { Storage } from '../../storage/contract.ts';
import { type Target, type TargetCall, TargetError } from '../engines/engine.ts';
import { newPassword } from '../engines/password.ts';
import { type Targets, tellCaller } from '../targets.ts';
import type { Account, AccountState } from './account.ts';
import { type PasswordChangeRow, releaseAccount, takeAccount } from './password-change-table.ts';

const CHANGE_MS = 15_000;
/** Whoever took a change on and was not heard of since has died. */
const DEADLINE_MS = 20_000;
const FIRST_RETRY_MS = 1000;
const LONGEST_RETRY_MS = 300_000;

export interface PasswordChangeDependencies {
  readonly storage: Storage;
  readonly targets: Targets;
  readonly clock: Clock;
  readonly random: Random;
}

interface Plan {
  readonly account: Account;
  /** In the first transaction, before anything else. */
  readonly before?: (context: ChangeContext) => Promise<void>;
  /** Where the target was surely not changed: takes back what `before` did. Gives whether the account is gone with it. */
  readonly undo?: (context: Pick<ChangeContext, 'tx'>) => Promise<boolean>;
}

/** Gives one account another password, in stages: written down, set at the target, written down as the one that works. */
export class PasswordChange {
  readonly #on: PasswordChangeDependencies;
  readonly #plan: Plan;
  #row: PasswordChangeRow | undefined;
  #pending: Secret | undefined;
  /** Somebody has begun before, and nobody knows how far it came. */
  #resumed = false;
  #nothingDone = false;

  constructor(on: PasswordChangeDependencies, plan: Plan) {
    this.#on = on;
    this.#plan = plan;
  }

  async begin(context: ChangeContext): Promise<void> {
    const { account, before } = this.#plan;
    const { tx, now } = context;
    await before?.(context);
    const state = await account.read(tx);
    if (state === undefined) throw new WatchwordError('engine.invalid', 'there is no account whose password could be changed');
    this.#resumed = state.pending !== undefined;
    this.#pending = state.pending ?? newPassword(this.#on.random);
    if (!this.#resumed) await account.setPending(tx, this.#pending);
    this.#row = await takeAccount(tx, { account: account.key, mountId: account.mountId }, now + DEADLINE_MS);
    context.note({ account: state.username });
  }

  async reach(): Promise<void> {
    const { storage, targets } = this.#on;
    try {
      const state = await this.#plan.account.read(storage.reader);
      if (state === undefined) throw new TargetError('refused', 'the account is no longer known');
      await targets.visit(storage.reader, state.targetId, { timeoutMs: CHANGE_MS, insist: true }, (target, call) =>
        this.#set(target, state, call),
      );
    } catch (error) {
      // What was begun before may have been done before.
      this.#nothingDone = !this.#resumed && error instanceof TargetError && error.kind !== 'unknown-outcome';
      throw tellCaller(error);
    }
  }

  async #set(target: Target, { username }: AccountState, call: TargetCall): Promise<void> {
    const pending = this.#pending;
    if (target.setPassword === undefined || target.verifyPassword === undefined || pending === undefined) {
      throw new TargetError('refused', 'this engine changes no passwords');
    }
    // Of our own account the one before does not let us in any more, once the next one has been set.
    if (this.#resumed && (await target.verifyPassword(username, pending, call))) return;
    await target.setPassword(username, pending, call);
  }

  async conclude({ tx, now }: ChangeContext): Promise<null> {
    const { account } = this.#plan;
    const state = await account.read(tx);
    const pending = this.#pending;
    if (
      pending === undefined ||
      this.#row === undefined ||
      state?.pending === undefined ||
      !state.pending.bytes.equals(pending.bytes)
    ) {
      throw new WatchwordError('lease.invalid', 'the account was changed by another request meanwhile');
    }
    const dueAt = await account.commit(tx, now);
    await releaseAccount(tx, this.#row, dueAt === undefined ? undefined : { dueAt, attempts: 0 });
    return null;
  }

  /** Nothing waits for the deadline. Where this fails, the deadline does the same later. */
  async abandoned(): Promise<void> {
    const row = this.#row;
    if (row === undefined) return;
    await this.#on.storage
      .write(async (tx) => {
        const gone = this.#nothingDone && (await this.#takeBack(tx));
        const attempts = row.attempts + 1;
        const delay = Math.min(FIRST_RETRY_MS * 2 ** Math.min(attempts - 1, 20), LONGEST_RETRY_MS);
        await releaseAccount(tx, row, gone ? undefined : { dueAt: this.#on.clock.now() + delay, attempts });
      })
      .catch(() => undefined);
  }

  /** Gives whether nothing is left to be done later. */
  async #takeBack(tx: ChangeContext['tx']): Promise<boolean> {
    const { account, undo } = this.#plan;
    const state = await account.read(tx);
    if (state === undefined) return true;
    if (state.pending?.bytes.equals(this.#pending?.bytes ?? Buffer.alloc(0)) === true) await account.setPending(tx, undefined);
    return (await undo?.({ tx })) ?? false;
  }
}
