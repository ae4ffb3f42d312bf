import { systemRandom } from '../../foundation/node-ports.ts';
import type { Storage } from '../../storage/contract.ts';
import { openKeyring, type StoredKeyring } from '../keyring.ts';
import { shamirSeal } from '../seals/index.ts';

/** An initialised, unsealed keyring over a database that has `keyringMigration`, with keys for the named mounts. */
export async function openTestKeyring(storage: Storage, mounts: readonly string[] = []): Promise<StoredKeyring> {
  const keyring = await openKeyring({ storage, random: systemRandom, seals: [shamirSeal(systemRandom)], sealKind: 'shamir' });
  await keyring.initialize({ shares: 1, threshold: 1 });
  await storage.write(async (tx) => {
    for (const id of mounts) await keyring.createMountKey(tx, { id });
  });
  return keyring;
}
