import { DatabaseSync } from 'node:sqlite';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { WrapInfo } from '../../access/door-contract.ts';
import type { AnyOperation, Call, ReadContext, Session } from '../../access/operation.ts';
import type { InputOf, OperationName, OutputOf } from '../../access/operation-types.ts';
import type { Digester, Facts } from '../../audit/contract.ts';
import { WatchwordError } from '../../foundation/errors.ts';
import type { MountConfig, MountPoint } from '../../foundation/mount.ts';
import { systemRandom } from '../../foundation/node-ports.ts';
import { silentLogger } from '../../foundation/ports.ts';
import type { Secret } from '../../foundation/secret.ts';
import { keyringMigration } from '../../keyring/key-table.ts';
import { openTestKeyring } from '../../keyring/testing/test-keyring.ts';
import { policyMigration } from '../../policy/policy-table.ts';
import type { Storage, Transaction } from '../../storage/contract.ts';
import { openTemporaryStorage } from '../../storage/testing/temporary-storage.ts';
import { createIdentity, type Identity, identityMigrations } from '../index.ts';
import { answersMigration, testAnswers, testEndSession } from './answers-table.ts';
import { noNetwork } from './no-network.ts';

export const NOW = Date.UTC(2026, 0, 2, 3, 4, 5);
export const SECOND = 1000;

export interface Performed<Output> {
  /** Absent when it was wrapped. */
  readonly output: Output;
  readonly wrapped: WrapInfo | undefined;
  readonly warnings: readonly string[];
  readonly facts: Facts;
}

export interface Circumstances {
  readonly address?: string;
  readonly wrapTtl?: number;
  readonly config?: Partial<MountConfig>;
}

export interface TestIdentity extends AsyncDisposable {
  readonly identity: Identity;
  readonly storage: Storage;
  readonly root: Secret;
  readonly clock: { now: number };
  /** Accessors that have `sudo` everywhere. */
  readonly sudoers: Set<string>;
  readonly directory: string;
  /** Accessors of the sessions that ended since the last call. */
  ended(): string[];
  /** A connection of the attacker's own. */
  attack(sql: string, ...parameters: (string | number | Uint8Array | null)[]): Record<string, unknown>[];
  /** As the door does it, policies aside: authenticate, schema, one use, perform, wrap. */
  perform<Name extends OperationName>(
    caller: Secret | undefined,
    name: Name,
    input: InputOf<Name>,
    circumstances?: Circumstances,
  ): Promise<Performed<OutputOf<Name>>>;
  authenticate(token: Secret, address?: string): Promise<Session>;
  lives(token: Secret): Promise<boolean>;
}

export async function openTestIdentity(): Promise<TestIdentity> {
  const temporary = await openTemporaryStorage([keyringMigration, policyMigration, answersMigration, ...identityMigrations]);
  const { storage, path, directory } = temporary;
  const keyring = await openTestKeyring(storage, ['token', 'identity']);
  const clock = { now: NOW };
  const sudoers = new Set<string>();
  const identity = createIdentity({
    storage,
    keyring,
    random: systemRandom,
    clock: { now: () => clock.now, sleep: async () => {} },
    endSession: testEndSession,
    answers: testAnswers,
    mayRead: (session) => session.root,
    mounts: () => [],
    findMount: () => undefined,
    network: noNetwork,
    logger: silentLogger,
    address: () => 'https://watchword.test:8200',
    maySudo: (session) => session.root || sudoers.has(session.principal.session),
  });
  const root = await storage.write((tx) => identity.createRootToken(tx));
  const attacker = new DatabaseSync(path);
  attacker.exec('PRAGMA busy_timeout = 2000');
  const authenticate = async (token: Secret, address = '192.0.2.1') => {
    // Every request arrives in a turn of its own.
    await nextTurn();
    return identity.authenticator.authenticate(token, callOf(token, { address }), storage.reader);
  };
  return {
    identity,
    storage,
    root,
    clock,
    sudoers,
    directory,
    authenticate,
    attack: (sql, ...parameters) => attacker.prepare(sql).all(...parameters),
    ended() {
      const rows = attacker.prepare('select accessor from test_ended').all();
      attacker.exec('delete from test_ended');
      return rows.map((row) => String(row.accessor)).sort();
    },
    lives: (token) =>
      authenticate(token).then(
        () => true,
        (error) => {
          if (error instanceof WatchwordError && error.code === 'access.token-invalid') return false;
          throw error;
        },
      ),
    async perform(caller, name, input, circumstances = {}) {
      await nextTurn();
      return perform({ identity, storage, clock }, { caller, name, input, circumstances });
    },
    async [Symbol.asyncDispose]() {
      attacker.close();
      await temporary[Symbol.asyncDispose]();
    },
  };
}

interface Request<Name extends OperationName> {
  readonly caller: Secret | undefined;
  readonly name: Name;
  readonly input: InputOf<Name>;
  readonly circumstances: Circumstances;
}

async function perform<Name extends OperationName>(
  { identity, storage, clock }: Pick<TestIdentity, 'identity' | 'storage' | 'clock'>,
  { caller, name, input, circumstances }: Request<Name>,
): Promise<Performed<OutputOf<Name>>> {
  const { authenticator, wrapping } = identity;
  const operation = operationOf(identity, name);
  const call = callOf(caller, circumstances);
  const named = operation.authentication !== 'none';
  if (named && caller === undefined) throw new WatchwordError('access.token-missing');
  const session = named && caller ? await authenticator.authenticate(caller, call, storage.reader) : undefined;
  const parsed = operation.input.safeParse(input);
  if (!parsed.success) throw new WatchwordError('request.invalid', parsed.error.issues[0]?.message);
  const heard = { warnings: [] as string[], facts: {} as Facts };
  const context = contextOf(call, session, storage, clock.now, heard);
  const { capability: wanted } = operation;
  const capability = typeof wanted === 'function' ? await wanted(parsed.data, context) : wanted;
  const work = async (tx: Transaction) => {
    const last = session !== undefined && session.usesLeft > 0 && (await authenticator.consume(tx, session));
    const output: unknown =
      operation.effect === 'change'
        ? await operation.perform(parsed.data, { ...context, tx, capability })
        : await (operation as AnyOperation & { effect: 'read' }).perform(parsed.data, context);
    const creationPath = operation.path(parsed.data, call.mount);
    const { wrapTtl: ttl } = circumstances;
    const wrapped =
      ttl === undefined
        ? undefined
        : await wrapping.wrap(tx, { call, now: clock.now, ttl, creationPath, operation: name, output, by: undefined });
    if (last) await authenticator.end(tx, session);
    return { output: output as OutputOf<Name>, wrapped, ...heard };
  };
  return storage.write(work);
}

function operationOf(identity: Identity, name: string): AnyOperation {
  const found = identity.operations.find((operation) => operation.name === name);
  if (found === undefined) throw new Error(`no operation ${name}`);
  return found;
}

function callOf(token: Secret | undefined, { address = '192.0.2.1', wrapTtl, config }: Circumstances): Call {
  const plain = { defaultTtl: 0, maxTtl: 0, forceNoCache: false, listingVisibility: '' };
  const mount: MountPoint = {
    id: 'token',
    namespace: 'root',
    path: 'auth/token/',
    kind: 'token',
    accessor: 'token_1',
    description: '',
    options: {},
    config: { ...plain, ...config },
  };
  return { id: 'call', token, namespace: 'root', remote: { address, port: 1 }, mount, parameters: {}, wrapTtl };
}

const digester: Digester = { value: () => 'digest', leaves: () => [] };

function contextOf(
  call: Call,
  session: Session | undefined,
  { reader }: Storage,
  now: number,
  heard: { warnings: string[]; facts: Facts },
): ReadContext {
  return {
    call,
    mount: call.mount,
    session,
    reader,
    now,
    digester,
    note: (facts) => {
      heard.facts = { ...heard.facts, ...facts };
    },
    noteResponseDigests: () => {},
    identify: () => {},
    warn: (message) => {
      heard.warnings.push(message);
    },
  };
}
