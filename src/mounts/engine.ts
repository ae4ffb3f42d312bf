import type { MountPoint } from '../foundation/mount.ts';
import type { Transaction } from '../storage/contract.ts';

/** What a kind of engine or auth method does when it is mounted and unmounted; fulfilled by the engine's room, connected in `server/`. */
export interface EngineLifecycle {
  /** `kv` */
  readonly kind: string;
  /** Whether it stands below `auth/` and tells who is calling. */
  readonly class: 'engine' | 'auth';
  /** Other names that people mount it by, with the options they stand for: `kv-v2` → kv with version 2. */
  readonly aliases: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Options of a new mount, or of one that had others `before`, completed and checked. @throws WatchwordError `mount.invalid` */
  options(given: Readonly<Record<string, string>>, before?: Readonly<Record<string, string>>): Readonly<Record<string, string>>;
  /** Deletes everything that the mount holds. */
  purge(tx: Transaction, mount: MountPoint): Promise<void>;
  /**
   * Ends what cannot go along when the mount is about to answer under another path; left out where everything can.
   * Gives how many leases that were.
   */
  move?(tx: Transaction, mount: MountPoint): Promise<{ readonly leases: number }>;
}
