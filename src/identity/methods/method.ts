import type { AnyOperation } from '../../access/operation.ts';
import type { Clock, Logger, Network, Random } from '../../foundation/ports.ts';
import type { Keyring } from '../../keyring/contract.ts';
import type { MountRecordStore } from '../../keyring/mount-records.ts';
import type { Storage, Transaction } from '../../storage/contract.ts';
import type { JwtVerifier } from '../jwt/jwt-verifier.ts';
import type { KeySets } from '../jwt/key-sets.ts';
import type { RefusalReasons } from '../login-refusal.ts';
import type { ConfirmRenewal } from '../logins/login-renewal.ts';
import type { Logins } from '../logins/logins.ts';
import type { RoleFinding } from '../logins/role-lint.ts';
import type { TokenParameters } from '../logins/token-parameters.ts';
import type { Tokens } from '../tokens.ts';

/** What the methods stand on. */
export interface MethodDependencies {
  readonly storage: Storage;
  readonly keyring: Keyring;
  /** Settings, roles and whatever else a method keeps, per mount. */
  readonly records: MountRecordStore;
  readonly logins: Logins;
  readonly tokens: Tokens;
  readonly keySets: KeySets;
  readonly jwt: JwtVerifier;
  readonly network: Network;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  /** Ends every token that logins of this subject at this mount gave, with whatever hangs on them. Gives how many. */
  readonly revokeSubject: (tx: Transaction, mountId: string, subject: string) => Promise<number>;
}

/** A way to say who one is. One file of this folder each, one line in its index, one page in `docs/reference/auth/`. */
export interface AuthMethod {
  /** `kubernetes`; `sys/auth` mounts it by this name, and its operations begin with it. */
  readonly kind: string;
  /** Other names to mount it by, each with the options it stands for. */
  readonly aliases?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** One line for lists. */
  readonly summary: string;
  /** `platform`: the platform vouches, nothing is kept by the caller. `long-lived`: he brings a secret that had to be handed to him. `person`: people. */
  readonly vouching: 'platform' | 'long-lived' | 'person';
  /** Why this method refuses, beyond what all have in common. */
  readonly reasons: RefusalReasons;
  /** Below the mount, where roles are read and written; `role` by default. */
  readonly rolesAt?: string;
  /**
   * What is dangerous in a role of the collection `role`, given as it is kept, with the mount's settings; also said when a role is
   * written.
   */
  readonly lint?: (role: TokenParameters, config: object | undefined) => readonly RoleFinding[];
  /** Where more than the role must still be there for a token to be renewed. */
  readonly renewal?: (on: MethodDependencies) => ConfirmRenewal;
  operations(on: MethodDependencies): readonly AnyOperation[];
}
