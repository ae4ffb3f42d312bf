import type { AnyOperation } from '../access/operation.ts';
import type { Migration } from '../storage/contract.ts';
import { deletionOperations } from './deletion-operations.ts';
import { Entries, type StoreDependencies } from './entries.ts';
import { dataOperations } from './kv-operations.ts';
import { kvMigration } from './kv-table.ts';
import { kv1Operations } from './kv1-operations.ts';
import { listingOperations } from './listing-operations.ts';
import { metadataOperations } from './metadata-operations.ts';
import { settingsOperations } from './mount-settings.ts';

export { Cubbyhole } from './cubbyhole.ts';
export { kvEngine } from './kv-engine.ts';

export const storeMigrations: readonly Migration[] = [kvMigration];

/** Every operation of the KV engine, versioned and unversioned. */
export function kvOperations(dependencies: StoreDependencies): AnyOperation[] {
  const entries = new Entries(dependencies);
  return [
    ...dataOperations(entries),
    ...deletionOperations(entries),
    ...metadataOperations(entries),
    ...settingsOperations(entries),
    ...listingOperations(entries),
    ...kv1Operations(entries),
  ];
}
