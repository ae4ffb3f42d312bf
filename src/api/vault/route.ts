import type { OperationName, OutputOf } from '../../access/operation-types.ts';
import type { ErrorCode } from '../../foundation/errors.ts';
import type { Secret } from '../../foundation/secret.ts';

/** PUT arrives as POST; `GET ?list=true` arrives as LIST. */
export type WireMethod = 'GET' | 'LIST' | 'SCAN' | 'POST' | 'PATCH' | 'DELETE';

/** A request below one mount, decoded. Query parameters of GET, LIST, SCAN and DELETE are in `body`, as text. */
export interface WireRequest {
  readonly method: WireMethod;
  /** What the pattern's `:name` and `*name` parts matched. */
  readonly params: Readonly<Record<string, string>>;
  readonly body: Readonly<Record<string, unknown>>;
  /** The calling token. */
  readonly token: Secret | undefined;
  /** The `Idempotency-Key` header. */
  readonly idempotencyKey?: string | undefined;
}

/** In the order in which Vault prints it. */
export interface WireAuth {
  readonly client_token: Secret | '';
  readonly accessor: string;
  readonly policies: readonly string[];
  readonly token_policies: readonly string[];
  readonly identity_policies?: readonly string[];
  readonly metadata: Readonly<Record<string, string>> | null;
  readonly lease_duration: number;
  readonly renewable: boolean;
  readonly entity_id: string;
  readonly token_type: string;
  readonly orphan: boolean;
  readonly mfa_requirement: null;
  readonly num_uses: number;
}

/** What the answer says about a token that holds the real answer. */
export interface WireWrapInfo {
  readonly token: Secret;
  readonly accessor: string;
  readonly ttl: number;
  readonly creation_time: string;
  readonly creation_path: string;
  readonly wrapped_accessor?: string;
}

/**
 * What an operation's output becomes on the wire. `data` may hold `Secret`s: a Secret is printed as a JSON string,
 * a {@link RawJson} as the JSON text it holds. Nothing at all gives 204 for changes and 404 `{"errors":[]}` for reads.
 */
export interface WireReply {
  readonly status?: number;
  readonly data?: unknown;
  readonly auth?: WireAuth;
  readonly wrapInfo?: WireWrapInfo;
  /** Under which the data can be renewed and revoked. */
  readonly leaseId?: string;
  readonly renewable?: boolean;
  /** Seconds for which the data may be used without asking again. */
  readonly leaseDuration?: number;
  readonly warnings?: readonly string[];
  /** Vault copies `data` to the top level as well for some `sys/` paths. */
  readonly topLevel?: boolean;
  /** The whole body instead of an envelope (health, seal-status, …). */
  readonly bare?: unknown;
  /** Seconds for which anybody may keep the answer; none may be kept otherwise. */
  readonly cacheSeconds?: number;
  /** The whole body, not JSON. */
  readonly text?: { readonly contentType: string; readonly content: string };
}

/** JSON text that is already encoded, kept as bytes so that a secret is neither parsed nor copied into strings. */
export class RawJson {
  readonly json: Secret;
  constructor(json: Secret) {
    this.json = json;
  }
}

/** One method and path of Vault's API, bound to one operation. */
export interface Route<Name extends OperationName = OperationName> {
  readonly method: WireMethod | readonly WireMethod[];
  /**
   * Below the mount: literals, `:name` (one segment), `*name` (the rest, may be empty, a literal may follow):
   * `data/*path`, `roles/:name`, `mounts/*path/tune`.
   */
  readonly pattern: string;
  readonly operation: Name;
  /** A peculiarity worth a word in the coverage table. */
  readonly notes?: string;
  /** False for answers that are no envelope: a request to wrap them is passed over, as in Vault. */
  readonly wraps?: false;
  /** The calling token where the request carries none in its headers. */
  callingToken?(body: WireRequest['body']): Secret | undefined;
  /** The error instead of `access.token-invalid`, if another one. */
  tokenInvalid?(request: WireRequest): ErrorCode | undefined;
  /** Wire words to the operation's input; the door checks it against the schema. @throws WatchwordError `request.invalid` */
  decode(request: WireRequest): unknown;
  encode(output: OutputOf<Name>, request: WireRequest): WireReply;
}

// biome-ignore lint/suspicious/noExplicitAny: routes of all operations stand in one table.
export type AnyRoute = Route<any>;

export function route<Name extends OperationName>(definition: Route<Name>): Route<Name> {
  return definition;
}

/** For changes that answer with nothing. */
export const nothing = (): WireReply => ({});
