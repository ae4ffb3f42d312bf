import type { Authenticator } from '../../access/door-contract.ts';
import type { AnyOperation } from '../../access/operation.ts';
import type { Clock, Random } from '../../foundation/ports.ts';
import type { MountRecordStore } from '../../keyring/mount-records.ts';
import type { Storage } from '../../storage/contract.ts';
import type { EntitySessions } from '../entities/entity-sessions.ts';
import type { Tokens } from '../tokens.ts';
import type { FindMount } from './claims.ts';
import { configOperations } from './config-operations.ts';
import type { OrderedToken, TokenOrder } from './contract.ts';
import { IssuerRecords } from './issuer-records.ts';
import { keyOperations } from './key-operations.ts';
import { maintenanceIsDue, maintenanceOperation } from './maintenance.ts';
import { roleOperations } from './role-operations.ts';
import { tokenOperation } from './token-operation.ts';
import { orderedTokens } from './token-order.ts';
import { verificationOperations } from './verification-operations.ts';

export interface IssuerDependencies {
  readonly storage: Storage;
  readonly clock: Clock;
  readonly random: Random;
  readonly store: MountRecordStore;
  readonly authenticator: Authenticator;
  readonly entities: EntitySessions;
  readonly tokens: Tokens;
  readonly findMount: FindMount;
  /** Of the server: `https://127.0.0.1:8200`. */
  readonly address: () => string;
}

/** Our own OpenID issuer: whoever has one of our tokens gets one that others verify. */
export interface Issuer {
  readonly operations: readonly AnyOperation[];
  /** See {@link TokenOrder}. @throws WatchwordError of `issuer.…`, or `access.token-invalid` once the session is over */
  signToken(order: TokenOrder): Promise<OrderedToken>;
  /** @throws WatchwordError of `issuer.…` */
  checkSigning(order: Pick<TokenOrder, 'role' | 'audience'>): Promise<void>;
  /** Whether `issuer.keys.maintain` has something to do. */
  maintenanceIsDue(): Promise<boolean>;
  /** After sealing: what was decrypted is forgotten. */
  clear(): void;
}

export function createIssuer({
  storage,
  clock,
  random,
  store,
  authenticator,
  entities,
  tokens,
  findMount,
  address,
}: IssuerDependencies): Issuer {
  const records = new IssuerRecords(store, address);
  return {
    operations: [
      ...configOperations(records),
      ...keyOperations(records, random),
      maintenanceOperation(records, random),
      ...roleOperations(records, random),
      tokenOperation({ records, authenticator, tokens, findMount }),
      ...verificationOperations(records),
    ],
    ...orderedTokens({ records, storage, clock, entities, tokens, findMount }),
    maintenanceIsDue: () => maintenanceIsDue(records, storage.reader, clock.now()),
    clear: () => records.clear(),
  };
}
