import type { JsonObject } from '../foundation/exact-json.ts';
import type { Secret } from '../foundation/secret.ts';
import type { Transaction } from '../storage/contract.ts';

/** What is told about a token to those who may know. Durations are seconds, times milliseconds since the epoch. */
export interface TokenFacts {
  /** The token itself, for whoever named it; absent when it was looked up by accessor. */
  readonly id: Secret | undefined;
  readonly accessor: string;
  readonly displayName: string;
  readonly policies: readonly string[];
  /** Path that made it: `auth/token/create`, `auth/token/root`, … */
  readonly path: string;
  readonly createdAt: number;
  readonly renewedAt: number | undefined;
  readonly expiresAt: number | undefined;
  /** What is left; 0 for a token that never expires. */
  readonly ttl: number;
  readonly creationTtl: number;
  readonly explicitMaxTtl: number;
  readonly period: number;
  /** 0 = unlimited; -1 when the request that asks took the last itself. */
  readonly usesLeft: number;
  readonly orphan: boolean;
  readonly renewable: boolean;
  readonly role: string | undefined;
  readonly boundCidrs: readonly string[];
  readonly metadata: Readonly<Record<string, string>> | undefined;
  readonly entityId: string;
  /** What the entity and its groups add to `policies`. */
  readonly identityPolicies: readonly string[];
  /** How it is bound to a key of the caller's; undefined where it is not. */
  readonly binding: 'mtls' | 'dpop' | undefined;
  /** Who logged in, where a login gave the token or one above it. */
  readonly workload: WorkloadFacts | undefined;
}

/** A workload as its token tells of it; undefined for a token that no login gave. */
export interface WorkloadFacts {
  readonly method: string;
  readonly subject: string;
  readonly role: string;
  readonly owner: string;
  readonly cluster: string;
  readonly region: string;
  readonly expectedCluster: string;
  readonly expectedRegion: string;
  readonly expectedCidrs: readonly string[];
  readonly claims: Readonly<Record<string, string>>;
}

/** A token that was just made or renewed. */
export interface IssuedToken {
  /** Absent where a token was renewed by its accessor. */
  readonly token: Secret | undefined;
  readonly accessor: string;
  readonly policies: readonly string[];
  readonly metadata: Readonly<Record<string, string>> | undefined;
  /** Seconds; 0 for a token that never expires. */
  readonly ttl: number;
  readonly renewable: boolean;
  readonly orphan: boolean;
  readonly usesLeft: number;
  readonly entityId: string;
  /** What the entity and its groups add to `policies`. */
  readonly identityPolicies: readonly string[];
  /** Where it is bound to a key. */
  readonly binding?: 'mtls' | 'dpop' | undefined;
}

/** What a caller asks of a new token; absent means the default. Durations are seconds. */
export interface TokenRequest {
  /** An id of the caller's own choice; root only. */
  readonly id?: Secret | undefined;
  readonly policies?: readonly string[] | undefined;
  readonly metadata?: Readonly<Record<string, string>> | undefined;
  readonly noParent?: boolean | undefined;
  readonly noDefaultPolicy?: boolean | undefined;
  readonly renewable?: boolean | undefined;
  readonly ttl?: number | undefined;
  readonly explicitMaxTtl?: number | undefined;
  readonly period?: number | undefined;
  readonly displayName?: string | undefined;
  readonly uses?: number | undefined;
  readonly entityAlias?: string | undefined;
  /** `service`; `batch` is refused. */
  readonly type?: string | undefined;
}

export interface TokenRole {
  readonly name: string;
  readonly allowedPolicies: readonly string[];
  readonly disallowedPolicies: readonly string[];
  readonly allowedPoliciesGlob: readonly string[];
  readonly disallowedPoliciesGlob: readonly string[];
  readonly allowedEntityAliases: readonly string[];
  readonly orphan: boolean;
  readonly renewable: boolean;
  readonly period: number;
  readonly explicitMaxTtl: number;
  readonly pathSuffix: string;
  readonly boundCidrs: readonly string[];
  readonly noDefaultPolicy: boolean;
  readonly uses: number;
  /** `default-service`, `service`, … */
  readonly type: string;
}

type Changed<Fields> = { readonly [Name in keyof Fields]?: Fields[Name] | undefined };
interface ByToken {
  readonly token: Secret;
}
interface ByAccessor {
  readonly accessor: string;
}
interface Increment {
  /** Seconds asked for. */
  readonly increment?: number | undefined;
}
type Nothing = Record<string, never>;
type Names = { readonly keys: readonly string[] } | null;

declare module '../access/operation-types.ts' {
  interface OperationTypes {
    'token.create': { input: TokenRequest; output: IssuedToken };
    'token.create-orphan': { input: TokenRequest; output: IssuedToken };
    'token.create-with-role': { input: TokenRequest & { role: string }; output: IssuedToken };
    'token.lookup': { input: ByToken; output: TokenFacts };
    'token.lookup-self': { input: Nothing; output: TokenFacts };
    'token.lookup-accessor': { input: ByAccessor; output: TokenFacts };
    'token.renew': { input: ByToken & Increment; output: IssuedToken };
    'token.renew-self': { input: Increment; output: IssuedToken };
    'token.renew-accessor': { input: ByAccessor & Increment; output: IssuedToken };
    'token.revoke': { input: ByToken; output: null };
    'token.revoke-self': { input: Nothing; output: null };
    'token.revoke-accessor': { input: ByAccessor; output: null };
    'token.revoke-orphan': { input: ByToken; output: null };
    'token.accessors': { input: Nothing; output: Names };
    'token.roles.list': { input: Nothing; output: Names };
    'token.roles.read': { input: { role: string }; output: TokenRole | null };
    'token.roles.write': { input: { role: string } & Changed<Omit<TokenRole, 'name'>>; output: null };
    'token.roles.delete': { input: { role: string }; output: null };
    'token.tidy': { input: Nothing; output: null };
    /** The door wraps what it gives back, so it must be asked with a wrapping TTL. */
    'wrapping.wrap': { input: { data: JsonObject }; output: { data: JsonObject } };
    /** Without `token` the calling token is the wrapping token. Gives the operation that was answered, and its answer. */
    'wrapping.unwrap': { input: { token?: Secret | undefined }; output: WrappedAnswer };
    'wrapping.lookup': { input: { token?: Secret | undefined }; output: WrappingFacts };
    /** The answer is wrapped anew, under a new token with the old time to live, as `RewrappedAnswer`. */
    'wrapping.rewrap': { input: { token?: Secret | undefined }; output: RewrappedAnswer };
  }
}

export interface WrappedAnswer {
  readonly operation: string;
  /** The operation's output, Secrets in it included. */
  readonly output: unknown;
}

export interface WrappingFacts {
  readonly creationPath: string;
  readonly createdAt: number;
  /** Seconds. */
  readonly creationTtl: number;
}

/** Same shape as the door's `WrapInfo`. */
export interface RewrappedAnswer {
  readonly token: Secret;
  readonly accessor: string;
  readonly ttl: number;
  readonly createdAt: number;
  readonly creationPath: string;
  readonly wrappedAccessor: string;
}

/** What belongs to a session ends with it, in the same transaction. Fulfilled by cubbyhole now, by leases later. */
export type EndSession = (tx: Transaction, accessor: string) => Promise<void>;

/** Keeps a wrapped answer for the wrapping session; fulfilled by the cubbyhole. */
export interface WrappedAnswers {
  put(tx: Transaction, accessor: string, bytes: Uint8Array, now: number): Promise<void>;
  /** Gives it and removes it: exactly one caller gets it. */
  take(tx: Transaction, accessor: string, now: number): Promise<Secret | undefined>;
}
