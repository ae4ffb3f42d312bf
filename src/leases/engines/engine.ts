import type { z } from 'zod';
import type { Clock, Network, Random } from '../../foundation/ports.ts';
import type { Secret } from '../../foundation/secret.ts';

/**
 * What taking a credential back achieves. `hard`: nobody can use it any more, open sessions included, within five seconds.
 * `new-logins-only`: nobody logs in with it any more, open sessions go on. `expiry-only`: nothing before its own end.
 */
export type RevocationGuarantee = 'hard' | 'new-logins-only' | 'expiry-only';

/** What callers, the inventory and the documentation are told of an engine's credentials. */
export interface EngineTraits {
  readonly revocation: RevocationGuarantee;
  /** Whether the end of a credential can be moved after it was issued. */
  readonly renewable: boolean;
  /** Whether the target ends it by itself at its time, were we never to come back. */
  readonly targetExpires: boolean;
  /** Who chooses what it is called at the target. Where the target does, a tag must lead from its name to ours. */
  readonly naming: 'ours' | 'theirs';
}

/** What is known of a lease before the target has heard of it, and as long as it lives. */
export interface LeaseFacts {
  /** `database/creds/training/` and random characters. */
  readonly id: string;
  /**
   * 32 characters of `[a-z0-9_]`: `ww_`, eight of the instance, `_`, twenty of the lease. What the credential, or its tag, is called
   * at the target.
   */
  readonly externalName: string;
  readonly role: string;
  /** Who asked, for the target's own logs: at most 64 printable ASCII characters. */
  readonly holder: string;
  /** Milliseconds since the epoch: when the credential must have ended. */
  readonly expiresAt: number;
  /** Accessor of the session that it is issued to, by which {@link IdentityTokens} know the workload. */
  readonly session?: string;
}

/** JSON, with Secrets in it: what is sealed in the ledger. */
export type Sealable = Readonly<Record<string, unknown>>;

/** Everything that is needed to find one credential at its target. */
export interface CredentialRef<Role = Sealable, Material = Sealable, Handle = Sealable> {
  readonly lease: LeaseFacts;
  /** As it was when the credential was issued. */
  readonly role: Role;
  /** Until the caller has got the credential; gone afterwards. */
  readonly material: Material | undefined;
  /** What {@link Target.create} gave; undefined when nobody knows how far it came. */
  readonly handle: Handle | undefined;
}

export interface TargetCall {
  /** Aborted when the time for this call is over: then throw {@link TargetError} `unknown-outcome` for anything that was sent. */
  readonly signal: AbortSignal;
}

/** What a caller gets, by name: `username`, `password`. Secrets are zeroed once they are told: none that is kept elsewhere. */
export type CredentialOutput = Readonly<Record<string, string | number | boolean | null | Secret | readonly string[]>>;

export interface Created<Handle = Sealable> {
  /**
   * What is needed to revoke it besides its name: no part of the credential, unless its target takes it back by the credential itself
   * and by nothing else; then that, as a Secret (`github`). Sealed in the ledger.
   */
  readonly handle: Handle;
  readonly output: CredentialOutput;
  /** Milliseconds since the epoch; where the target chose an earlier end than it was asked for. */
  readonly expiresAt?: number | undefined;
}

/** A right that the configured account lacks, or something that is set so that credentials would not be safe. */
export interface Shortfall {
  /** What does not work: `create roles`. */
  readonly what: string;
  /** What to do about it, exactly: `ALTER ROLE vault CREATEROLE`. */
  readonly remedy: string;
}

/** One configured server, connected as needed. Every method may be called again with the same credential after any failure. */
export interface Target<Role = Sealable, Material = Sealable, Handle = Sealable> {
  /**
   * Logs in and looks at the rights of the configured account, for these roles where some are given; changes nothing.
   * Gives what is missing. @throws TargetError where it can't be asked
   */
  check(roles: readonly Role[], call: TargetCall): Promise<readonly Shortfall[]>;
  /**
   * Tries what the role says and undoes it, where the target can do that.
   * @throws WatchwordError `engine.invalid`: which statement, where in it, and why; TargetError
   */
  tryRole?(role: Role, call: TargetCall): Promise<void>;
  /** @throws TargetError */
  create(ref: CredentialRef<Role, Material, Handle>, call: TargetCall): Promise<Created<Handle>>;
  /**
   * Sets another end, `ref.lease.expiresAt`. Gives what was achieved, in milliseconds since the epoch.
   * @throws TargetError `refused` where the credential is gone
   */
  renew?(ref: CredentialRef<Role, Material, Handle>, call: TargetCall): Promise<number>;
  /** Ends it, and what it has opened: no new logins first, then the sessions, then the rest. A credential that is not there is a success. */
  revoke(ref: CredentialRef<Role, Material, Handle>, call: TargetCall): Promise<void>;
  /**
   * The end that the target itself knows, in milliseconds since the epoch; undefined where there is no such credential, and
   * `unlimited` where it is there without an end.
   */
  probe(ref: CredentialRef<Role, Material, Handle>, call: TargetCall): Promise<number | 'unlimited' | undefined>;
  /** External names of everything there whose name (or tag) begins with `prefix`. Absent where the target can't be asked. */
  list?(prefix: string, call: TargetCall): Promise<readonly string[]>;
  /**
   * Gives an account another password: the configured account's own (`rotate-root`) and accounts of static roles. Must succeed
   * when the account has this password already.
   */
  setPassword?(username: string, password: Secret, call: TargetCall): Promise<void>;
  /** Whether somebody can log in like this. */
  verifyPassword?(username: string, password: Secret, call: TargetCall): Promise<boolean>;
  /** Never throws. */
  close(): Promise<void>;
}

/** What a target shall be told of a workload. */
export interface IdentityTokenRequest {
  /** Name of a role of our own issuer: its key signs, and it says which audiences there may be and what stands in the token. */
  readonly role: string;
  /** Empty: the client id of the role. */
  readonly audience: string;
  /** Seconds; the role may give less. */
  readonly ttl: number;
  /** See {@link LeaseFacts.session}. */
  readonly session: string;
}

/** A token (JWT) of our own issuer, which targets verify by its published keys. */
export interface IdentityToken {
  readonly token: Secret;
  /** Claims of it: `jti`, `iss`, `sub`, `aud`. */
  readonly id: string;
  readonly issuer: string;
  readonly subject: string;
  readonly audience: string;
}

/** Our own issuer; `identity` fulfils it. */
export interface IdentityTokens {
  /** For the workload that has the session. @throws WatchwordError of `issuer.…`, or `access.token-invalid` once the session is over */
  sign(request: IdentityTokenRequest): Promise<IdentityToken>;
  /** @throws WatchwordError of `issuer.…` for what stands in the way of all such tokens */
  check(request: Pick<IdentityTokenRequest, 'role' | 'audience'>): Promise<void>;
}

export interface EngineDependencies {
  readonly network: Network;
  readonly clock: Clock;
  readonly random: Random;
  /** Absent only where no engine asks for such a token. */
  readonly identityTokens?: IdentityTokens;
}

/** A kind of target that credentials are issued at. One file of this folder each, one line in its index, one page in `docs/reference/engines/`. */
export interface CredentialEngine<Connection = Sealable, Role = Sealable, Material = Sealable, Handle = Sealable> {
  /** `postgresql` */
  readonly kind: string;
  /** One line for lists. */
  readonly summary: string;
  /**
   * The kind of mount below which it is set up. `database` holds several connections of several kinds, each with its
   * `plugin_name`; every other kind of mount is called as its engine.
   */
  readonly mount: string;
  /** Where a mount has one connection only: how it is called below `config/`; `connection` unless said otherwise. */
  readonly connectionName?: string;
  /** Vault's names for it in `plugin_name`. */
  readonly plugins?: readonly string[];
  readonly traits: EngineTraits;
  /** Seconds that a credential lives where neither role nor mount says anything; otherwise as long as a token. */
  readonly usualTtl?: number;
  readonly connection: {
    /** Every field, in camel case; secrets by `secretSchema`. */
    readonly fields: z.ZodRawShape;
    readonly initial: Connection;
    /** Fields that say which server it is: when one of them changes, older leases still go to the older server. */
    readonly address: readonly (keyof Connection & string)[];
    /** Fields that stand in the audit log in clear and are told to readers; every other one is neither. */
    readonly clear: readonly (keyof Connection & string)[];
    /**
     * What is kept of what was said, where that is not the same: a signing key that the engine makes itself. Before {@link check}.
     * @param before what was kept until now
     * @throws WatchwordError `engine.invalid` with `where`
     */
    complete?(connection: Connection, before: Connection | undefined): Promise<Connection>;
    /** @throws WatchwordError `engine.invalid` with `where` */
    check(connection: Connection): void;
    /** A field that anybody may know, without a token: the public key of an authority. */
    readonly public?: keyof Connection & string;
    /** Fields that hold the configured account and its password, where its password can be rotated. */
    readonly account?: { readonly username: keyof Connection & string; readonly password: keyof Connection & string };
  };
  readonly role: {
    readonly fields: z.ZodRawShape;
    readonly initial: Role;
    /**
     * What can be said without asking the target. Gives what works and should not be.
     * @throws WatchwordError `engine.invalid` with `where`: what is wrong, and at which position
     */
    check(role: Role): readonly string[];
  };
  /** What a caller may say besides the role's name: a public key to sign, a narrower scope. Absent where that is nothing. */
  readonly request?: { readonly fields: z.ZodRawShape };
  /**
   * The credential itself, before the first byte goes to the target: sealed in the ledger by then. Pure but for randomness.
   * @param request checked against the fields of {@link CredentialEngine.request}
   * @throws WatchwordError `request.invalid` for what the role does not allow
   */
  prepare(role: Role, lease: LeaseFacts, on: EngineDependencies, request: Sealable): Promise<Material> | Material;
  /** Connects nowhere yet. */
  open(connection: Connection, on: EngineDependencies): Target<Role, Material, Handle>;
}

/**
 * `unreachable`: nothing was done, the target does not answer. `throttled`: nothing was done, too many at once. `refused`: nothing was
 * done, and the same request will be refused again (rights, statements). `unknown-outcome`: it may have been done.
 */
export type TargetErrorKind = 'unreachable' | 'throttled' | 'refused' | 'unknown-outcome';

/** What went wrong at a target. The message never holds a credential, and nothing of a statement that could. */
export class TargetError extends Error {
  override readonly name = 'TargetError';
  readonly kind: TargetErrorKind;
  /** The target did not take the password of the configured account, here or in the cause: with another one it may go well. */
  readonly lockedOut: boolean;

  constructor(kind: TargetErrorKind, message: string, options: { readonly cause?: unknown; readonly lockedOut?: boolean } = {}) {
    const { cause, lockedOut } = options;
    super(message, cause === undefined ? {} : { cause });
    this.kind = kind;
    this.lockedOut = lockedOut ?? (cause instanceof TargetError && cause.lockedOut);
  }
}
