import { WatchwordError } from '../foundation/errors.ts';
import { randomBase62 } from '../foundation/ids.ts';
import type { MountConfig } from '../foundation/mount.ts';
import type { Random } from '../foundation/ports.ts';
import type { Secret } from '../foundation/secret.ts';
import type { Transaction } from '../storage/contract.ts';
import type { TokenBinding } from './binding/token-binding.ts';
import type { IssuedToken } from './contract.ts';
import { lifetime } from './lifetime.ts';
import { issuedOf, type Token, type TokenLogin, type WrappingOrigin } from './token.ts';
import { newTokenText, type TokenKind } from './token-text.ts';
import type { FoundToken, Tokens } from './tokens.ts';

/** A token that is to be made; who may ask for it was decided before. Durations are seconds, 0 = not set. */
export interface TokenGrant {
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Path that makes it: `auth/kubernetes/login`. */
  readonly path: string;
  readonly displayName: string;
  /** In the order and form of `sanitizePolicies`. */
  readonly policies: readonly string[];
  /** Lifetimes of the mount that makes it. */
  readonly config: MountConfig;
  readonly ttl?: number;
  readonly period?: number;
  /** The part of `period` that does not come from the role; a role's period counts anew with each renewal. */
  readonly askedPeriod?: number;
  readonly explicitMaxTtl?: number;
  /** True by default; a token that never expires is not renewable. */
  readonly renewable?: boolean;
  /** 0 = unlimited. */
  readonly uses?: number;
  readonly metadata?: Readonly<Record<string, string>> | undefined;
  /** Who logged in where: the auth method, and the caller's stable name in it. Without, the token is named by its accessor. */
  readonly login?: (TokenLogin & { readonly method: string; readonly subject: string }) | undefined;
  /** Facts for policy templates. */
  readonly attributes?: Readonly<Record<string, string>>;
  readonly entityId?: string;
  readonly role?: string | undefined;
  readonly boundCidrs?: readonly string[];
  /** Ends when the parent ends; without, it is an orphan. */
  readonly parent?: FoundToken | undefined;
  readonly id?: Secret | undefined;
  readonly wrapping?: WrappingOrigin;
  /** The key without which the token is of no use. */
  readonly binding?: TokenBinding | undefined;
}

export interface Issued {
  readonly issued: IssuedToken & { readonly token: Secret };
  readonly warnings: readonly string[];
}

const ACCESSOR_LENGTH = 24;
/** Every request looks at the whole line above its token. */
const MAX_DEPTH = 256;

/** Makes tokens: for the token store itself, for logins and for wrapped answers. */
export class TokenIssuer {
  readonly #tokens: Tokens;
  readonly #random: Random;

  constructor(tokens: Tokens, random: Random) {
    this.#tokens = tokens;
    this.#random = random;
  }

  /** @throws WatchwordError `token.invalid` */
  async issue(tx: Transaction, grant: TokenGrant): Promise<Issued> {
    const kind: TokenKind = grant.wrapping === undefined ? 'service' : 'wrapping';
    const depth = grant.parent === undefined ? 0 : grant.parent.token.depth + 1;
    if (depth > MAX_DEPTH) throw new WatchwordError('token.invalid', `a token has at most ${MAX_DEPTH} generations above it`);
    const { ttl, warnings } = timeToLive(grant);
    const text = grant.id ?? newTokenText(this.#random, kind);
    const hash = this.#tokens.hash(text);
    if (grant.id !== undefined && (await this.#tokens.table.find(tx, hash)) !== undefined) {
      throw new WatchwordError('token.invalid', 'cannot create a token with a duplicate ID', { where: 'id' });
    }
    const token: Token = {
      kind,
      accessor: randomBase62(this.#random, ACCESSOR_LENGTH),
      parent: grant.parent?.hash ?? null,
      depth,
      path: grant.path,
      method: grant.login?.method ?? 'token',
      subject: grant.login?.subject ?? '',
      login: grant.login === undefined ? null : loginOf(grant.login),
      attributes: grant.attributes ?? {},
      entityId: grant.entityId ?? '',
      displayName: grant.displayName,
      policies: grant.policies,
      metadata: grant.metadata ?? null,
      role: grant.role ?? null,
      // What can't expire is not bound to addresses either, as in Vault: nobody shall lock himself out for good.
      boundCidrs: ttl === 0 ? [] : (grant.boundCidrs ?? []),
      createdAt: grant.now,
      renewedAt: null,
      expiresAt: ttl === 0 ? null : grant.now + ttl * 1000,
      creationTtl: ttl,
      lastTtl: ttl,
      period: grant.period ?? 0,
      askedPeriod: grant.askedPeriod ?? grant.period ?? 0,
      explicitMaxTtl: grant.explicitMaxTtl ?? 0,
      renewable: ttl !== 0 && grant.renewable !== false,
      usesLeft: grant.uses ?? 0,
      wrapping: grant.wrapping ?? null,
      ...(grant.binding === undefined ? {} : { binding: grant.binding }),
    };
    await this.#tokens.insert(tx, hash, token);
    return { issued: { ...issuedOf(token, text, grant.now), token: text }, warnings };
  }
}

function loginOf({ mountId, collection, name, incarnation }: TokenLogin): TokenLogin {
  return { mountId, collection, name, ...(incarnation === undefined ? {} : { incarnation }) };
}

/** Only a root token for which nothing was asked never expires. */
function timeToLive(grant: TokenGrant): { readonly ttl: number; readonly warnings: readonly string[] } {
  const { ttl: wanted = 0, period = 0, explicitMaxTtl = 0, now, config } = grant;
  if (wanted === 0 && period === 0 && grant.policies.includes('root')) return { ttl: explicitMaxTtl, warnings: [] };
  return lifetime({ wanted, period, explicitMaxTtl, createdAt: now, now, config });
}
