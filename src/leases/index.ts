import type { AnyOperation } from '../access/operation.ts';
import type { AuditLog } from '../audit/contract.ts';
import type { MountPoint } from '../foundation/mount.ts';
import type { Clock, Logger, Network, Random } from '../foundation/ports.ts';
import type { Keyring } from '../keyring/contract.ts';
import { MountRecordStore } from '../keyring/mount-records.ts';
import type { Executor, Migration, Storage, Transaction } from '../storage/contract.ts';
import { accountByKey } from './accounts/account.ts';
import { dueAccounts, forgetAccountsOf, hastenAccount, passwordChangeMigration } from './accounts/password-change-table.ts';
import { engineMounts } from './engine-catalogue.ts';
import type { IdentityTokens } from './engines/engine.ts';
import { Issuing } from './issuing.ts';
import { LeaseEvents } from './lease-events.ts';
import { leaseMigration } from './lease-table.ts';
import { Ledger } from './ledger.ts';
import { ExternalNames } from './naming.ts';
import { connectionOperations } from './operations/connection-operations.ts';
import { credentialOperation } from './operations/credential-operation.ts';
import { holdOperations } from './operations/hold-operations.ts';
import { leaseOperations } from './operations/lease-operations.ts';
import { passwordOperations } from './operations/password-operations.ts';
import { revocationOperations } from './operations/revocation-operations.ts';
import { roleOperations } from './operations/role-operations.ts';
import { staticRoleOperations } from './operations/static-role-operations.ts';
import { Reconciler } from './reconciler.ts';
import { renewal } from './renewal.ts';
import { RevocationHold } from './revocation-hold.ts';
import { ARRIVAL_MS, Revoker } from './revoker.ts';
import { EngineSettings } from './settings.ts';
import { Targets } from './targets.ts';

export const leaseMigrations: readonly Migration[] = [leaseMigration, passwordChangeMigration];

/** Whoever is interrupted in the making of a lease, or in looking for what became of it, has taken it on for less than this. */
const INTERRUPTED_MS = 600_000;

/** More of them wait for the next turn. */
const PASSWORDS_AT_ONCE = 100;

export interface LeasesDependencies {
  readonly storage: Storage;
  readonly keyring: Keyring;
  readonly audit: Pick<AuditLog, 'append'>;
  readonly network: Network;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly identityTokens: IdentityTokens;
  readonly findMount: (id: string) => MountPoint | undefined;
  /** Whether the mount is where it was, as a transaction sees it. */
  readonly mountStands: (on: Executor, mount: MountPoint) => Promise<boolean>;
}

/** What mounting, moving and unmounting an engine means; `mounts/` calls it. */
export interface EngineLifecycle {
  readonly kind: string;
  readonly class: 'engine';
  readonly aliases: Readonly<Record<string, never>>;
  options(given: Readonly<Record<string, string>>): Readonly<Record<string, string>>;
  purge(tx: Transaction, mount: MountPoint): Promise<void>;
  move(tx: Transaction, mount: MountPoint): Promise<{ readonly leases: number }>;
}

export interface Leases {
  readonly operations: readonly AnyOperation[];
  readonly lifecycles: readonly EngineLifecycle[];
  /** What was issued to a session ends with it, in the same transaction. */
  endSession(tx: Transaction, accessor: string): Promise<void>;
  /** After a start, when nobody is at anything yet: what was interrupted is taken back, or brought to its end, at once. */
  recover(): Promise<void>;
  /** In the background, often: begins to take back what is due. */
  revokeDue(): Promise<void>;
  /** In the background: what is overdue is told. */
  reportOverdue(): Promise<void>;
  /** In the background: each target is compared with the ledger, every ten minutes. Gives how many orphans were taken back. */
  reconcile(): Promise<number>;
  /** Accounts whose password is due: `engine.passwords.maintain` does something about each. */
  duePasswords(): Promise<readonly string[]>;
  /** Resolves once nothing is being taken back. */
  idle(): Promise<void>;
  close(): Promise<void>;
  /** After sealing: what was decrypted is forgotten. */
  clear(): Promise<void>;
}

export function createLeases(dependencies: LeasesDependencies): Leases {
  const { storage, keyring, audit, network, clock, random, logger, identityTokens, findMount, mountStands } = dependencies;
  const on = { network, clock, random, identityTokens };
  const records = new MountRecordStore(storage, keyring);
  const settings = new EngineSettings(records);
  const ledger = new Ledger(storage, keyring);
  const names = new ExternalNames(keyring);
  const targets = new Targets(settings, on);
  const events = new LeaseEvents(audit, clock);
  const hold = new RevocationHold(storage, records, { events, clock, logger });
  const revoker = new Revoker({ storage, ledger, targets, events, hold, clock, random, logger });
  const reconciler = new Reconciler({ storage, settings, ledger, targets, names, events, hold, clock, logger });
  const revokeDue = async () => {
    if (keyring.state === 'unsealed') await revoker.begin();
  };
  const wake = () => {
    revokeDue().catch(() => logger.warn('taking credentials back could not begin, and is tried again'));
  };
  const issuing = new Issuing({ storage, settings, ledger, targets, names, on, wake, mountStands });
  return {
    operations: [
      ...connectionOperations({ settings, targets, on }),
      ...roleOperations({ settings, targets }),
      ...staticRoleOperations({ storage, settings, targets, clock, random }),
      ...passwordOperations({ storage, settings, targets, clock, random }),
      credentialOperation({ issuing, settings }),
      ...leaseOperations({ ledger, findMount }),
      renewal({ ledger, targets }),
      ...revocationOperations({
        storage,
        ledger,
        wake,
        hold,
        reconcile: () => reconciler.run({ all: true }),
        pause: (ms) => clock.sleep(ms),
      }),
      ...holdOperations(hold, wake),
    ],
    lifecycles: [...engineMounts].map((kind) => ({
      kind,
      class: 'engine',
      aliases: {},
      options: (given) => given,
      async purge(tx, { id }) {
        for (const target of await settings.targetIds(tx)) {
          if (!target.startsWith(`${id}/`)) continue;
          await ledger.end(tx, { target }, { cause: 'mount-disabled', now: clock.now() });
          await settings.retireTarget(tx, target);
        }
        await forgetAccountsOf(tx, id);
        await records.table.purge(tx, id);
        tx.afterCommit(wake);
      },
      // As in Vault: ids begin with the path, so nobody who looks below the new one would find what is issued under the old.
      async move(tx, { id }) {
        const leases = await ledger.end(tx, { mount: id }, { cause: 'mount-moved', now: clock.now() });
        if (leases > 0) tx.afterCommit(wake);
        return { leases };
      },
    })),
    async endSession(tx, session) {
      const ended = await ledger.end(tx, { session }, { cause: 'session-ended', now: clock.now() });
      if (ended > 0) tx.afterCommit(wake);
    },
    recover: () =>
      storage.write(async (tx) => {
        const now = clock.now();
        await ledger.queue.hastenInterrupted(tx, { now, soon: now + INTERRUPTED_MS, arrived: now + ARRIVAL_MS });
        await hastenPasswords(tx, settings, now);
        // Even a process that dies every second gets on.
        tx.afterCommit(wake);
      }),
    revokeDue,
    reportOverdue: () => revoker.reportOverdue(),
    reconcile: () => reconciler.run(),
    duePasswords: async () => (await dueAccounts(storage.reader, clock.now(), PASSWORDS_AT_ONCE)).map(({ account }) => account),
    idle: () => revoker.idle(),
    async close() {
      await Promise.all([revoker.close(), reconciler.close()]);
      await targets.close();
    },
    async clear() {
      records.clear();
      await targets.close();
    },
  };
}

/** Until a change is brought to its end a static password is given to nobody, and the configured account may not get in. */
async function hastenPasswords(tx: Transaction, settings: EngineSettings, now: number): Promise<void> {
  for (const { account } of await dueAccounts(tx, now + INTERRUPTED_MS, PASSWORDS_AT_ONCE)) {
    const state = await accountByKey(settings, account).read(tx);
    if (state?.pending !== undefined) await hastenAccount(tx, account, now);
  }
}
