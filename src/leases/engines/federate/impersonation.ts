import { isJsonObject } from '../../../foundation/exact-json.ts';
import { Secret } from '../../../foundation/secret.ts';
import type { VendorRequest } from '../vendor-api.ts';
import type { AccessToken } from './token-answer.ts';

/** A token of a service account, asked for with a token of somebody who may have it. */
export interface Impersonation {
  /** Of the preset, with `{account}` in it. */
  readonly url: string;
  readonly account: string;
  readonly scope: string;
  /** Seconds that it may last; the longest that everybody gets is an hour. */
  readonly lifetime: number;
}

const LONGEST_SECONDS = 3600;

/** https://cloud.google.com/iam/docs/reference/credentials/rest/v1/projects.serviceAccounts/generateAccessToken */
export function impersonationRequest(
  { url, account, scope, lifetime }: Impersonation,
  first: AccessToken,
  signal: AbortSignal,
): VendorRequest {
  return {
    what: `a token of ${account}`,
    method: 'POST',
    url: url.replace('{account}', encodeURIComponent(account)),
    bearer: first.token,
    body: { scope: scope.split(' '), lifetime: `${Math.max(1, Math.min(lifetime, LONGEST_SECONDS))}s` },
    signal,
    changes: true,
  };
}

/** @param now milliseconds since the epoch */
export function impersonatedToken(json: unknown, scope: string, now: number): AccessToken | string {
  if (!isJsonObject(json)) return 'the answer is no JSON object';
  const { accessToken, expireTime } = json;
  if (typeof accessToken !== 'string' || !/^[\x21-\x7e]{1,16384}$/.test(accessToken)) return 'the answer holds no token';
  const end = typeof expireTime === 'string' ? Date.parse(expireTime) : Number.NaN;
  if (!(end > now)) return 'the answer does not say when the token ends';
  return { token: Secret.fromText(accessToken), expiresIn: Math.floor((end - now) / 1000), scope };
}
