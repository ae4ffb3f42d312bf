import { isRawNumber, type JsonObject } from '../../foundation/exact-json.ts';
import { claimAt } from '../jwt/bound-claims.ts';
import type { VerifiedToken } from '../jwt/jwt-verifier.ts';
import { refusedLogin } from '../login-refusal.ts';
import type { Workload } from '../logins/workload.ts';
import type { Platform } from './platform.ts';

const LONGEST_CLAIM = 2048;

/** What a verified token says in the words of its platform. */
export interface PlatformIdentity extends Omit<Workload, 'method'> {
  /** The ids alone, without their issuer: what names the workload within one mount. */
  readonly localId: string;
  /** `sub`, and other texts that mean the same. */
  readonly subjects: readonly string[];
}

type Verified = Pick<VerifiedToken, 'claims' | 'issuer' | 'subject' | 'audiences'>;

/**
 * @param trustDomain of the mount's settings, empty where there is none
 * @throws WatchwordError `login.refused` with a reason of `platformReasons`
 */
export function platformIdentity(platform: Platform, token: Verified, trustDomain = ''): PlatformIdentity {
  const { claims, issuer, subject, audiences } = token;
  const { refusedAudiences = [], ofPeople = [] } = platform;
  if (audiences.some((audience) => refusedAudiences.includes(audience))) throw refusedLogin('platform.audience');
  if (ofPeople.some((name) => claimAt(claims, name) !== undefined)) throw refusedLogin('platform.person');
  for (const name of platform.required) requiredText(claims, name);
  const { claims: further = {}, cluster, region, subjects = [] } = platform.interpret?.(claims, { issuer, trustDomain }) ?? {};
  const localId = localIdOf(platform, claims);
  return {
    subject: platform.withoutIssuer === true ? localId : `${issuer}#${localId}`,
    localId,
    displayName: claimText(claims, platform.displayName) ?? localId,
    claims: { ...plainClaims(platform.claims, claims), ...further },
    cluster,
    region,
    subjects: [subject, ...subjects],
  };
}

/** One id as it is; of several, each so that no other ids give the same text. */
function localIdOf({ subject }: Platform, claims: JsonObject): string {
  const ids = subject.map((name) => requiredText(claims, name));
  return ids.length === 1 ? (ids[0] ?? '') : ids.map(encodeURIComponent).join('/');
}

function plainClaims(wanted: Readonly<Record<string, string>>, claims: JsonObject): Record<string, string> {
  const found: Record<string, string> = {};
  for (const [name, claim] of Object.entries(wanted)) {
    const text = claimText(claims, claim);
    if (text !== undefined) found[name] = text;
  }
  return found;
}

/** @throws WatchwordError `login.refused` */
export function requiredText(claims: JsonObject, name: string): string {
  const text = claimText(claims, name);
  if (text === undefined) throw refusedLogin('platform.claim');
  return text;
}

/** A text, number or boolean as text; undefined for everything else, and for what is empty, very long or holds control characters. */
export function claimText(claims: JsonObject, name: string): string | undefined {
  const value = claimAt(claims, name);
  if (typeof value === 'number' || typeof value === 'boolean' || isRawNumber(value)) return JSON.stringify(value);
  const plain = typeof value === 'string' && value !== '' && value.length <= LONGEST_CLAIM && /^\P{C}+$/u.test(value);
  return plain ? value : undefined;
}

/**
 * A job that an outsider's pull request started runs what the outsider wrote. Only a role that binds the event's claim to this
 * very event admits it.
 * @throws WatchwordError `login.refused`
 */
export function refuseOutsiders(
  { outsiders }: Platform,
  claims: JsonObject,
  boundClaims: Readonly<Record<string, readonly string[]>>,
): void {
  if (outsiders === undefined) return;
  const event = claimText(claims, outsiders.claim) ?? '';
  const accepted = Object.hasOwn(boundClaims, outsiders.claim) ? (boundClaims[outsiders.claim] ?? []) : [];
  if (outsiders.events.includes(event) && !accepted.includes(event)) throw refusedLogin('platform.event');
}
