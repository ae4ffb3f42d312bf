import type { MountLocator } from '../access/door-contract.ts';
import { bumpGeneration, generationQuery } from '../access/generation-table.ts';
import type { MountPoint } from '../foundation/mount.ts';
import type { Keyring } from '../keyring/contract.ts';
import type { Executor, Reader, Transaction } from '../storage/contract.ts';
import { readMounts } from './mount-table.ts';

/** The mount under whose key policies, mounts and settings are sealed. Its key exists from initialisation on. */
export const systemMount = { id: 'system', namespace: 'root' } as const;

/** What answers while no mount can be decrypted: the system endpoints alone. */
const systemWhileSealed: MountPoint = {
  ...systemMount,
  path: 'sys/',
  kind: 'system',
  accessor: '',
  description: '',
  options: {},
  config: { defaultTtl: 0, maxTtl: 0, forceNoCache: false, listingVisibility: '' },
};

/** The mounts in memory, found by longest prefix. */
export class MountRegistry implements MountLocator {
  readonly #keyring: Keyring;
  #byNamespace = byNamespace([systemWhileSealed]);
  #longestPath = systemWhileSealed.path.length;
  #generation = 0;

  constructor(keyring: Keyring) {
    this.#keyring = keyring;
  }

  get generation(): number {
    return this.#generation;
  }

  /** `path` without a leading slash; `secret` alone also finds `secret/`. */
  locate(namespace: string, path: string): MountPoint | undefined {
    const mounts = this.#byNamespace.get(namespace);
    if (mounts === undefined) return undefined;
    const probe = path.endsWith('/') ? path : `${path}/`;
    // A path may be long and full of slashes; no mount's is longer than the longest.
    let end = probe.lastIndexOf('/', this.#longestPath - 1);
    while (end > 0) {
      const found = mounts.get(probe.slice(0, end + 1));
      if (found !== undefined) return found;
      end = probe.lastIndexOf('/', end - 1);
    }
    return undefined;
  }

  list(namespace: string): MountPoint[] {
    return [...(this.#byNamespace.get(namespace)?.values() ?? [])].sort((a, b) => (a.path < b.path ? -1 : 1));
  }

  byId(id: string): MountPoint | undefined {
    for (const mounts of this.#byNamespace.values()) {
      for (const mount of mounts.values()) if (mount.id === id) return mount;
    }
    return undefined;
  }

  /** Whether the mount is where it was, as a transaction sees it: what is known here may be older, or of another node's making. */
  async stands(on: Executor, { id, path }: MountPoint): Promise<boolean> {
    const now = await generationQuery(on.query, 'mounts').executeTakeFirst();
    return now?.value === this.#generation && this.byId(id)?.path === path;
  }

  async reload(reader: Reader, generation: number): Promise<void> {
    this.#install(await readMounts(reader, this.#keyring.cipher(systemMount)), generation);
  }

  /** After the mounts were changed in `tx`: every node reads them anew, and this one knows them as soon as they are committed. */
  async renew(tx: Transaction): Promise<void> {
    const generation = await bumpGeneration(tx, 'mounts');
    const mounts = await readMounts(tx, this.#keyring.cipher(systemMount));
    tx.afterCommit(() => this.#install(mounts, generation));
  }

  #install(mounts: readonly MountPoint[], generation: number): void {
    // What was read before a later change, or before sealing, must not come back.
    if (generation < this.#generation || this.#keyring.state !== 'unsealed') return;
    this.#know(mounts, generation);
  }

  /** After sealing: what was decrypted is forgotten. */
  clear(): void {
    this.#know([systemWhileSealed], 0);
  }

  #know(mounts: readonly MountPoint[], generation: number): void {
    this.#byNamespace = byNamespace(mounts);
    this.#longestPath = Math.max(...mounts.map(({ path }) => path.length));
    this.#generation = generation;
  }
}

function byNamespace(mounts: readonly MountPoint[]): Map<string, Map<string, MountPoint>> {
  const namespaces = new Map<string, Map<string, MountPoint>>();
  for (const mount of mounts) {
    const paths = namespaces.get(mount.namespace) ?? new Map<string, MountPoint>();
    namespaces.set(mount.namespace, paths.set(mount.path, mount));
  }
  return namespaces;
}
