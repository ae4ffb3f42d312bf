import type { Initialized, SealControl, SealStatus } from '../access/operations/seal.ts';
import type { Secret } from '../foundation/secret.ts';
import type { StoredKeyring } from '../keyring/keyring.ts';
import { version } from './status.ts';

/** What happens in every room when the keys come and go. */
export interface Unsealing {
  initialize(shares: number, threshold: number): Promise<Initialized>;
  /** The keys are there: the log is unlocked, what is kept in memory is read. */
  unsealed(): Promise<void>;
  /** The keys are about to go. */
  sealing(): Promise<void>;
}

/** The seal as operations see it. @param at under which clients reach this server */
export function sealControl(keyring: StoredKeyring, at: { readonly url: string }, rooms: Unsealing): SealControl {
  return {
    get address() {
      return at.url;
    },
    status(): SealStatus {
      const { state, kind, shares, threshold, progress, nonce, clusterId } = keyring.status();
      return {
        kind,
        initialized: state !== 'uninitialized',
        sealed: state !== 'unsealed',
        shares,
        threshold,
        progress,
        nonce,
        version,
        buildDate: '',
        clusterName: clusterId === '' ? '' : `watchword-cluster-${clusterId.slice(0, 8)}`,
        clusterId,
      };
    },
    initialize: (shares, threshold) => rooms.initialize(shares, threshold),
    async submit(key: Secret) {
      await keyring.submit(key);
      if (keyring.state === 'unsealed') await rooms.unsealed();
    },
    resetProgress: () => keyring.resetProgress(),
    seal: () => rooms.sealing(),
  };
}
