import type { JsonObject } from '../../foundation/exact-json.ts';
import { refusedLogin } from '../login-refusal.ts';

/** What a role demands of a token. Times are seconds. */
export interface TokenRules {
  /** Never empty: a token that is meant for nobody in particular lets nobody in. */
  readonly audiences: readonly string[];
  /** `any` (by default): one of the token's audiences must be the role's. `only`: all of them must. */
  readonly audienceMode?: 'any' | 'only' | undefined;
  /** Since `iat`. */
  readonly maxAge?: number | undefined;
  /** From `iat` to `exp`; by default a day. Without `iat`: from `nbf`, or from now. */
  readonly maxLifetime?: number | undefined;
  /** By how much clocks may differ; by default 60. */
  readonly skew?: number | undefined;
  /** `absent` for tokens that need not say who issued them (SPIFFE); by default `required`. Where both name one, they must agree. */
  readonly issuerClaim?: 'required' | 'absent' | undefined;
  /** Accepted `typ`s in lower case without `application/`, `` for none; by default `jwt` or none. */
  readonly types?: readonly string[] | undefined;
  /** True by default. */
  readonly requireIat?: boolean | undefined;
}

const defaultMaxLifetime = 24 * 60 * 60;
const defaultSkew = 60;
const defaultTypes: readonly string[] = ['', 'jwt'];
const MOST_AUDIENCES = 64;
const LONGEST_NAME = 2048;

/** The registered claims (RFC 7519 § 4.1), of the form that they must have. Times are seconds since the epoch. */
export interface RegisteredClaims {
  readonly issuer: string | undefined;
  readonly subject: string;
  readonly audiences: readonly string[];
  readonly issuedAt: number | undefined;
  readonly notBefore: number | undefined;
  readonly expiresAt: number;
  readonly id: string | undefined;
}

/** @throws WatchwordError `login.refused` */
export function readRegisteredClaims(claims: JsonObject): RegisteredClaims {
  const expiresAt = timeClaim(claims, 'exp');
  const subject = nameClaim(claims, 'sub');
  if (expiresAt === undefined || subject === undefined) throw refusedLogin('jwt.claims-missing');
  const issuedAt = timeClaim(claims, 'iat');
  if (issuedAt !== undefined && issuedAt > expiresAt) throw refusedLogin('jwt.claims-malformed');
  return {
    issuer: nameClaim(claims, 'iss'),
    subject,
    audiences: readAudiences(own(claims, 'aud')),
    issuedAt,
    notBefore: timeClaim(claims, 'nbf'),
    expiresAt,
    id: nameClaim(claims, 'jti'),
  };
}

/** @throws WatchwordError `login.refused` */
export function checkType(type: string, { types = defaultTypes }: TokenRules): void {
  if (!types.includes(type)) throw refusedLogin('jwt.type');
}

/** Texts are the same only if every code unit is: no case folding, no Unicode normal forms. @throws WatchwordError `login.refused` */
export function checkIssuer({ issuer }: RegisteredClaims, configured: string, { issuerClaim = 'required' }: TokenRules): void {
  if (issuerClaim === 'required' && issuer === undefined) throw refusedLogin('jwt.claims-missing');
  // An issuer without name is known by its keys alone: what its tokens say of it may be anything.
  const anonymous = configured === '' && issuerClaim === 'absent';
  if (issuer !== undefined && issuer !== configured && !anonymous) throw refusedLogin('jwt.issuer');
}

/** @throws WatchwordError `login.refused` */
export function checkAudiences({ audiences }: RegisteredClaims, { audiences: accepted, audienceMode = 'any' }: TokenRules): void {
  if (!audiences.some((audience) => accepted.includes(audience))) throw refusedLogin('jwt.audience');
  if (audienceMode === 'only' && !audiences.every((audience) => accepted.includes(audience))) {
    throw refusedLogin('jwt.audience-further');
  }
}

/** @param now seconds since the epoch, with fractions. @throws WatchwordError `login.refused` */
export function checkTimes({ issuedAt, notBefore, expiresAt }: RegisteredClaims, rules: TokenRules, now: number): void {
  const { skew = defaultSkew, maxAge, maxLifetime = defaultMaxLifetime, requireIat = true } = rules;
  if (issuedAt === undefined && (requireIat || maxAge !== undefined)) throw refusedLogin('jwt.claims-missing');
  if (now >= expiresAt + skew) throw refusedLogin('jwt.expired');
  if (Math.max(issuedAt ?? 0, notBefore ?? 0) > now + skew) throw refusedLogin('jwt.not-yet-valid');
  if (expiresAt - (issuedAt ?? notBefore ?? now) > maxLifetime) throw refusedLogin('jwt.lifetime');
  if (maxAge !== undefined && issuedAt !== undefined && now - issuedAt > maxAge + skew) throw refusedLogin('jwt.too-old');
}

const own = (claims: JsonObject, name: string): unknown => (Object.hasOwn(claims, name) ? claims[name] : undefined);

/** Whole seconds that JavaScript holds exactly, written as digits. */
function timeClaim(claims: JsonObject, name: string): number | undefined {
  const value = own(claims, name);
  if (value === undefined) return undefined;
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) {
    throw refusedLogin('jwt.claims-malformed');
  }
  return value;
}

function nameClaim(claims: JsonObject, name: string): string | undefined {
  const value = own(claims, name);
  if (value === undefined || isName(value)) return value;
  throw refusedLogin('jwt.claims-malformed');
}

/** Not empty, and without control characters, which would let one name look like another wherever it is shown. */
const isName = (value: unknown): value is string =>
  typeof value === 'string' && value.length > 0 && value.length <= LONGEST_NAME && /^\P{Cc}+$/u.test(value);

function readAudiences(value: unknown): readonly string[] {
  const audiences: readonly unknown[] = Array.isArray(value) ? value : value === undefined ? [] : [value];
  if (audiences.length === 0 || value === '') throw refusedLogin('jwt.audience-missing');
  if (audiences.length > MOST_AUDIENCES || !audiences.every(isName)) throw refusedLogin('jwt.claims-malformed');
  return audiences;
}
