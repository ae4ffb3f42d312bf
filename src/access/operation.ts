import type { z } from 'zod';
import type { Digester, EventActivity, EventClass, Facts } from '../audit/contract.ts';
import type { WatchwordError } from '../foundation/errors.ts';
import type { MountPoint } from '../foundation/mount.ts';
import type { Principal } from '../foundation/principal.ts';
import type { Secret } from '../foundation/secret.ts';
import type { Capability } from '../policy/capability.ts';
import type { Reader, Transaction } from '../storage/contract.ts';
import type { InputOf, OperationName, OutputOf } from './operation-types.ts';

/** What the caller shows of keys that it has, in this one request. */
export interface CallerProofs {
  /**
   * Certificates of the TLS handshake in DER: the client's own, whose key it has proven to have, then what it sent besides. Nobody
   * has looked at who issued them. Empty where there are none.
   */
  certificates(): readonly Uint8Array[];
  /** The `DPoP` header (RFC 9449), unread. */
  readonly dpop: string | undefined;
  /** HTTP method, path with query, and `Host` header, as they were sent: what a proof must be for. */
  readonly method: string;
  readonly target: string;
  readonly host: string | undefined;
}

/** What came from outside, in no wire's words. */
export interface Call {
  /** Request id (UUID): answers, logs and audit events carry it. */
  readonly id: string;
  readonly token: Secret | undefined;
  readonly namespace: string;
  readonly remote: { readonly address: string; readonly port: number };
  readonly mount: MountPoint;
  /** Request data by name, for parameter constraints in policies. */
  readonly parameters: Readonly<Record<string, unknown>>;
  /** Seconds; present when the answer shall be wrapped. */
  readonly wrapTtl: number | undefined;
  /** Path as it was asked for: the log names it until it is known which path the operation means. */
  readonly requestPath?: string;
  /** Absent where the request could show none. One object for each request, however often it is tried. */
  readonly proofs?: CallerProofs | undefined;
}

/**
 * In place of an input: why a request could not become one. The door limits, authenticates and logs it like every other request
 * for the operation, and refuses it with this error.
 */
export class Unfit {
  readonly refusal: WatchwordError;
  constructor(refusal: WatchwordError) {
    this.refusal = refusal;
  }
}

/** Who the door found the caller to be. `principal` is absent for operations that need no token. */
export interface Session {
  readonly principal: Principal;
  /** True for the root policy: every capability on every path. */
  readonly root: boolean;
  /** Uses left, counting this one; 0 = unlimited. */
  readonly usesLeft: number;
  /** Milliseconds since the epoch; undefined = never. */
  readonly expiresAt: number | undefined;
}

export interface ReadContext {
  readonly call: Call;
  readonly mount: MountPoint;
  readonly session: Session | undefined;
  readonly reader: Reader;
  /** Milliseconds since the epoch, one value for the whole request. */
  readonly now: number;
  readonly digester: Digester;
  /** Adds what the audit event says in clear. */
  note(facts: Facts): void;
  /** Digests of the response data; when not called the door digests the output itself. */
  noteResponseDigests(digests: readonly string[]): void;
  warn(message: string): void;
  /** A login found out who calls: from here on the request's events name him. */
  identify(principal: Principal): void;
}

export interface ChangeContext extends ReadContext {
  readonly tx: Transaction;
  /** The capability that was authorised: with `create` an existing entry must not be overwritten (throw `store.raced`). */
  readonly capability: Capability;
}

/** For what has its own way to durability (initialise, unseal, seal): an intent and an outcome, no transaction of the door's. */
export interface ActionContext extends ReadContext {
  /** Runs once the outcome is durable and before the answer leaves. */
  afterOutcome(action: () => Promise<void>): void;
}

/** What a try of an operation is counted by, together with the source address. */
export interface AttemptDeclaration<Input> {
  /** What is tried: a role, or a user's name. */
  readonly of: (input: Input) => string;
  /**
   * True where what proves the caller may be found by trying: passwords, and whatever people choose. Then who was refused too often
   * waits, with whoever shares his address. False for signatures and for what the server made of 128 random bits or more: then each
   * try is looked at, and only what is refused beyond the share of its source goes without an event.
   */
  readonly guessable: boolean;
}

interface OperationBase<Name extends OperationName> {
  readonly name: Name;
  /** One line for documentation and help. */
  readonly summary: string;
  readonly input: z.ZodType<InputOf<Name>>;
  /** `token` by default. */
  readonly authentication?: 'none';
  /** `session`: every valid token may, whatever its policies; the operation itself shows only what concerns the caller. */
  readonly authorization?: 'session';
  readonly whileSealed?: boolean;
  /** For operations without a token that anybody may try, as logins are. Tries are not limited, only those that were refused. */
  readonly attempt?: AttemptDeclaration<InputOf<Name>>;
  /** A function where it depends on what exists (`create` against `update`) or on how it was asked. */
  readonly capability: Capability | ((input: InputOf<Name>, context: ReadContext) => Promise<Capability>);
  /** Will do as well where the rule for the path does not grant the other one; what it does refuse stays refused. */
  readonly otherwise?: (input: InputOf<Name>) => Capability | undefined;
  /** Needs `sudo` besides the capability. */
  readonly sudo?: boolean | ((input: InputOf<Name>) => boolean);
  /** Path that policies speak of, mount path included: `secret/data/a/b`. */
  path(input: InputOf<Name>, mount: MountPoint): string;
  readonly event: {
    readonly class: EventClass;
    readonly activity: EventActivity;
    /** Input fields that stand in the log in clear; every other field is digested. */
    readonly clear: readonly (keyof InputOf<Name> & string)[];
    /** False only for status operations that reveal and change nothing. */
    readonly recorded?: boolean;
  };
}

export interface ReadOperation<Name extends OperationName = OperationName> extends OperationBase<Name> {
  readonly effect: 'read';
  perform(input: InputOf<Name>, context: ReadContext): Promise<OutputOf<Name>>;
}

/** What remains to be done in the transaction. */
export type Prepared<Name extends OperationName> = (context: ChangeContext) => Promise<OutputOf<Name>>;

export interface ChangeOperation<Name extends OperationName = OperationName> extends OperationBase<Name> {
  readonly effect: 'change';
  /**
   * For what must not happen in a transaction: asking the network, hashing passwords. Changes nothing, unless it uses up what may be
   * shown once; what it throws is a refusal before the intent, so that refused tries cost one event and no transaction.
   */
  prepare?(input: InputOf<Name>, context: ReadContext): Promise<Prepared<Name>>;
  perform(input: InputOf<Name>, context: ChangeContext): Promise<OutputOf<Name>>;
}

/**
 * A change that reaches somebody else's system: what is going to be done is durable before, and what was done before the answer.
 * In the first transaction the request uses its token; in the second its answer comes to be.
 */
export interface Stages<Name extends OperationName> {
  /** In the first transaction. May throw `store.raced`: then the request begins anew. */
  begin(context: ChangeContext): Promise<void>;
  /** Outside of any transaction, once that is durable. From here on `store.raced` must not be thrown. */
  reach(): Promise<void>;
  /** In the second transaction. */
  conclude(context: ChangeContext): Promise<OutputOf<Name>>;
  /** The second transaction was not made, or its work was undone. Must not throw. */
  abandoned?(): Promise<void>;
}

export interface StagedOperation<Name extends OperationName = OperationName> extends OperationBase<Name> {
  readonly effect: 'staged';
  /** Before the intent. Changes nothing; what it throws is a refusal. */
  prepare(input: InputOf<Name>, context: ReadContext): Promise<Stages<Name>>;
}

export interface ActionOperation<Name extends OperationName = OperationName> extends OperationBase<Name> {
  readonly effect: 'action';
  perform(input: InputOf<Name>, context: ActionContext): Promise<OutputOf<Name>>;
}

export type Operation<Name extends OperationName = OperationName> =
  | ReadOperation<Name>
  | ChangeOperation<Name>
  | StagedOperation<Name>
  | ActionOperation<Name>;

/** Typed at the place of declaration, untyped in the list that the door keeps. */
// biome-ignore lint/suspicious/noExplicitAny: operations of all names stand in one list.
export type AnyOperation = Operation<any>;

export function defineRead<Name extends OperationName>(operation: Omit<ReadOperation<Name>, 'effect'>): ReadOperation<Name> {
  return { ...operation, effect: 'read' };
}

export function defineChange<Name extends OperationName>(
  operation: Omit<ChangeOperation<Name>, 'effect'>,
): ChangeOperation<Name> {
  return { ...operation, effect: 'change' };
}

/** A change whose first part must not happen in a transaction. */
export function definePreparedChange<Name extends OperationName>(
  operation: Omit<ChangeOperation<Name>, 'effect' | 'perform'> & Required<Pick<ChangeOperation<Name>, 'prepare'>>,
): ChangeOperation<Name> {
  return {
    ...operation,
    effect: 'change',
    perform: async (input, context) => (await operation.prepare(input, context))(context),
  };
}

export function defineStaged<Name extends OperationName>(
  operation: Omit<StagedOperation<Name>, 'effect'>,
): StagedOperation<Name> {
  return { ...operation, effect: 'staged' };
}

export function defineAction<Name extends OperationName>(
  operation: Omit<ActionOperation<Name>, 'effect'>,
): ActionOperation<Name> {
  return { ...operation, effect: 'action' };
}
