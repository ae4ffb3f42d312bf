import { bumpGeneration } from '../access/generation-table.ts';
import type { Initialized } from '../access/operations/seal.ts';
import { newId, randomBase62 } from '../foundation/ids.ts';
import { type Random, unreachable } from '../foundation/ports.ts';
import type { Secret } from '../foundation/secret.ts';
import type { StoredKeyring } from '../keyring/keyring.ts';
import type { SealShape } from '../keyring/seals/seal.ts';
import { createInitialMounts } from '../mounts/initial.ts';
import { systemMount } from '../mounts/registry.ts';
import { defaultPolicyText } from '../policy/default-policy.ts';
import { putPolicy } from '../policy/policy-table.ts';
import type { Transaction } from '../storage/contract.ts';

/** `kv_1a2b3c4d`: what a mount is called in the log and by identity, whatever its path. */
export function accessorMaker(random: Random): (kind: string) => string {
  return (kind) => `${kind}_${randomBase62(random, 8).toLowerCase()}`;
}

export interface NewStore {
  readonly keyring: StoredKeyring;
  readonly random: Random;
  createRootToken(tx: Transaction): Promise<Secret>;
  /** Called before the store exists; must not await anything. Where the token goes when nobody waits for an answer. */
  readonly keepRootToken?: (token: Secret) => void;
}

/** Keys, mounts, policies and root token of a new store, in one transaction: it exists whole or not at all. */
export async function initializeStore(store: NewStore, shape: SealShape): Promise<Initialized> {
  const { keyring, random } = store;
  const made: { rootToken?: Secret } = {};
  const unsealKeys = await keyring.initialize(shape, async (tx) => {
    await createInitialMounts(tx, keyring, newId(), accessorMaker(random));
    await putPolicy(tx, keyring.cipher(systemMount), 'root', 'default', defaultPolicyText);
    await bumpGeneration(tx, 'mounts');
    await bumpGeneration(tx, 'policies');
    made.rootToken = await store.createRootToken(tx);
    store.keepRootToken?.(made.rootToken);
  });
  return { unsealKeys, rootToken: made.rootToken ?? unreachable('an initialised store without a root token') };
}
