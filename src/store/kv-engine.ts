import { WatchwordError } from '../foundation/errors.ts';
import type { Transaction } from '../storage/contract.ts';
import { dropMount } from './kv-table.ts';

/** How the engine is mounted and unmounted: what `mounts` asks of an engine. */
export const kvEngine = {
  kind: 'kv',
  class: 'engine',
  aliases: { 'kv-v1': { version: '1' }, 'kv-v2': { version: '2' }, generic: { version: '1' } },
  /** @throws WatchwordError `mount.invalid` */
  options(given: Readonly<Record<string, string>>, before?: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
    const version = given['version'] ?? '1';
    if (version !== '1' && version !== '2') {
      throw new WatchwordError('mount.invalid', 'the kv engine has version 1 and version 2', { where: 'options.version' });
    }
    // The older versions of each secret would be there, and nothing could reach them.
    if (version === '1' && before?.['version'] === '2') {
      throw new WatchwordError('mount.invalid', 'a versioned kv mount cannot become unversioned', { where: 'options.version' });
    }
    return { ...given, version };
  },
  /** Removes everything that the mount holds. */
  purge: (tx: Transaction, mount: { readonly id: string }): Promise<void> => dropMount(tx, mount.id),
} as const;
