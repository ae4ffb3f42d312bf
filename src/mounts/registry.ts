import type { MountLocator } from '../access/door-contract.ts';
import type { MountPoint } from '../foundation/mount.ts';
import type { Keyring } from '../keyring/contract.ts';
import type { Reader } from '../storage/contract.ts';
import { readMounts } from './mount-table.ts';

/** The mount under whose key policies, mounts and settings are sealed. Its key exists from initialisation on. */
export const systemMount = { id: 'system', namespace: 'root' } as const;

/** The mounts in memory, found by longest prefix. */
export class MountRegistry implements MountLocator {
  readonly #keyring: Keyring;
  #byNamespace = whileSealed();
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
    let end = probe.length - 1;
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

  async reload(reader: Reader, generation: number): Promise<void> {
    const mounts = await readMounts(reader, this.#keyring.cipher(systemMount));
    const byNamespace = new Map<string, Map<string, MountPoint>>();
    for (const mount of mounts) {
      const paths = byNamespace.get(mount.namespace) ?? new Map<string, MountPoint>();
      byNamespace.set(mount.namespace, paths.set(mount.path, mount));
    }
    this.#byNamespace = byNamespace;
    this.#generation = generation;
  }

  /** After sealing: what was decrypted is forgotten. */
  clear(): void {
    this.#byNamespace = whileSealed();
    this.#generation = 0;
  }
}

/** What answers while no mount can be decrypted: the system endpoints alone. */
function whileSealed(): Map<string, Map<string, MountPoint>> {
  const config = { defaultTtl: 0, maxTtl: 0, forceNoCache: false, listingVisibility: '' };
  const system = { ...systemMount, path: 'sys/', kind: 'system', accessor: '', description: '', options: {}, config };
  return new Map([['root', new Map([[system.path, system]])]]);
}
