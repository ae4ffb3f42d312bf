import type { Secret } from '../../foundation/secret.ts';
import type { IssuerConfig } from './issuer-name.ts';
import type { KeySettings } from './named-key.ts';
import type { PublishedKey } from './signing-key.ts';

/** Who gets which tokens. Durations are seconds, 0 = not set. */
export interface IssuerRole {
  /** Name of the key that signs. */
  readonly key: string;
  /** As it was given: JSON with `{{…}}`, or that in base64; empty = no claims of its own. */
  readonly template: string;
  /** The audience of tokens for which none is asked, and what a key's `allowedClientIds` name the role by. */
  readonly clientId: string;
  /** Further audiences that may be asked for, one a token. */
  readonly audiences: readonly string[];
  readonly ttl: number;
  /** Longest life of a token whatever is asked; an hour where it is not set. */
  readonly maxTtl: number;
  /** What `sub` says: the id of the caller's entity, or the workload that logged in. */
  readonly subject: 'entity' | 'workload';
  /** Whether the claim `workload` tells of the workload. */
  readonly workloadClaims: boolean;
  /** Whether an actor may be named, who then stands in the claim `act` (RFC 8693 § 4.1). */
  readonly delegation: boolean;
}

/** A token that others verify. */
export interface SignedToken {
  readonly token: Secret;
  readonly clientId: string;
  /** Seconds. */
  readonly ttl: number;
  /** Where it is bound to the key of the token that it came from. */
  readonly binding?: 'mtls' | 'dpop' | undefined;
}

/** A token that the server itself wants, to show it to somebody else on behalf of a workload. */
export interface TokenOrder {
  readonly role: string;
  /** One that the role names; empty for its client id. */
  readonly audience: string;
  /** Seconds; the role, its key or the session may give less. */
  readonly ttl: number;
  /** Accessor of the workload's session. */
  readonly session: string;
}

export interface OrderedToken {
  readonly token: Secret;
  /** What stands in it as `jti`, `iss`, `sub` and `aud`. */
  readonly id: string;
  readonly issuer: string;
  readonly subject: string;
  readonly audience: string;
}

/** What verifiers and clients look up first. */
export interface IssuerDescription {
  readonly issuer: string;
  /** Below its origin; empty where the issuer is a bare origin. */
  readonly path: string;
  readonly keySetUrl: string;
  readonly tokenUrl: string;
  readonly algorithms: readonly string[];
}

export interface KeySet {
  readonly keys: readonly PublishedKey[];
  /** Seconds for which it may be kept. */
  readonly cacheSeconds: number;
}

export interface TokenInput {
  readonly role: string;
  readonly audience?: string | undefined;
  /** Seconds; less than the role gives. */
  readonly ttl?: number | undefined;
  /** The token of who acts for the caller. */
  readonly actor?: Secret | undefined;
}

type Nothing = Record<string, never>;
interface Named {
  readonly name: string;
}
type Changed<Fields> = { readonly [Name in keyof Fields]?: Fields[Name] | undefined };
type Names = { readonly keys: readonly string[] } | null;

declare module '../../access/operation-types.ts' {
  interface OperationTypes {
    'issuer.config.read': { input: Nothing; output: IssuerConfig & { readonly effectiveIssuer: string } };
    'issuer.config.write': { input: Changed<IssuerConfig>; output: null };
    'issuer.keys.list': { input: Nothing; output: Names };
    'issuer.keys.read': { input: Named; output: KeySettings | null };
    'issuer.keys.write': { input: Named & Changed<KeySettings>; output: null };
    'issuer.keys.delete': { input: Named; output: null };
    'issuer.keys.rotate': { input: Named & { readonly verificationTtl?: number | undefined }; output: null };
    /** The server's own: makes the keys that are due. Gives the names of those that changed. */
    'issuer.keys.maintain': { input: Nothing; output: { readonly changed: readonly string[] } };
    'issuer.roles.list': { input: Nothing; output: Names };
    'issuer.roles.read': { input: Named; output: IssuerRole | null };
    'issuer.roles.write': { input: Named & Changed<IssuerRole>; output: null };
    'issuer.roles.delete': { input: Named; output: null };
    'issuer.token': { input: TokenInput; output: SignedToken };
    'issuer.introspect': {
      input: { readonly token: Secret; readonly clientId?: string | undefined };
      output: { readonly active: boolean };
    };
    'issuer.describe': { input: Nothing; output: IssuerDescription };
    'issuer.key-set': { input: Nothing; output: KeySet };
  }
}
