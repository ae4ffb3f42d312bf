import type { Authenticator, Wrapping } from '../access/door-contract.ts';
import type { AnyOperation, Session } from '../access/operation.ts';
import type { Clock, Random } from '../foundation/ports.ts';
import type { Secret } from '../foundation/secret.ts';
import type { Keyring } from '../keyring/contract.ts';
import type { Migration, Storage, Transaction } from '../storage/contract.ts';
import { TokenAuthenticator } from './authenticator.ts';
import type { EndSession, WrappedAnswers } from './contract.ts';
import { creationOperations } from './creation-operations.ts';
import { lookupOperations } from './lookup-operations.ts';
import { renewalOperations } from './renewal-operations.ts';
import { revocationOperations } from './revocation-operations.ts';
import { roleOperations } from './role-operations.ts';
import { RoleTable, roleMigration } from './role-table.ts';
import { type Issued, type TokenGrant, TokenIssuer } from './token-issuer.ts';
import { tokenMigration } from './token-table.ts';
import { removeExpired, TokenTree } from './token-tree.ts';
import { Tokens } from './tokens.ts';
import { AnswerWrapping } from './wrapping.ts';
import { wrappingOperations } from './wrapping-operations.ts';

export type { Issued, TokenGrant } from './token-issuer.ts';

export const identityMigrations: readonly Migration[] = [tokenMigration, roleMigration];

export interface IdentityDependencies {
  readonly storage: Storage;
  readonly keyring: Keyring;
  readonly clock: Clock;
  readonly random: Random;
  readonly endSession: EndSession;
  readonly answers: WrappedAnswers;
  /** Whether the session, for which the door has made the policies ready, has root or `sudo` on a path. */
  readonly maySudo: (session: Session, path: string) => boolean;
}

export interface Identity {
  readonly authenticator: Authenticator;
  readonly wrapping: Wrapping;
  readonly operations: readonly AnyOperation[];
  /** A token with the root policy that never expires; its mount's key must exist. */
  createRootToken(tx: Transaction): Promise<Secret>;
  /** For logins: makes a token for a caller whom an auth method has identified. @throws WatchwordError `token.invalid` */
  issueToken(tx: Transaction, grant: TokenGrant): Promise<Issued>;
  /** Background tidying, in transactions of `batch` tokens with their trees; gives how many it removed. */
  removeExpired(batch?: number): Promise<number>;
  /** After sealing: what was decrypted is forgotten. */
  clear(): void;
}

export function createIdentity(dependencies: IdentityDependencies): Identity {
  const { storage, keyring, clock, random, endSession, answers, maySudo } = dependencies;
  const tokens = new Tokens({ storage, keyring });
  const roles = new RoleTable(keyring);
  const issuer = new TokenIssuer(tokens, random);
  const tree = new TokenTree(tokens, endSession);
  const wrapping = new AnswerWrapping({ tokens, issuer, answers, endSession });
  return {
    authenticator: new TokenAuthenticator(tokens, endSession, clock),
    wrapping,
    operations: [
      ...creationOperations({ tokens, issuer, roles, maySudo }),
      ...lookupOperations(tokens),
      ...renewalOperations({ tokens, roles }),
      ...revocationOperations({ tokens, tree }),
      ...roleOperations(roles),
      ...wrappingOperations(wrapping),
    ],
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
    issueToken: (tx, grant) => issuer.issue(tx, grant),
    removeExpired: (batch) => removeExpired(storage, tree, clock.now(), batch),
    clear: () => tokens.clear(),
  };
}
