import type { OperationName, OutputOf } from '../../access/operation-types.ts';
import type { Secret } from '../../foundation/secret.ts';

/** PUT arrives as POST; `GET ?list=true` arrives as LIST. */
export type WireMethod = 'GET' | 'LIST' | 'SCAN' | 'POST' | 'PATCH' | 'DELETE';

/** A request below one mount, decoded. Query parameters of GET, LIST, SCAN and DELETE are also in `body`, as text. */
export interface WireRequest {
  readonly method: WireMethod;
  /** Full path below `/v1/`, decoded, for error texts. */
  readonly path: string;
  /** What the pattern's `:name` and `*name` parts matched. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly body: Readonly<Record<string, unknown>>;
  /** Media type in lower case without parameters; empty when there was none. */
  readonly contentType: string;
}

export interface WireAuth {
  readonly client_token: Secret;
  readonly accessor: string;
  readonly policies: readonly string[];
  readonly token_policies: readonly string[];
  readonly metadata: Readonly<Record<string, string>> | null;
  readonly lease_duration: number;
  readonly renewable: boolean;
  readonly entity_id: string;
  readonly token_type: string;
  readonly orphan: boolean;
  readonly mfa_requirement: null;
  readonly num_uses: number;
}

/**
 * What an operation's output becomes on the wire. `data` may hold `Secret`s: a Secret is printed as a JSON string,
 * a {@link RawJson} as the JSON text it holds. Nothing at all gives 204 for changes and 404 `{"errors":[]}` for reads.
 */
export interface WireReply {
  readonly status?: number;
  readonly data?: unknown;
  readonly auth?: WireAuth;
  readonly leaseId?: string;
  readonly renewable?: boolean;
  readonly leaseDuration?: number;
  readonly warnings?: readonly string[];
  /** Vault copies `data` to the top level as well for some `sys/` paths. */
  readonly topLevel?: boolean;
  /** The whole body instead of an envelope (health, seal-status, …). */
  readonly bare?: unknown;
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
  /** Below the mount: literals, `:name` (one segment), `*name` (the rest, may be empty): `data/*path`, `roles/:name`. */
  readonly pattern: string;
  readonly operation: Name;
  /** Wire words to the operation's input; the door checks it against the schema. */
  decode(request: WireRequest): unknown;
  encode(output: OutputOf<Name>): WireReply;
}

// biome-ignore lint/suspicious/noExplicitAny: routes of all operations stand in one table.
export type AnyRoute = Route<any>;

export function route<Name extends OperationName>(definition: Route<Name>): Route<Name> {
  return definition;
}
