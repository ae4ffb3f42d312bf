import type { Principal } from '../foundation/principal.ts';
import type { TokenBinding } from './binding/token-binding.ts';
import type { IssuedToken, TokenFacts } from './contract.ts';
import { workloadFacts } from './logins/workload.ts';
import type { TokenKind } from './token-text.ts';

/** How an answer was wrapped; only wrapping tokens have it. */
export interface WrappingOrigin {
  readonly creationPath: string;
  readonly wrappedAccessor: string;
}

/** Which role of which mount let somebody log in. */
export interface TokenLogin {
  readonly mountId: string;
  /** Where the role stands among the mount's records. */
  readonly collection: string;
  readonly name: string;
  /** Which of the roles that had this name in turn; absent where the role has none. */
  readonly incarnation?: string;
}

/** A token as it is sealed. Whatever is believed of a token stands here; the columns beside it are only indexes. */
export interface Token {
  readonly kind: TokenKind;
  readonly accessor: string;
  /** Hash of the parent; null for an orphan. */
  readonly parent: string | null;
  /** Generations above it. */
  readonly depth: number;
  readonly path: string;
  /** `token`, or the auth method whose login gave it. */
  readonly method: string;
  /** Who logged in, in the method's words; empty for bare tokens, which are named by their accessor. */
  readonly subject: string;
  /** Null for a token that no login gave. */
  readonly login: TokenLogin | null;
  readonly attributes: Readonly<Record<string, string>>;
  readonly entityId: string;
  readonly displayName: string;
  readonly policies: readonly string[];
  readonly metadata: Readonly<Record<string, string>> | null;
  readonly role: string | null;
  readonly boundCidrs: readonly string[];
  /** Milliseconds since the epoch; `expiresAt` null = never. */
  readonly createdAt: number;
  readonly renewedAt: number | null;
  readonly expiresAt: number | null;
  /** Seconds; 0 = none. */
  readonly creationTtl: number;
  /** What it was given last: a renewal that asks for nothing gives as much again. */
  readonly lastTtl: number;
  readonly period: number;
  /** The period that was asked for when it was made, apart from its role's. */
  readonly askedPeriod: number;
  readonly explicitMaxTtl: number;
  readonly renewable: boolean;
  /** 0 = unlimited. */
  readonly usesLeft: number;
  readonly wrapping: WrappingOrigin | null;
  /** Absent where the token alone is enough. */
  readonly binding?: TokenBinding;
}

export function isRoot(token: Token): boolean {
  return token.policies.includes('root');
}

export function isExpired(token: Token, now: number): boolean {
  return token.expiresAt !== null && token.expiresAt <= now;
}

/** Whole seconds that are left; 0 for a token that never expires. */
function secondsLeft({ expiresAt }: Token, now: number): number {
  return expiresAt === null ? 0 : Math.max(0, Math.floor((expiresAt - now) / 1000));
}

export function principalOf(token: Token): Principal {
  return {
    method: token.kind === 'wrapping' ? 'wrapping' : token.method,
    id: token.subject === '' ? token.accessor : token.subject,
    displayName: token.displayName,
    namespace: 'root',
    session: token.accessor,
    policies: token.policies,
    attributes: token.attributes,
  };
}

/** Without what its entity adds. */
export function factsOf(token: Token, id: TokenFacts['id'], now: number): TokenFacts {
  return {
    id,
    accessor: token.accessor,
    displayName: token.displayName,
    policies: token.policies,
    path: token.path,
    createdAt: token.createdAt,
    renewedAt: token.renewedAt ?? undefined,
    expiresAt: token.expiresAt ?? undefined,
    ttl: secondsLeft(token, now),
    creationTtl: token.creationTtl,
    explicitMaxTtl: token.explicitMaxTtl,
    period: token.period,
    usesLeft: token.usesLeft,
    orphan: token.parent === null,
    renewable: token.renewable,
    role: token.role ?? undefined,
    boundCidrs: token.boundCidrs,
    metadata: token.metadata ?? undefined,
    entityId: token.entityId,
    workload: workloadFacts(token.attributes),
    identityPolicies: [],
    binding: token.binding?.kind,
  };
}

/** Without what its entity adds. */
export function issuedOf(token: Token, text: IssuedToken['token'], now: number): IssuedToken {
  return {
    token: text,
    accessor: token.accessor,
    policies: token.policies,
    metadata: token.metadata ?? undefined,
    ttl: secondsLeft(token, now),
    renewable: token.renewable,
    orphan: token.parent === null,
    usesLeft: token.usesLeft,
    entityId: token.entityId,
    identityPolicies: [],
    binding: token.binding?.kind,
  };
}
