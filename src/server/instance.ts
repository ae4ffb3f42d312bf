import type { Door } from '../access/door-contract.ts';
import type { OpenAuditLog } from '../audit/contract.ts';
import { newId } from '../foundation/ids.ts';
import type { Logger } from '../foundation/ports.ts';
import { unreachable } from '../foundation/ports.ts';
import type { StoredKeyring } from '../keyring/keyring.ts';
import type { Storage } from '../storage/contract.ts';
import { Background } from './background.ts';
import type { Configuration } from './configuration.ts';
import type { DataDirectory } from './data-directory.ts';
import { type Machine, openFoundations, realMachine } from './foundations.ts';
import { buildRooms, type Rooms } from './rooms.ts';

const SETTLE_MS = 10_000;
const TIDY_MS = 2_000;
const REVOKE_MS = 1_000;
const OVERDUE_MS = 60_000;
/** Each target every ten minutes; soon after a start, and soon after it is back. */
const RECONCILE_MS = 5_000;
const REFRESH_KEYS_MS = 60_000;
const SIGNING_KEYS_MS = 10_000;
/** Longest wait for each of the things that end with the server: a disk that hangs must not keep it from stopping. */
const CLOSE_MS = 3_000;

/** One running store. */
export class Instance {
  readonly directory: DataDirectory;
  readonly keyring: StoredKeyring;
  readonly audit: OpenAuditLog;
  readonly door: Door;
  readonly #storage: Storage;
  readonly #rooms: Rooms;
  readonly #background: Background;
  readonly #machine: Machine;

  constructor(rooms: Rooms, machine: Machine, logger: Logger) {
    const { directory, keyring, audit, storage } = rooms.foundations;
    this.directory = directory;
    this.keyring = keyring;
    this.audit = audit;
    this.door = rooms.door;
    this.#storage = storage;
    this.#rooms = rooms;
    this.#machine = machine;
    this.#background = new Background(machine.clock, logger, [
      { name: 'settle', everyMs: SETTLE_MS, run: () => this.#whileUnsealed(() => rooms.settlement.settle()) },
      { name: 'remove-expired-tokens', everyMs: TIDY_MS, run: () => this.#whileUnsealed(() => this.#removeExpired()) },
      { name: 'take-credentials-back', everyMs: REVOKE_MS, run: () => this.#whileUnsealed(() => rooms.leases.revokeDue()) },
      { name: 'report-overdue', everyMs: OVERDUE_MS, run: () => this.#whileUnsealed(() => rooms.leases.reportOverdue()) },
      { name: 'compare-targets', everyMs: RECONCILE_MS, run: () => this.#whileUnsealed(() => rooms.leases.reconcile()) },
      { name: 'change-passwords', everyMs: REVOKE_MS, run: () => this.#whileUnsealed(() => this.#changePasswords()) },
      { name: 'refresh-issuer-keys', everyMs: REFRESH_KEYS_MS, run: async () => rooms.identity.refreshKeys() },
      { name: 'maintain-signing-keys', everyMs: SIGNING_KEYS_MS, run: () => this.#whileUnsealed(() => this.#maintainKeys()) },
      { name: 'report-strangers', everyMs: SETTLE_MS, run: () => rooms.reportStrangers() },
    ]);
  }

  /** Makes a new store where the seal asks nobody, or unseals it. True when the store is new. */
  async begin(): Promise<boolean> {
    const { sealKind } = this.#rooms;
    if (this.keyring.state === 'uninitialized') {
      if (sealKind !== 'static') return false;
      await this.door.perform('system.initialize', this.#ownCall(), { shares: 1, threshold: 1 });
      return true;
    }
    if (await this.keyring.unsealUnattended()) await this.#rooms.unsealed();
    return false;
  }

  /** The port that was really opened, before anybody is answered. */
  listening(port: number): void {
    this.#rooms.address.bound(port);
  }

  async close(): Promise<void> {
    await this.#bounded(this.#background.close());
    this.#rooms.identity.close();
    await this.#bounded(this.#rooms.leases.close());
    if (this.keyring.state === 'unsealed') await this.#bounded(this.#rooms.settlement.settle().catch(() => {}));
    await this.audit.close();
    this.keyring.seal();
    await this.#storage.close();
  }

  async #bounded(work: Promise<void>): Promise<void> {
    const done = new AbortController();
    await Promise.race([work, this.#machine.clock.sleep(CLOSE_MS, done.signal).catch(() => {})]);
    done.abort();
  }

  async #removeExpired(): Promise<void> {
    await this.#rooms.identity.removeExpired();
  }

  /** Through the door, so that it stands in the log. */
  async #maintainKeys(): Promise<void> {
    if (await this.#rooms.identity.signingKeysAreDue()) {
      await this.door.perform('issuer.keys.maintain', this.#ownCall('identity/'), {});
    }
  }

  /** One that fails is due again later; the others are none the worse for it. */
  async #changePasswords(): Promise<void> {
    for (const account of await this.#rooms.leases.duePasswords()) {
      await this.door.perform('engine.passwords.maintain', this.#ownCall(), { account }).catch(() => undefined);
    }
  }

  async #whileUnsealed(run: () => Promise<unknown>): Promise<void> {
    if (this.keyring.state === 'unsealed') await run();
  }

  /** A request of the server's own, through the same door as everybody's. */
  #ownCall(path = 'sys/') {
    const mount = this.door.locate('root', path) ?? unreachable('a server without system mounts');
    const remote = { address: '127.0.0.1', port: 0 };
    return { id: newId(), token: undefined, namespace: 'root', remote, mount, parameters: {}, wrapTtl: undefined };
  }
}

/**
 * Opens the store of a data directory; it serves nothing before {@link Instance.begin}.
 * @throws WatchwordError `storage.in-use`, `audit.tampered`, `keyring.rolled-back`, `configuration.invalid`
 */
export async function openInstance(
  configuration: Configuration,
  logger: Logger,
  machine: Machine = realMachine,
): Promise<Instance> {
  const foundations = await openFoundations(configuration, logger, machine);
  try {
    const rooms = buildRooms(foundations, configuration, logger, machine);
    await rooms.settlement.recover();
    for (const projection of rooms.projections) foundations.audit.addProjection(projection);
    rooms.startProjections();
    return new Instance(rooms, machine, logger);
  } catch (error) {
    await foundations.audit.close();
    await foundations.storage.close();
    throw error;
  }
}
