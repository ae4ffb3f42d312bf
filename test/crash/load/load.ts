import type { VaultClient } from '../../testing/vault-client.ts';
import type { Ledger } from '../ledger.ts';
import type { Seeded } from '../seeded.ts';

/** One sort of requests, and what must hold of them after a crash. */
export interface Load {
  /** A request or two. Rejects when the server dies meanwhile. @throws BrokenPromise */
  step(desk: Desk, worker: number, random: Seeded): Promise<void>;
  /** After a restart, with nothing else going on but other checks. @throws BrokenPromise */
  check(desk: Desk): Promise<void>;
}

/** The client of the server's present life, and what all its lives have promised. */
export interface Desk {
  readonly client: VaultClient;
  readonly ledger: Ledger;
}
