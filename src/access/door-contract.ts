import { WatchwordError } from '../foundation/errors.ts';
import type { MountPoint } from '../foundation/mount.ts';
import type { Principal } from '../foundation/principal.ts';
import type { Secret } from '../foundation/secret.ts';
import type { Reader, Transaction } from '../storage/contract.ts';
import type { Call, Session } from './operation.ts';
import type { OperationName, OutputOf } from './operation-types.ts';

export interface WrapInfo {
  readonly token: Secret;
  readonly accessor: string;
  /** Seconds. */
  readonly ttl: number;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  readonly creationPath: string;
  readonly wrappedAccessor: string;
}

export interface Answer<Name extends OperationName> {
  readonly requestId: string;
  readonly warnings: readonly string[];
  /** Absent when the answer was wrapped. */
  readonly output: OutputOf<Name> | undefined;
  readonly wrapped: WrapInfo | undefined;
}

export interface Door {
  /**
   * The only way in: authenticate, limit, authorise, perform, wrap, audit.
   * `input` is checked against the operation's schema here; an `Unfit` is refused here.
   * @throws WatchwordError of any code; nothing else.
   */
  perform<Name extends OperationName>(name: Name, call: Call, input: unknown): Promise<Answer<Name>>;
  /**
   * Whether the token is alive and may be used from there: for what must be known before a request has arrived whole. Grants
   * nothing, takes no use of the token, and is not logged: {@link perform} asks again.
   */
  recognizes(caller: Pick<Call, 'token' | 'remote' | 'proofs'>): Promise<boolean>;
  /** The mount that answers for `path` (longest prefix), or undefined. */
  locate(namespace: string, path: string): MountPoint | undefined;
}

/** To the caller an invalid token like every other; the log says whose token it is that somebody has without its key. */
export class UnprovenToken extends WatchwordError {
  readonly principal: Principal;

  /** @param reason documented word for the log: `binding.proof-missing` */
  constructor(principal: Principal, reason: string) {
    super('access.token-invalid', undefined, { reason });
    this.principal = principal;
  }
}

/** A living token whose holder may do nothing, because of who he is; the log says who. */
export class BarredToken extends WatchwordError {
  readonly principal: Principal;

  /** @param reason documented word for the log: `entity.disabled` */
  constructor(principal: Principal, reason: string) {
    super('access.denied', undefined, { reason });
    this.principal = principal;
  }
}

/** Who is this? Fulfilled by `identity/`. */
export interface Authenticator {
  /**
   * @throws WatchwordError `access.token-invalid` for an unknown, expired, revoked or address-bound token; as
   * {@link UnprovenToken} for a living one whose key the caller has not shown. {@link BarredToken}
   */
  authenticate(token: Secret, call: Pick<Call, 'remote' | 'proofs'>, reader: Reader): Promise<Session>;
  /**
   * Takes one use of a use-limited token; in the transaction, so that exactly one caller gets the last. True when this was
   * the last: nobody can use the token any more, and {@link end} must follow. @throws `access.token-invalid`
   */
  consume(tx: Transaction, session: Session): Promise<boolean>;
  /** Last step of the transaction that took the last use: what belongs to the session ends, what this request made included. */
  end(tx: Transaction, session: Session): Promise<void>;
  /** The session of a token that somebody else asks about: no address check, no use taken. @throws `access.token-invalid` */
  inspect(token: Secret, reader: Reader): Promise<Session>;
  inspectAccessor(accessor: string, reader: Reader): Promise<Session>;
  /** True when a live token with the root policy exists. */
  rootTokenLives(reader: Reader): Promise<boolean>;
}

/** Keeps an answer for exactly one reader. Fulfilled by `identity/` and `store/` together, in `server/`. */
export interface Wrapping {
  wrap(tx: Transaction, request: WrapRequest): Promise<WrapInfo>;
}

export interface WrapRequest {
  readonly call: Call;
  readonly now: number;
  /** Seconds. */
  readonly ttl: number;
  readonly creationPath: string;
  readonly operation: string;
  /** The operation's output; may hold Secrets. Kept as `{ operation, output }` printed by `printWithSecrets`. */
  readonly output: unknown;
  readonly by: Principal | undefined;
}

/** Which mount answers. Fulfilled by `mounts/`. */
export interface MountLocator {
  /** Generation of the mounts that `locate` knows. */
  readonly generation: number;
  locate(namespace: string, path: string): MountPoint | undefined;
  reload(reader: Reader, generation: number): Promise<void>;
}
