import { existsSync } from 'node:fs';
import { appliedMigration } from '../access/applied-table.ts';
import { generationMigration, identityGenerationMigration } from '../access/generation-table.ts';
import type { OpenAuditLog } from '../audit/contract.ts';
import { openAuditLog } from '../audit/index.ts';
import { WatchwordError } from '../foundation/errors.ts';
import { nodeFiles } from '../foundation/node-files.ts';
import { systemClock, systemRandom } from '../foundation/node-ports.ts';
import type { Clock, Files, Logger, Random } from '../foundation/ports.ts';
import { identityMigrations } from '../identity/index.ts';
import { inventoryMigrations } from '../inventory/index.ts';
import { keyringMigration } from '../keyring/key-table.ts';
import { openKeyring, type StoredKeyring } from '../keyring/keyring.ts';
import { shamirSeal, staticSeal } from '../keyring/seals/index.ts';
import { leaseMigrations } from '../leases/index.ts';
import { mountMigration } from '../mounts/mount-table.ts';
import { policyMigration } from '../policy/policy-table.ts';
import type { Storage } from '../storage/contract.ts';
import { openSqlite } from '../storage/sqlite.ts';
import { storeMigrations } from '../store/index.ts';
import type { Configuration } from './configuration.ts';
import { type DataDirectory, locateDataDirectory, makeDataDirectory } from './data-directory.ts';

/** What differs between the real machine and a test. */
export interface Machine {
  readonly clock: Clock;
  readonly random: Random;
  /** For the audit log and the seal key. */
  readonly files: Files;
}

export const realMachine: Machine = { clock: systemClock, random: systemRandom, files: nodeFiles };

/** What is open before any room is built. */
export interface Foundations {
  readonly directory: DataDirectory;
  readonly storage: Storage;
  readonly keyring: StoredKeyring;
  readonly audit: OpenAuditLog;
}

const migrations = [
  keyringMigration,
  generationMigration,
  appliedMigration,
  identityGenerationMigration,
  policyMigration,
  mountMigration,
  ...storeMigrations,
  ...identityMigrations,
  ...inventoryMigrations,
  ...leaseMigrations,
];

/** Somebody who asks for another seal believes that the store is protected otherwise than it is. */
function refuseOtherSeal(keyring: StoredKeyring, { seal }: Configuration): void {
  const { state, kind } = keyring.status();
  if (state === 'uninitialized' || seal === undefined || seal === kind) return;
  throw new WatchwordError(
    'configuration.invalid',
    `--seal: this store has the ${kind} seal, and a store cannot change its seal: leave --seal away, or make a new store with another --data-dir`,
    { where: '--seal' },
  );
}

/** Opens folder, database, keyring and log. The database goes first: it refuses a second owner of the folder. */
export async function openFoundations(configuration: Configuration, logger: Logger, machine: Machine): Promise<Foundations> {
  const directory = locateDataDirectory(configuration.dataDir, configuration.sealKeyFile);
  const seals = [
    staticSeal({ ...machine, keyFile: directory.sealKey, credentialsDirectory: process.env['CREDENTIALS_DIRECTORY'] }),
    shamirSeal(machine.random),
  ];
  const sealKind = configuration.seal ?? 'static';
  if (!existsSync(directory.database)) await seals.find(({ kind }) => kind === sealKind)?.check();
  await makeDataDirectory(directory);
  const storage = await openSqlite({ path: directory.database });
  try {
    await storage.migrate(migrations);
    const keyring = await openKeyring({ storage, random: machine.random, seals, sealKind });
    refuseOtherSeal(keyring, configuration);
    const audit = await openAuditLog({ files: machine.files, directory: directory.audit, clock: machine.clock, logger });
    return { directory, storage, keyring, audit };
  } catch (error) {
    await storage.close();
    throw error;
  }
}
