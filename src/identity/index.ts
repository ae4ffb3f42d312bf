import type { Authenticator, Wrapping } from '../access/door-contract.ts';
import type { AnyOperation, Session } from '../access/operation.ts';
import type { MountPoint } from '../foundation/mount.ts';
import type { Clock, Logger, Network, Random } from '../foundation/ports.ts';
import type { Secret } from '../foundation/secret.ts';
import type { Keyring } from '../keyring/contract.ts';
import { mountRecordMigration } from '../keyring/mount-record-table.ts';
import { MountRecordStore, removeExpiredRecords } from '../keyring/mount-records.ts';
import type { Migration, Storage, Transaction } from '../storage/contract.ts';
import { type AuthLifecycle, authLifecycles, methodOperations, renewalConfirmations } from './auth-methods.ts';
import { TokenAuthenticator } from './authenticator.ts';
import { KeyBinding } from './binding/key-binding.ts';
import type { EndSession, WrappedAnswers } from './contract.ts';
import { creationOperations } from './creation-operations.ts';
import { entityMigration } from './entities/entity-table.ts';
import { groupMigration } from './entities/group-table.ts';
import { createEntities } from './entities/index.ts';
import { membershipMigration } from './entities/membership-table.ts';
import type { OrderedToken, TokenOrder } from './issuer/contract.ts';
import { createIssuer } from './issuer/issuer.ts';
import { JwtVerifier } from './jwt/jwt-verifier.ts';
import { KeySets } from './jwt/key-sets.ts';
import { Logins } from './logins/logins.ts';
import { lookupOperations } from './lookup-operations.ts';
import type { MethodDependencies } from './methods/method.ts';
import { renewalOperations } from './renewal-operations.ts';
import { revocationOperations } from './revocation-operations.ts';
import { roleLintOperation } from './role-lint-operation.ts';
import { roleOperations } from './role-operations.ts';
import { RoleTable, roleMigration } from './role-table.ts';
import { TokenIssuer } from './token-issuer.ts';
import { tokenIndexMigration, tokenLoginMigration, tokenMigration } from './token-table.ts';
import { removeExpired, TokenTree } from './token-tree.ts';
import { Tokens } from './tokens.ts';
import { unmountedLogin } from './unmounted-login.ts';
import { AnswerWrapping } from './wrapping.ts';
import { wrappingOperations } from './wrapping-operations.ts';

export const identityMigrations: readonly Migration[] = [
  tokenMigration,
  roleMigration,
  mountRecordMigration,
  tokenLoginMigration,
  entityMigration,
  groupMigration,
  tokenIndexMigration,
  membershipMigration,
];

export interface IdentityDependencies {
  readonly storage: Storage;
  readonly keyring: Keyring;
  readonly clock: Clock;
  readonly random: Random;
  readonly endSession: EndSession;
  readonly answers: WrappedAnswers;
  /** Whether the session, for which the door has made the policies ready, has root or `sudo` on a path. */
  readonly maySudo: (session: Session, path: string) => boolean;
  /** Whether such a session may read a path. */
  readonly mayRead: (session: Session, path: string) => boolean;
  /** The mount of this id, as far as it is known. */
  readonly findMount: (id: string) => MountPoint | undefined;
  readonly mounts: () => readonly MountPoint[];
  readonly network: Network;
  readonly logger: Logger;
  /** The server's own: `https://127.0.0.1:8200`. */
  readonly address: () => string;
}

export interface Identity {
  readonly authenticator: Authenticator;
  readonly wrapping: Wrapping;
  readonly operations: readonly AnyOperation[];
  /** What mounting and unmounting an auth method means. */
  readonly lifecycles: readonly AuthLifecycle[];
  /** A token with the root policy that never expires; its mount's key must exist. */
  createRootToken(tx: Transaction): Promise<Secret>;
  /** Background tidying, in transactions of `batch` tokens with their trees; gives how many tokens it removed. */
  removeExpired(batch?: number): Promise<number>;
  /** Background: fetches the keys of issuers in use before they are needed. Waits for nothing. */
  refreshKeys(): void;
  /** Whether a key that signs our own tokens must be made or taken out: `issuer.keys.maintain` does it. */
  signingKeysAreDue(): Promise<boolean>;
  /**
   * A token of our own issuer for the workload of a session, for somebody else to verify: to be sent by the server itself, so that it
   * is bound to no key of the workload. @throws WatchwordError of `issuer.…`, or `access.token-invalid` once the session is over
   */
  signToken(order: TokenOrder): Promise<OrderedToken>;
  /** @throws WatchwordError of `issuer.…` for what stands in the way of every {@link signToken} like this */
  checkSigning(order: Pick<TokenOrder, 'role' | 'audience'>): Promise<void>;
  /** Stops what goes on in the background. */
  close(): void;
  /** After sealing: what was decrypted is forgotten. */
  clear(): void;
}

export function createIdentity(dependencies: IdentityDependencies): Identity {
  const { storage, keyring, clock, random, endSession, answers, maySudo, findMount, network, logger, address, mayRead, mounts } =
    dependencies;
  const tokens = new Tokens({ storage, keyring });
  const roles = new RoleTable(keyring);
  const issuer = new TokenIssuer(tokens, random);
  const tree = new TokenTree(tokens, endSession);
  const binding = new KeyBinding(clock);
  const wrapping = new AnswerWrapping({ tokens, issuer, answers, endSession });
  const records = new MountRecordStore(storage, keyring);
  const keySets = new KeySets({ network, clock, logger });
  const entities = createEntities(storage, keyring, mounts);
  const { sessions } = entities;
  const authenticator = new TokenAuthenticator({ tokens, endSession, clock, binding, entities: sessions });
  const tokenIssuer = createIssuer({
    storage,
    clock,
    random,
    store: records,
    authenticator,
    entities: sessions,
    tokens,
    findMount,
    address,
  });
  const methods: MethodDependencies = {
    storage,
    keyring,
    records,
    logins: new Logins(issuer, binding, entities.directory),
    tokens,
    keySets,
    jwt: new JwtVerifier({ keySets, clock }),
    network,
    clock,
    random,
    logger,
    revokeSubject: (tx, mountId, subject) => tree.revokeLogins(tx, mountId, subject),
  };
  return {
    authenticator,
    wrapping,
    operations: [
      ...creationOperations({ tokens, issuer, roles, entities: sessions, maySudo }),
      ...lookupOperations({ tokens, entities: sessions }),
      ...renewalOperations({
        tokens,
        roles,
        entities: sessions,
        records,
        findMount,
        confirmations: renewalConfirmations(methods),
      }),
      ...revocationOperations({ tokens, tree }),
      ...roleOperations(roles),
      ...wrappingOperations(wrapping),
      ...methodOperations(methods),
      unmountedLogin(),
      roleLintOperation({ records, mounts, mayRead }),
      ...tokenIssuer.operations,
      ...entities.operations,
    ],
    lifecycles: authLifecycles(methods, tree),
    async createRootToken(tx) {
      const { issued } = await issuer.issue(tx, {
        now: clock.now(),
        path: 'auth/token/root',
        displayName: 'root',
        policies: ['root'],
        config: { defaultTtl: 0, maxTtl: 0, forceNoCache: false, listingVisibility: '' },
      });
      return issued.token;
    },
    async removeExpired(batch = 100) {
      const removed = await removeExpired(storage, tree, clock.now(), batch);
      await removeExpiredRecords(storage, records, clock.now(), batch);
      return removed;
    },
    refreshKeys: () => keySets.refreshDue(),
    signingKeysAreDue: () => tokenIssuer.maintenanceIsDue(),
    signToken: (order) => tokenIssuer.signToken(order),
    checkSigning: (order) => tokenIssuer.checkSigning(order),
    close: () => keySets.close(),
    clear() {
      tokens.clear();
      records.clear();
      tokenIssuer.clear();
      entities.clear();
    },
  };
}
