import { createDoor } from '../../access/door.ts';
import type { Answer, Door } from '../../access/door-contract.ts';
import type { Call } from '../../access/operation.ts';
import type { InputOf, OperationName } from '../../access/operation-types.ts';
import { testMount } from '../../access/testing/test-caller.ts';
import { openTestDoor, type Surroundings, type TestDoor } from '../../access/testing/test-door.ts';
import type { MountPoint } from '../../foundation/mount.ts';
import { systemRandom } from '../../foundation/node-ports.ts';
import { type Network, silentLogger } from '../../foundation/ports.ts';
import type { Secret } from '../../foundation/secret.ts';
import { wrappingPolicyText } from '../../policy/default-policy.ts';
import { capabilitiesOf } from '../../policy/index.ts';
import { createIdentity, type Identity, identityMigrations } from '../index.ts';
import { answersMigration, testAnswers, testEndSession } from './answers-table.ts';
import { noNetwork } from './no-network.ts';

export interface GuardedIdentity extends AsyncDisposable {
  readonly world: TestDoor;
  /** The one behind which all this is, for whoever comes to it over HTTP. */
  readonly door: Door;
  readonly root: Secret;
  readonly identity: Identity;
  /** The mount of entities, groups and the issuer. */
  readonly identityMount: MountPoint;
  perform<Name extends OperationName>(
    caller: Secret | undefined,
    name: Name,
    input: InputOf<Name>,
    wrapTtl?: number,
  ): Promise<Answer<Name>>;
  /** The same at a mount of its own, as a caller without a token unless `as` names one. */
  performAt<Name extends OperationName>(
    mount: MountPoint,
    name: Name,
    input: InputOf<Name>,
    call?: Partial<Pick<Call, 'remote' | 'wrapTtl' | 'requestPath' | 'proofs'>> & { readonly as?: Secret },
  ): Promise<Answer<Name>>;
  /** The mount of an auth method, made with its key: `auth/<path>/`. */
  mountMethod(kind: string, path?: string): Promise<MountPoint>;
}

export interface GuardedOptions {
  /** What methods ask others by; nobody may be asked by default. */
  readonly network?: Network;
}

/** Tokens and logins behind the real door, with real policies; what the door asks of other rooms are its own doubles. */
export async function openGuardedIdentity({ network = noNetwork }: GuardedOptions = {}): Promise<GuardedIdentity> {
  let surroundings: Surroundings | undefined;
  const migrations = [answersMigration, ...identityMigrations];
  const world = await openTestDoor(
    (all) => {
      surroundings = all;
      return [];
    },
    { migrations },
  );
  if (surroundings === undefined) throw new Error('the door was not opened');
  const { storage, keyring, mounts } = surroundings;
  const tokenMount = { ...testMount('auth/token/', 'token'), kind: 'token' };
  const systemMount = { ...testMount('sys/'), kind: 'system' };
  const identityMount = { ...testMount('identity/', 'identity'), kind: 'identity' };
  mounts.now = [tokenMount, identityMount, systemMount];
  mounts.stored = mounts.now;
  await storage.write(async (tx) => {
    for (const mount of [tokenMount, identityMount]) await keyring.createMountKey(tx, mount);
  });
  const identity = identityOf(surroundings, network);
  const root = await storage.write((tx) => identity.createRootToken(tx));
  // Stored here only because this door reads all policies from the table.
  await world.setPolicy('response-wrapping', wrappingPolicyText);
  const { authenticator, wrapping, operations } = identity;
  const door = createDoor({ ...surroundings, authenticator, wrapping, operations, logger: silentLogger });
  let calls = 0;
  return {
    world,
    door,
    root,
    identity,
    identityMount,
    perform(token, name, input, wrapTtl) {
      const remote = { address: '192.0.2.1', port: 1 };
      const mount = name.startsWith('token.') ? tokenMount : systemMount;
      calls += 1;
      return door.perform(name, { id: `${calls}`, token, namespace: 'root', remote, mount, parameters: {}, wrapTtl }, input);
    },
    performAt(mount, name, input, { as: token, remote = { address: '192.0.2.1', port: 1 }, wrapTtl, requestPath, proofs } = {}) {
      calls += 1;
      const call = { id: `${calls}`, token, namespace: 'root', remote, mount, parameters: {}, wrapTtl, proofs };
      return door.perform(name, requestPath === undefined ? call : { ...call, requestPath }, input);
    },
    async mountMethod(kind, path = kind) {
      const mount = { ...testMount(`auth/${path}/`, path), kind };
      await storage.write((tx) => keyring.createMountKey(tx, mount));
      mounts.now = [...mounts.now, mount];
      mounts.stored = mounts.now;
      return mount;
    },
    async [Symbol.asyncDispose]() {
      identity.close();
      await world[Symbol.asyncDispose]();
    },
  };
}

function identityOf({ storage, keyring, clock, authorizer, mounts }: Surroundings, network: Network): Identity {
  return createIdentity({
    storage,
    keyring,
    clock,
    random: systemRandom,
    endSession: testEndSession,
    answers: testAnswers,
    mayRead: (session, path) => session.root || capabilitiesOf(authorizer.policiesOf(session), path).includes('read'),
    mounts: () => mounts.now,
    findMount: (id) => mounts.now.find((mount) => mount.id === id),
    network,
    logger: silentLogger,
    address: () => 'https://watchword.test:8200',
    maySudo: (session, path) => session.root || capabilitiesOf(authorizer.policiesOf(session), path).includes('sudo'),
  });
}
