import { DatabaseSync } from 'node:sqlite';
import { generationMigration, identityGenerationMigration } from '../../../access/generation-table.ts';
import { keyringMigration } from '../../../keyring/key-table.ts';
import { openTestKeyring } from '../../../keyring/testing/test-keyring.ts';
import type { Prepared, Storage } from '../../../storage/contract.ts';
import { openTemporaryStorage } from '../../../storage/testing/temporary-storage.ts';
import { type Entered, EntityDirectory } from '../directory.ts';
import { Entities } from '../entities.ts';
import { EntitySessions } from '../entity-sessions.ts';
import { entityMigration } from '../entity-table.ts';
import { groupMigration } from '../group-table.ts';
import { Groups } from '../groups.ts';
import { membershipMigration } from '../membership-table.ts';

export const NOW = Date.UTC(2026, 0, 2, 3, 4, 5);
export const MOUNT = 'jwt_1a2b3c4d';

/** Entities and groups over a real database, without the door. */
export interface BareStore extends AsyncDisposable {
  readonly storage: Storage;
  readonly entities: Entities;
  readonly groups: Groups;
  readonly sessions: EntitySessions;
  readonly directory: EntityDirectory;
  /** Prepared queries that ran so far. */
  readonly queries: { count: number };
  enter(name: string, said?: { groups?: string[]; metadata?: Record<string, string>; mount?: string }): Promise<Entered>;
  /** A connection of the attacker's own. */
  attack(sql: string, ...parameters: (string | number | Uint8Array | null)[]): Record<string, unknown>[];
  /** As after a restart: nothing is known that the database does not say. */
  forget(): void;
}

export async function openBareStore(): Promise<BareStore> {
  const temporary = await openTemporaryStorage([
    generationMigration,
    identityGenerationMigration,
    keyringMigration,
    entityMigration,
    membershipMigration,
    groupMigration,
  ]);
  const { storage } = temporary;
  const keyring = await openTestKeyring(storage, ['identity']);
  const queries = { count: 0 };
  const counted = counting(storage, queries);
  const entities = new Entities(counted, keyring);
  const groups = new Groups(counted, keyring);
  const sessions = new EntitySessions(entities, groups);
  const directory = new EntityDirectory({ entities, groups, sessions });
  const attacker = new DatabaseSync(temporary.path);
  attacker.exec('PRAGMA busy_timeout = 2000');
  return {
    storage,
    entities,
    groups,
    sessions,
    directory,
    queries,
    enter: (name, { groups: said = [], metadata = {}, mount = MOUNT } = {}) =>
      storage.write((tx) => directory.enter(tx, { mountAccessor: mount, alias: { name, metadata }, groups: said, now: NOW })),
    attack: (sql, ...parameters) => attacker.prepare(sql).all(...parameters),
    forget() {
      entities.clear();
      groups.clear();
    },
    async [Symbol.asyncDispose]() {
      attacker.close();
      await temporary[Symbol.asyncDispose]();
    },
  };
}

function counting(storage: Storage, queries: { count: number }): Storage {
  const prepare: Storage['prepare'] = (build) => {
    const prepared = storage.prepare(build);
    const counted: typeof prepared = {
      all: (on, parameters) => {
        queries.count += 1;
        return prepared.all(on, parameters);
      },
      first: (on, parameters) => {
        queries.count += 1;
        return prepared.first(on, parameters);
      },
    };
    return counted satisfies Prepared<never, unknown>;
  };
  return { reader: storage.reader, write: storage.write, migrate: storage.migrate, close: storage.close, prepare };
}
