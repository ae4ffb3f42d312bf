import { randomUUID } from 'node:crypto';
import { createDoor } from '../../access/door.ts';
import type { Answer } from '../../access/door-contract.ts';
import type { Call } from '../../access/operation.ts';
import type { InputOf, OperationName, OutputOf } from '../../access/operation-types.ts';
import { testMount } from '../../access/testing/test-caller.ts';
import { openTestDoor, type Surroundings, type TestDoor } from '../../access/testing/test-door.ts';
import { WatchwordError } from '../../foundation/errors.ts';
import type { MountPoint } from '../../foundation/mount.ts';
import { systemRandom } from '../../foundation/node-ports.ts';
import { type Clock, type LogFields, type Network, silentLogger } from '../../foundation/ports.ts';
import { Secret } from '../../foundation/secret.ts';
import { mountRecordMigration } from '../../keyring/mount-record-table.ts';
import { MountRecordStore } from '../../keyring/mount-records.ts';
import type { IdentityTokens } from '../engines/engine.ts';
import { createLeases, type Leases, leaseMigrations } from '../index.ts';
import { EngineSettings } from '../settings.ts';
import { type MemoryServer, memoryServer } from './memory-server.ts';

const noNetwork: Network = {
  request: () => Promise.reject(new Error('no network in this test')),
};

const noIdentityTokens: IdentityTokens = {
  sign: () => Promise.reject(new Error('no issuer in this test')),
  check: () => Promise.reject(new Error('no issuer in this test')),
};

export const databaseMount = { ...testMount('database/', 'database'), kind: 'database' };
const systemMount = { ...testMount('sys/', 'system'), kind: 'system' };

export interface LeasesWorld extends AsyncDisposable {
  readonly world: TestDoor;
  /** The leases of the process that runs now. */
  leases: Leases;
  /** What is set up; for whoever builds a part of his own. */
  readonly settings: EngineSettings;
  /** The server of the connection `db`. */
  readonly server: MemoryServer;
  /** As `root` unless said otherwise; a token's name is its text and its session. */
  perform<Name extends OperationName>(
    name: Name,
    input: InputOf<Name>,
    options?: { readonly as?: string; readonly wrapTtl?: number },
  ): Promise<Answer<Name>>;
  issue(input?: Partial<InputOf<'credentials.issue'>>, as?: string): Promise<OutputOf<'credentials.issue'>>;
  /** Another connection with a role of the same name, at a server of its own. */
  addConnection(name: string): Promise<MemoryServer>;
  /** Moves the clock, and lets whatever is due be done. */
  pass(ms: number): Promise<void>;
  /** What a process that starts now finds; the one before is not asked to end anything. */
  restart(): Promise<void>;
  /** What the server was warned of. */
  readonly warnings: readonly { readonly message: string; readonly fields: LogFields | undefined }[];
  /** State by lease id. */
  ledger(): Record<string, string>;
}

/** A connection `db` to a server in memory, and a role `reader` with an hour to live, and four at most. */
export async function openLeasesWorld(): Promise<LeasesWorld> {
  let surroundings: Surroundings | undefined;
  const world = await openTestDoor(
    (all) => {
      surroundings = all;
      return [];
    },
    { migrations: [mountRecordMigration, ...leaseMigrations] },
  );
  if (surroundings === undefined) throw new Error('the door was not opened');
  const around = surroundings;
  const { storage, keyring, audit, clock, mounts } = around;
  mounts.now = [databaseMount, systemMount];
  mounts.stored = mounts.now;
  await storage.write((tx) => keyring.createMountKey(tx, databaseMount));
  // Whoever sleeps lets the others do something.
  const yielding: Clock = {
    now: () => clock.now(),
    async sleep(ms) {
      await clock.sleep(ms);
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
  const warnings: LeasesWorld['warnings'][number][] = [];
  const logger = { ...silentLogger, warn: (message: string, fields?: LogFields) => void warnings.push({ message, fields }) };
  const start = () => {
    const findMount = (id: string) => mounts.now.find((mount) => mount.id === id);
    const on = {
      storage,
      keyring,
      audit,
      network: noNetwork,
      clock: yielding,
      random: systemRandom,
      logger,
      identityTokens: noIdentityTokens,
      findMount,
      mountStands: async (_on: unknown, { id, path }: MountPoint) => findMount(id)?.path === path,
    };
    const leases = createLeases(on);
    return { leases, door: createDoor({ ...around, operations: leases.operations, logger: silentLogger }) };
  };
  let process = start();
  let calls = 0;
  const host = randomUUID();
  const self: LeasesWorld = {
    world,
    leases: process.leases,
    settings: new EngineSettings(new MountRecordStore(storage, keyring)),
    warnings,
    server: memoryServer(host),
    perform(name, input, { as = 'root', wrapTtl } = {}) {
      calls += 1;
      const mount = name.startsWith('leases.') || name === 'engine.passwords.maintain' ? systemMount : databaseMount;
      const call: Call = {
        id: `call-${calls}`,
        token: Secret.fromText(as),
        namespace: 'root',
        remote: { address: '192.0.2.1', port: 1 },
        mount,
        parameters: {},
        wrapTtl,
      };
      return process.door.perform(name, call, input);
    },
    async issue(input = {}, as = 'root') {
      const { output } = await self.perform('credentials.issue', { at: 'creds', role: 'reader', ...input }, { as });
      if (output === undefined) throw new Error('it was wrapped');
      return output;
    },
    async addConnection(name) {
      const its = randomUUID();
      await connect(self, name, its);
      return memoryServer(its);
    },
    async pass(ms) {
      clock.time += ms;
      await self.leases.revokeDue();
      await self.leases.idle();
      for (const account of await self.leases.duePasswords()) {
        await self.perform('engine.passwords.maintain', { account }).catch((error: unknown) => {
          if (!(error instanceof WatchwordError)) throw error;
        });
      }
    },
    async restart() {
      process = start();
      self.leases = process.leases;
      await process.leases.recover();
    },
    ledger: () =>
      Object.fromEntries(
        world.look('SELECT lease_id, state FROM lease ORDER BY lease_id').map((row) => [row['lease_id'], row['state']]),
      ),
    async [Symbol.asyncDispose]() {
      await self.leases.close();
      await world[Symbol.asyncDispose]();
    },
  };
  await connect(self, 'db', host);
  return self;
}

async function connect({ perform }: LeasesWorld, name: string, host: string): Promise<void> {
  const settings = { host, username: 'admin', password: Secret.fromText('admin') };
  memoryServer(host).accounts.set('admin', { password: 'admin', expiresAt: 'unlimited' });
  await perform('engine.connections.write', { name, plugin: 'memory', allowedRoles: ['*'], settings });
  const role = name === 'db' ? 'reader' : name;
  await perform('engine.roles.write', { name: role, connection: name, ttl: 3600, maxTtl: 14_400, settings: { grant: 'SELECT' } });
}

export const codeOf = async (answer: Promise<unknown>): Promise<string> =>
  answer.then(
    () => 'answered',
    (error: unknown) => (error instanceof WatchwordError ? error.code : String(error)),
  );
