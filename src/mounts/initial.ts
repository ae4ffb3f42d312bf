import type { MountPoint } from '../foundation/mount.ts';
import type { Keyring } from '../keyring/contract.ts';
import type { Transaction } from '../storage/contract.ts';
import { insertMount } from './mount-table.ts';
import { systemMount } from './registry.ts';

const plainConfig = { defaultTtl: 0, maxTtl: 0, forceNoCache: false, listingVisibility: '' };

function builtin(id: string, path: string, kind: string, description: string, accessor: string): MountPoint {
  return { id, namespace: 'root', path, kind, accessor, description, options: {}, config: plainConfig };
}

/** The identity store's mount, which stores of the first versions lack. */
const identityMount = (accessor: (kind: string) => string) =>
  builtin('identity', 'identity/', 'identity', 'identity store', accessor('identity'));

/** Gives an older store the system mounts that came later. True when something was missing. */
export async function createMissingMounts(
  tx: Transaction,
  keyring: Keyring,
  known: readonly MountPoint[],
  accessor: (kind: string) => string,
): Promise<boolean> {
  const mount = identityMount(accessor);
  if (known.some(({ id }) => id === mount.id)) return false;
  await keyring.createMountKey(tx, mount);
  await insertMount(tx, keyring.cipher(systemMount), mount);
  return true;
}

/** The mounts of a new store: the system's own and KV version 2 at `secret/`. @param accessor makes a mount accessor for a kind */
export async function createInitialMounts(
  tx: Transaction,
  keyring: Keyring,
  newMountId: string,
  accessor: (kind: string) => string,
): Promise<void> {
  const mounts: MountPoint[] = [
    builtin(systemMount.id, 'sys/', 'system', 'system endpoints used for control, policy and debugging', accessor('system')),
    builtin('token', 'auth/token/', 'token', 'token based credentials', accessor('token')),
    builtin('cubbyhole', 'cubbyhole/', 'cubbyhole', 'per-token private secret storage', accessor('cubbyhole')),
    identityMount(accessor),
    { ...builtin(newMountId, 'secret/', 'kv', 'key/value secret storage', accessor('kv')), options: { version: '2' } },
  ];
  for (const mount of mounts) await keyring.createMountKey(tx, mount);
  const cipher = keyring.cipher(systemMount);
  for (const mount of mounts) await insertMount(tx, cipher, mount);
}
