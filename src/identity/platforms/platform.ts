import type { JsonObject } from '../../foundation/exact-json.ts';

/** A platform that signs tokens for its workloads: what is peculiar to them, as data. One file each, one line in the index. */
export interface Platform {
  /** `github`; the `platform` of a mount's settings. */
  readonly kind: string;
  /** One line for lists. */
  readonly summary: string;
  /** `outside`: on machines of somebody else, reached over the internet. */
  readonly runs: 'inside' | 'outside';
  /** `iss` where everybody's tokens have the same one. */
  readonly issuer?: string;
  /** What the issuer looks like, from beginning to end, unless it is marked as internal. Absent: like anything. */
  readonly issuerForm?: RegExp;
  /** The tokens name no issuer, and are known by their keys alone. */
  readonly withoutIssuer?: true;
  /** `iat` may be missing. */
  readonly withoutIssueTime?: true;
  /** Seconds from `iat` to `exp` of the longest that the platform makes; a day when absent. */
  readonly lifetime?: number;
  /** Signature algorithms, where the settings name none. */
  readonly algorithms: readonly string[];
  /** Accepted `typ`s in lower case; `jwt` or none when absent. */
  readonly types?: readonly string[];
  /**
   * Claims whose values together are one workload and never another's: ids where the platform has them, not names that can be
   * taken over. All claims are named as `claimAt` takes them.
   */
  readonly subject: readonly string[];
  readonly displayName: string;
  /** What policies can be templated on: name → claim. */
  readonly claims: Readonly<Record<string, string>>;
  /** What {@link interpret} adds to them: name → what it is. */
  readonly derived?: Readonly<Record<string, string>>;
  /** Claims without which a token is none of this platform's. */
  readonly required: readonly string[];
  /** Claims of tokens for people. */
  readonly ofPeople?: readonly string[];
  /** Audiences of other services: whoever serves those could log in here with what they are sent. */
  readonly refusedAudiences?: readonly string[];
  /** Audiences that tokens have when nobody asked for another: much else accepts them too. */
  readonly sharedAudiences?: RegExp;
  /** Events that outsiders can cause: refused unless the role binds the claim to the event's own name. */
  readonly outsiders?: { readonly claim: string; readonly events: readonly string[] };
  /** Claims whose values users of the platform choose. */
  readonly userControlled: readonly string[];
  /** What data cannot say: whether the claims agree with each other, and what follows from them. @throws WatchwordError `login.refused` */
  readonly interpret?: (claims: JsonObject, about: AboutToken) => Interpretation;
  readonly examples: PlatformExamples;
}

export interface AboutToken {
  readonly issuer: string;
  /** Of the settings; empty for all platforms but SPIFFE. */
  readonly trustDomain: string;
}

export interface Interpretation {
  /** Besides those of the profile. */
  readonly claims?: Readonly<Record<string, string>>;
  readonly cluster?: string | undefined;
  readonly region?: string | undefined;
  /** Other texts that mean the same as `sub`, for roles that are bound to it. */
  readonly subjects?: readonly string[];
}

/** Claims as the platform makes them, without `iss`, `aud`, `iat` and `exp`. The suite logs in with each. */
export interface PlatformExamples {
  /** Where there is none for everybody. */
  readonly issuer?: string;
  readonly accepted: JsonObject;
  readonly subject: string;
  readonly refused: readonly RefusedExample[];
}

export interface RefusedExample {
  readonly why: string;
  /** Instead of the accepted example's; undefined takes a claim away. */
  readonly change: Readonly<Record<string, unknown>>;
  readonly audience?: string;
  readonly reason: string;
}
