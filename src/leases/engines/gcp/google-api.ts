import { z } from 'zod';
import type { Clock } from '../../../foundation/ports.ts';
import { Secret } from '../../../foundation/secret.ts';
import { type EngineDependencies, type TargetCall, TargetError } from '../engine.ts';
import { signedJwt } from '../signing-key.ts';
import { refusalOf, type VendorAnswer, VendorApi, VendorRefusal, type VendorRequest } from '../vendor-api.ts';
import { endpointsOf, type GcpConnection } from './connection.ts';
import { type ServiceAccountKey, serviceAccountKeyIn } from './service-account-key.ts';

/** No more than it takes to ask for the tokens of others. */
const IAM = 'https://www.googleapis.com/auth/iam';
const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token';
/** Seconds: a signed statement, and the token that is had for it. */
const HOUR = 3600;
/** Another one is asked for so long before the end of the last. */
const MARGIN_MS = 300_000;

const tokenText = z
  .string()
  .max(16_384)
  .regex(/^[!-~]+$/);
/** RFC 6749, section 5.1; RFC 8693, section 2.2.1. */
const grantSchema = z.object({
  access_token: tokenText,
  token_type: z.string().regex(/^bearer$/i),
  expires_in: z.int().min(0).optional(),
});
const generatedSchema = z.object({ accessToken: tokenText, expireTime: z.iso.datetime({ offset: true }) });
const failureSchema = z.union([
  z
    .object({ error: z.object({ status: z.string().optional(), message: z.string() }) })
    .transform(({ error }) => `${error.status ?? ''} ${error.message}`),
  z
    .object({ error: z.string(), error_description: z.string().optional() })
    .transform(({ error, error_description }) => `${error} ${error_description ?? ''}`),
]);

export interface AccessToken {
  readonly token: Secret;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

/** Three services of Google, asked as one service account. */
export class GoogleApi {
  readonly #api: VendorApi;
  readonly #clock: Clock;
  readonly #endpoints: ReturnType<typeof endpointsOf>;
  readonly #key: ServiceAccountKey | undefined;
  /** Of the configured account, for as long as it is good. */
  #own: AccessToken | undefined;

  constructor(connection: GcpConnection, { network, clock }: EngineDependencies) {
    this.#api = new VendorApi(network, connection);
    this.#clock = clock;
    this.#endpoints = endpointsOf(connection);
    this.#key = connection.credentials === undefined ? undefined : serviceAccountKeyIn(connection.credentials);
  }

  /** The configured account. */
  get email(): string {
    return this.#key?.email ?? '';
  }

  /** Whether its key is good. @throws TargetError `refused` where it is not */
  async checkKey(call: TargetCall): Promise<void> {
    await this.#signIn(call);
  }

  /**
   * A token of a service account.
   * Source: https://cloud.google.com/iam/docs/reference/credentials/rest/v1/projects.serviceAccounts/generateAccessToken
   * @throws TargetError
   */
  async generate(
    { email, scopes, seconds }: { email: string; scopes: readonly string[]; seconds: number },
    call: TargetCall,
  ): Promise<AccessToken> {
    const request = async (): Promise<VendorRequest> => ({
      what: `a token of ${email}`,
      method: 'POST',
      url: `${this.#endpoints.iamCredentials}/projects/-/serviceAccounts/${encodeURIComponent(email)}:generateAccessToken`,
      bearer: (await this.#ownToken(call)).token,
      body: { scope: scopes, lifetime: `${seconds}s` },
      signal: call.signal,
      changes: true,
    });
    let asked = await request();
    let answer = await this.#api.ask(asked);
    if (answer.status === 401) {
      // The token was taken back, or its key is gone; with the next one there is no doubt.
      this.#own = undefined;
      asked = await request();
      answer = await this.#api.ask(asked);
    }
    const { accessToken, expireTime } = read(generatedSchema, answer, asked);
    return { token: Secret.fromText(accessToken), expiresAt: Date.parse(expireTime) };
  }

  /**
   * A token that does less.
   * Source: https://cloud.google.com/iam/docs/reference/sts/rest/v1/TopLevel/token
   * @param boundary of {@link boundaryOf} @throws TargetError
   */
  async narrow({ token, expiresAt }: AccessToken, boundary: string, { signal }: TargetCall): Promise<AccessToken> {
    const body = new URLSearchParams({
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      subject_token_type: ACCESS_TOKEN,
      requested_token_type: ACCESS_TOKEN,
      subject_token: token.text,
      options: boundary,
    });
    const request: VendorRequest = {
      what: 'a token for a part of a bucket',
      method: 'POST',
      url: this.#endpoints.exchange,
      body,
      secrets: [token],
      signal,
      changes: true,
    };
    const asked = this.#clock.now();
    const granted = read(grantSchema, await this.#api.ask(request), request);
    // It says nothing of its end where that is the end of the first one.
    const end = granted.expires_in === undefined ? expiresAt : asked + granted.expires_in * 1000;
    return { token: Secret.fromText(granted.access_token), expiresAt: Math.min(end, expiresAt) };
  }

  async #ownToken(call: TargetCall): Promise<AccessToken> {
    const known = this.#own;
    if (known !== undefined && known.expiresAt - MARGIN_MS > this.#clock.now()) return known;
    this.#own = await this.#signIn(call);
    return this.#own;
  }

  /** RFC 7523, section 2.1. Source: https://developers.google.com/identity/protocols/oauth2/service-account */
  async #signIn({ signal }: TargetCall): Promise<AccessToken> {
    if (this.#key === undefined) throw new TargetError('refused', 'credentials holds no key');
    const { email, key, keyId } = this.#key;
    const { token: url } = this.#endpoints;
    const asked = this.#clock.now();
    const iat = Math.floor(asked / 1000);
    const assertion = await signedJwt(key, { iss: email, scope: IAM, aud: url, iat, exp: iat + HOUR }, keyId);
    const body = new URLSearchParams({ grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion: assertion.text });
    const what = `the configured account, ${email}`;
    const request: VendorRequest = { what, method: 'POST', url, body, signal, changes: false };
    const granted = read(grantSchema, await this.#api.ask(request), request);
    return { token: Secret.fromText(granted.access_token), expiresAt: asked + (granted.expires_in ?? 0) * 1000 };
  }
}

function read<Answer>(schema: z.ZodType<Answer>, answer: VendorAnswer, request: VendorRequest): Answer {
  if (answer.status !== 200) {
    const failure = failureSchema.safeParse(answer.json);
    throw refusalOf(request, answer, failure.success ? failure.data : '');
  }
  const good = schema.safeParse(answer.json);
  if (!good.success) throw new VendorRefusal(`${request.what}: the answer is none of Google's`, answer.status);
  return good.data;
}
