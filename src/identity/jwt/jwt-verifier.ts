import { compactVerify, errors } from 'jose';
import type { JsonObject } from '../../foundation/exact-json.ts';
import type { Clock } from '../../foundation/ports.ts';
import type { Secret } from '../../foundation/secret.ts';
import { refusedLogin } from '../login-refusal.ts';
import type { IssuerSettings } from './issuer-settings.ts';
import type { KeySets } from './key-sets.ts';
import { readToken, type UnverifiedToken } from './token-form.ts';
import { checkAudiences, checkIssuer, checkTimes, checkType, readRegisteredClaims, type TokenRules } from './token-rules.ts';
import type { VerificationKey } from './verification-key.ts';

/** A token that the configured issuer signed, for this audience, now. Times are milliseconds since the epoch. */
export interface VerifiedToken {
  /** As configured, which is what the token says too where it says it. */
  readonly issuer: string;
  readonly subject: string;
  readonly audiences: readonly string[];
  readonly issuedAt: number | undefined;
  readonly expiresAt: number;
  /** `jti` */
  readonly id: string | undefined;
  /** All claims; numbers that JavaScript would change are raw, see `parseExactJson`. */
  readonly claims: JsonObject;
  readonly kid: string | undefined;
}

export interface JwtVerifierDependencies {
  readonly keySets: KeySets;
  readonly clock: Clock;
}

/**
 * Verifies the JWTs of every platform. The keys come from the settings alone. What costs nothing is looked at first, the signature
 * last, so that a token that could not log in anyway makes nobody fetch keys.
 */
export class JwtVerifier {
  readonly #keySets: KeySets;
  readonly #clock: Clock;

  constructor({ keySets, clock }: JwtVerifierDependencies) {
    this.#keySets = keySets;
    this.#clock = clock;
  }

  /** @throws WatchwordError `login.refused` with a reason of `jwtReasons`; `login.unavailable` while keys are missing */
  async verify(token: Secret, settings: IssuerSettings, rules: TokenRules): Promise<VerifiedToken> {
    const unverified = readToken(token, settings.algorithms);
    const { claims, kid, algorithm, type } = unverified;
    checkType(type, rules);
    const registered = readRegisteredClaims(claims);
    checkIssuer(registered, settings.issuer, rules);
    checkAudiences(registered, rules);
    checkTimes(registered, rules, this.#clock.now() / 1000);
    await checkSignature(unverified, await this.#keySets.keysFor(settings).candidates({ algorithm, kid }));
    const { subject, audiences, issuedAt, expiresAt, id } = registered;
    return {
      issuer: settings.issuer,
      subject,
      audiences,
      issuedAt: issuedAt === undefined ? undefined : issuedAt * 1000,
      expiresAt: expiresAt * 1000,
      id,
      claims,
      kid,
    };
  }
}

async function checkSignature({ text, algorithm }: UnverifiedToken, candidates: readonly VerificationKey[]): Promise<void> {
  const algorithms = [algorithm];
  for (const { key } of candidates) {
    try {
      await compactVerify(text, key, { algorithms });
      return;
    } catch (error) {
      if (!(error instanceof errors.JOSEError)) throw error;
    }
  }
  throw refusedLogin('jwt.signature');
}
