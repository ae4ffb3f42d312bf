import type { AnyOperation } from '../../access/operation.ts';
import type { Keyring } from '../../keyring/contract.ts';
import type { Storage } from '../../storage/contract.ts';
import { EntityDirectory } from './directory.ts';
import { Entities } from './entities.ts';
import { entityAliasOperations } from './entity-alias-operations.ts';
import { entityOperations } from './entity-operations.ts';
import { EntitySessions } from './entity-sessions.ts';
import { groupAliasOperations } from './group-alias-operations.ts';
import { groupOperations } from './group-operations.ts';
import { Groups } from './groups.ts';
import { mergeOperation } from './merge-operation.ts';
import type { Mounts } from './telling.ts';

export interface IdentityEntities {
  readonly directory: EntityDirectory;
  readonly sessions: EntitySessions;
  readonly operations: readonly AnyOperation[];
  /** After sealing: what was decrypted is forgotten. */
  clear(): void;
}

/** Entities, aliases and groups, put together. */
export function createEntities(storage: Storage, keyring: Keyring, mounts: Mounts): IdentityEntities {
  const entities = new Entities(storage, keyring);
  const groups = new Groups(storage, keyring);
  const sessions = new EntitySessions(entities, groups);
  const store = { entities, groups, mounts };
  return {
    directory: new EntityDirectory({ entities, groups, sessions }),
    sessions,
    operations: [
      ...entityOperations(store),
      mergeOperation(store),
      ...entityAliasOperations(store),
      ...groupOperations(store),
      ...groupAliasOperations(store),
    ],
    clear() {
      entities.clear();
      groups.clear();
    },
  };
}
