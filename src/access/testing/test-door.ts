import { DatabaseSync } from 'node:sqlite';
import { type Clock, type Logger, silentLogger } from '../../foundation/ports.ts';
import { Secret } from '../../foundation/secret.ts';
import { keyringMigration } from '../../keyring/key-table.ts';
import type { StoredKeyring } from '../../keyring/keyring.ts';
import { openTestKeyring } from '../../keyring/testing/test-keyring.ts';
import { getPolicy, policyMigration, putPolicy } from '../../policy/policy-table.ts';
import type { Migration, Storage, Transaction } from '../../storage/contract.ts';
import { openTemporaryStorage } from '../../storage/testing/temporary-storage.ts';
import { appliedMigration } from '../applied-table.ts';
import { AttemptLimiter } from '../attempt-limiter.ts';
import { Authorizer } from '../authorizer.ts';
import { createDoor, type DoorDependencies } from '../door.ts';
import type { Answer, Door, MountLocator } from '../door-contract.ts';
import { bumpGeneration, generationMigration, identityGenerationMigration } from '../generation-table.ts';
import { Limiter } from '../limiter.ts';
import type { AnyOperation, Call } from '../operation.ts';
import type { OperationName } from '../operation-types.ts';
import { Settlement } from '../settlement.ts';
import { MemoryAuditLog } from './memory-audit-log.ts';
import { callerMigration, TestAuthenticator, TestMounts, type TestToken, TestWrapping, testMount } from './test-caller.ts';

/** Time stands still until a test moves it. */
export class TestClock implements Clock {
  time = Date.UTC(2026, 0, 2, 3, 4, 5);
  now(): number {
    return this.time;
  }
  async sleep(ms: number): Promise<void> {
    this.time += ms;
  }
}

export const SYSTEM = { id: 'system', namespace: 'root' } as const;

/** What a test may want to look at or to replace. */
export interface Surroundings {
  readonly storage: Storage;
  readonly keyring: StoredKeyring;
  readonly audit: MemoryAuditLog;
  readonly authenticator: TestAuthenticator;
  readonly authorizer: Authorizer;
  readonly wrapping: TestWrapping;
  readonly mounts: TestMounts;
  readonly limiter: Limiter;
  readonly attempts: AttemptLimiter;
  readonly settlement: Settlement;
  readonly clock: TestClock;
  readonly path: string;
}

export interface TestDoor extends Surroundings, AsyncDisposable {
  readonly door: Door;
  /** By default as `root`, at the mount `test/`. */
  perform(operation: string, input?: unknown, call?: Partial<Call> & { as?: string }): Promise<Answer<never>>;
  issue(name: string, token: TestToken): Promise<void>;
  setPolicy(name: string, text: string): Promise<void>;
  /** A second connection: what a crash would leave. */
  look(sql: string, ...parameters: (string | number)[]): Record<string, unknown>[];
}

export interface TestDoorOptions {
  readonly migrations?: readonly Migration[];
  readonly limiter?: (clock: Clock) => Limiter;
  readonly logger?: Logger;
  readonly observe?: DoorDependencies['observe'];
  /** Instead of the mounts in {@link Surroundings}. */
  readonly locator?: (keyring: StoredKeyring) => MountLocator;
  /** What a new store holds; makes the key of the system mount as well. */
  readonly populate?: (tx: Transaction, keyring: StoredKeyring) => Promise<void>;
}

/** A door over a real database, keyring and policies; the log, the callers and the mounts are doubles. */
export async function openTestDoor(
  operations: readonly AnyOperation[] | ((surroundings: Surroundings) => readonly AnyOperation[]),
  { migrations = [], limiter = (clock) => new Limiter(clock), logger = silentLogger, ...options }: TestDoorOptions = {},
): Promise<TestDoor> {
  const temporary = await openTemporaryStorage([
    generationMigration,
    appliedMigration,
    identityGenerationMigration,
    keyringMigration,
    policyMigration,
    callerMigration,
    ...migrations,
  ]);
  const { storage } = temporary;
  const { locator, observe, populate = (tx, keys) => keys.createMountKey(tx, SYSTEM) } = options;
  const keyring = await openTestKeyring(storage);
  await storage.write((tx) => populate(tx, keyring));
  const clock = new TestClock();
  const audit = new MemoryAuditLog();
  const authorizer = new Authorizer((reader, name) => getPolicy(reader, keyring.cipher(SYSTEM), 'root', name), storage.reader);
  const surroundings: Surroundings = {
    storage,
    keyring,
    audit,
    authenticator: new TestAuthenticator(),
    authorizer,
    wrapping: new TestWrapping(),
    mounts: new TestMounts(),
    limiter: limiter(clock),
    attempts: new AttemptLimiter(clock),
    settlement: new Settlement({ storage, audit, source: audit, clock }),
    clock,
    path: temporary.path,
  };
  const door = createDoor({
    ...surroundings,
    mounts: locator?.(keyring) ?? surroundings.mounts,
    logger,
    ...(observe === undefined ? {} : { observe }),
    operations: typeof operations === 'function' ? operations(surroundings) : operations,
  });
  const { authenticator } = surroundings;
  await storage.write((tx) => authenticator.issue(tx, 'root', { policies: ['root'] }));
  const eye = new DatabaseSync(temporary.path, { readOnly: true });
  let calls = 0;
  return {
    ...surroundings,
    door,
    look: (sql, ...parameters) => eye.prepare(sql).all(...parameters),
    issue: (name, token) => storage.write((tx) => authenticator.issue(tx, name, token)),
    setPolicy: (name, text) =>
      storage.write(async (tx) => {
        await putPolicy(tx, keyring.cipher(SYSTEM), 'root', name, text);
        await bumpGeneration(tx, 'policies');
      }),
    async perform(operation, input = {}, { as = 'root', ...call } = {}) {
      calls += 1;
      const complete: Call = {
        id: `call-${calls}`,
        token: as === '' ? undefined : Secret.fromText(as),
        namespace: 'root',
        remote: { address: '192.0.2.1', port: 1 },
        mount: surroundings.mounts.locate('root', 'test/') ?? testMount('test/'),
        parameters: {},
        wrapTtl: undefined,
        ...call,
      };
      return (await door.perform(operation as OperationName, complete, input)) as Answer<never>;
    },
    async [Symbol.asyncDispose]() {
      eye.close();
      await temporary[Symbol.asyncDispose]();
    },
  };
}
