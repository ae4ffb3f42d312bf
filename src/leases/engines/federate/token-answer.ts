import { isJsonObject } from '../../../foundation/exact-json.ts';
import { Secret } from '../../../foundation/secret.ts';

/** A token as its endpoint gave it. */
export interface AccessToken {
  readonly token: Secret;
  /** Seconds for which it is good from now on. */
  readonly expiresIn: number;
  /** As the endpoint says it; empty where it says nothing. */
  readonly scope: string;
}

/** Longer ones could not be sent in a header anyway. */
const LONGEST = 16 * 1024;

/**
 * The token in a successful answer (RFC 6749 § 5.1); what is wrong with it otherwise. It must be one that whoever has it may use, and say
 * when it ends. A token to refresh it by is not looked at, so nobody has it.
 */
export function tokenIn(json: unknown): AccessToken | string {
  if (!isJsonObject(json)) return 'the answer is no JSON object';
  const { access_token: token, token_type: type, expires_in: seconds, scope } = json;
  if (typeof token !== 'string' || token.length > LONGEST || !/^[\x21-\x7e]+$/.test(token)) return 'the answer holds no token';
  if (typeof type !== 'string' || type.toLowerCase() !== 'bearer') return 'the token is of a type that needs more than itself';
  const expiresIn = typeof seconds === 'string' && /^\d{1,9}$/.test(seconds) ? Number(seconds) : seconds;
  if (typeof expiresIn !== 'number' || !(expiresIn >= 1)) return 'the answer does not say when the token ends';
  return {
    token: Secret.fromText(token),
    expiresIn: Math.floor(expiresIn),
    scope: typeof scope === 'string' ? scope.replace(/[^ -~]+/g, ' ').slice(0, 4096) : '',
  };
}

/** What the endpoint says that was wrong (RFC 6749 § 5.2), or what vendors say instead; undefined where it is no such answer. */
export function faultIn(json: unknown): string | undefined {
  if (!isJsonObject(json)) return undefined;
  const { error, error_description: description, message } = json;
  if (isJsonObject(error)) {
    const words = [error['type'], error['code'], error['status'], error['message']];
    return words.filter((word) => typeof word === 'string').join(': ') || undefined;
  }
  if (typeof error !== 'string') return undefined;
  const more = [description, message].find((word) => typeof word === 'string');
  return more === undefined ? error : `${error}: ${more}`;
}
