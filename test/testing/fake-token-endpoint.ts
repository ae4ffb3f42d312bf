import { type KeyObject, randomBytes } from 'node:crypto';
import { jwtVerify } from 'jose';
import type { Network, OutgoingAnswer, OutgoingRequest } from '../../src/foundation/ports.ts';

/** One vendor's token endpoint as its documentation describes it. */
interface Documented {
  readonly url: string;
  readonly contentType: 'application/json' | 'application/x-www-form-urlencoded';
  readonly headers?: Readonly<Record<string, string>>;
  /** Where the workload's token stands. */
  readonly token: 'subject_token' | 'assertion' | 'client_assertion';
  /** What must be said exactly like this. */
  readonly fixed: Readonly<Record<string, string>>;
  readonly required: readonly string[];
  readonly optional: readonly string[];
  /** The only audience that it takes, where there is one. */
  readonly audience?: string;
  /** Besides `access_token`. */
  readonly answer: Readonly<Record<string, unknown>>;
  refusal(what: string): { readonly status: number; readonly json: unknown };
}

const FORM = 'application/x-www-form-urlencoded';
const TYPE = 'urn:ietf:params:oauth:token-type:';
const EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';
const BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const issued = { issued_token_type: `${TYPE}access_token`, token_type: 'Bearer' };
const oauthRefusal = (what: string) => ({ status: 400, json: { error: 'invalid_grant', error_description: what } });

export const documented: Readonly<Record<string, Documented>> = {
  // https://developers.openai.com/api/reference/workload-identity-federation
  openai: {
    url: 'https://auth.openai.com/oauth/token',
    contentType: 'application/json',
    token: 'subject_token',
    fixed: { grant_type: EXCHANGE, subject_token_type: `${TYPE}jwt` },
    required: ['identity_provider_id', 'service_account_id'],
    optional: [],
    answer: { ...issued, expires_in: 3600 },
    refusal: (what) => ({
      status: 401,
      json: { error: { type: 'invalid_request_error', code: 'invalid_subject', message: what } },
    }),
  },
  // https://platform.claude.com/docs/en/manage-claude/wif-reference
  anthropic: {
    url: 'https://api.anthropic.com/v1/oauth/token',
    contentType: 'application/json',
    headers: { 'anthropic-beta': 'oauth-2025-04-20,oidc-federation-2026-04-01' },
    token: 'assertion',
    fixed: { grant_type: BEARER },
    required: ['federation_rule_id', 'organization_id', 'service_account_id'],
    optional: ['workspace_id'],
    answer: { token_type: 'Bearer', expires_in: 3600, scope: 'workspace:developer' },
    refusal: oauthRefusal,
  },
  // https://huggingface.co/docs/hub/trusted-publishers
  huggingface: {
    url: 'https://huggingface.co/oauth/token',
    contentType: 'application/json',
    token: 'subject_token',
    fixed: { grant_type: EXCHANGE, subject_token_type: `${TYPE}id_token` },
    required: ['resource'],
    optional: [],
    audience: 'https://huggingface.co',
    answer: { token_type: 'bearer', expires_in: 3600, issued_token_type: `${TYPE}access_token` },
    refusal: oauthRefusal,
  },
  // https://docs.wandb.ai/platform/hosting/iam/identity_federation
  wandb: {
    url: 'https://api.wandb.ai/oidc/token',
    contentType: FORM,
    token: 'assertion',
    fixed: { grant_type: BEARER },
    required: [],
    optional: [],
    answer: { token_type: 'Bearer', expires_in: 3600 },
    refusal: oauthRefusal,
  },
  // https://openrouter.ai/docs/api/api-reference/oauth/exchange-a-workload-identity-token
  openrouter: {
    url: 'https://openrouter.ai/api/v1/oauth/token',
    contentType: FORM,
    token: 'subject_token',
    fixed: { grant_type: EXCHANGE, subject_token_type: `${TYPE}jwt` },
    required: [],
    optional: ['federation_policy_id'],
    answer: { ...issued, expires_in: 900 },
    refusal: oauthRefusal,
  },
  // https://cloud.google.com/iam/docs/reference/sts/rest/v1/TopLevel/token
  gcp: {
    url: 'https://sts.googleapis.com/v1/token',
    contentType: FORM,
    token: 'subject_token',
    fixed: { grant_type: EXCHANGE, subject_token_type: `${TYPE}jwt`, requested_token_type: `${TYPE}access_token` },
    required: ['audience', 'scope'],
    optional: ['options'],
    answer: { ...issued, expires_in: 3599 },
    refusal: oauthRefusal,
  },
  // https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow
  azure: {
    url: 'https://login.microsoftonline.com/tenant/oauth2/v2.0/token',
    contentType: FORM,
    token: 'client_assertion',
    fixed: {
      grant_type: 'client_credentials',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    },
    required: ['client_id', 'scope'],
    optional: [],
    audience: 'api://AzureADTokenExchange',
    answer: { token_type: 'Bearer', expires_in: 3599, ext_expires_in: 3599 },
    refusal: (what) => ({ status: 401, json: { error: 'invalid_client', error_description: what, error_codes: [700016] } }),
  },
  // https://docs.databricks.com/aws/dev-tools/auth/oauth-federation-exchange
  databricks: {
    url: 'https://dbc.cloud.databricks.com/oidc/v1/token',
    contentType: FORM,
    token: 'subject_token',
    fixed: { grant_type: EXCHANGE, subject_token_type: `${TYPE}jwt` },
    required: ['scope'],
    optional: ['client_id'],
    answer: { token_type: 'Bearer', expires_in: 3600, scope: 'all-apis' },
    refusal: oauthRefusal,
  },
};

const IMPERSONATION =
  /^https:\/\/iamcredentials\.googleapis\.com\/v1\/projects\/-\/serviceAccounts\/([^/]+):generateAccessToken$/;

/**
 * In the place of the vendors' token endpoints: takes the request form that each of them documents and no other, verifies the
 * workload's token, and answers with the documented JSON. A fake: whom it trusts, and for what, is nothing that it decides.
 */
export class FakeTokenEndpoint implements Network {
  readonly asked: { readonly vendor: string; readonly parameters: Readonly<Record<string, string>> }[] = [];
  readonly requests: OutgoingRequest[] = [];
  /** Access tokens that it gave, in order. */
  readonly given: string[] = [];
  /** Taken one after the other instead of true answers. */
  readonly instead: (() => OutgoingAnswer | Promise<OutgoingAnswer>)[] = [];
  readonly #key: KeyObject;

  /** @param key that workloads' tokens are verified by */
  constructor(key: KeyObject) {
    this.#key = key;
  }

  async request(request: OutgoingRequest): Promise<OutgoingAnswer> {
    this.requests.push(request);
    const instead = this.instead.shift();
    if (instead !== undefined) return instead();
    const account = IMPERSONATION.exec(request.url)?.[1];
    if (account !== undefined) return this.#impersonate(request);
    const [vendor, form] = Object.entries(documented).find(([, { url }]) => url === request.url) ?? [];
    if (vendor === undefined || form === undefined) return json(404, { message: 'not found' });
    const parameters = parametersOf(request, form);
    const token = parameters[form.token] ?? '';
    const fault = formFault(request, form, parameters) ?? (await this.#tokenFault(token, form));
    // Some repeat what they were shown.
    if (fault !== undefined) {
      const { status, json: said } = form.refusal(`${fault}: ${token}`);
      return json(status, said);
    }
    this.asked.push({ vendor, parameters });
    return json(200, { access_token: this.#give(), ...form.answer });
  }

  #give(): string {
    const token = `given-${randomBytes(24).toString('hex')}`;
    this.given.push(token);
    return token;
  }

  async #tokenFault(token: string, { audience }: Documented): Promise<string | undefined> {
    try {
      await jwtVerify(token, this.#key, audience === undefined ? {} : { audience });
      return undefined;
    } catch {
      return 'the token is not believed';
    }
  }

  #impersonate({ headers, body, method }: OutgoingRequest): OutgoingAnswer {
    const { scope, lifetime, ...more } = JSON.parse(String(body)) as Record<string, unknown>;
    const good =
      method === 'POST' && headers?.['authorization'] === `Bearer ${this.given.at(-1)}` && Object.keys(more).length === 0;
    const seconds = /^(\d+)s$/.exec(String(lifetime))?.[1];
    if (!good || !Array.isArray(scope) || seconds === undefined || Number(seconds) > 3600) {
      return json(403, { error: { code: 403, status: 'PERMISSION_DENIED', message: 'iam.serviceAccounts.getAccessToken' } });
    }
    this.asked.push({ vendor: 'gcp-impersonation', parameters: { scope: scope.join(' '), lifetime: String(lifetime) } });
    return json(200, { accessToken: this.#give(), expireTime: new Date(Date.now() + Number(seconds) * 1000).toISOString() });
  }
}

export const json = (status: number, body: unknown): OutgoingAnswer => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: Buffer.from(JSON.stringify(body)),
});

function parametersOf({ body }: OutgoingRequest, { contentType }: Documented): Record<string, string> {
  const text = String(body ?? '');
  try {
    return contentType === FORM ? Object.fromEntries(new URLSearchParams(text)) : JSON.parse(text);
  } catch {
    return {};
  }
}

function formFault(
  { method, headers = {} }: OutgoingRequest,
  { contentType, headers: needed = {}, token, fixed, required, optional }: Documented,
  parameters: Readonly<Record<string, string>>,
): string | undefined {
  if (method !== 'POST' || headers['content-type'] !== contentType) return `not a POST of ${contentType}`;
  for (const [name, value] of Object.entries(needed)) if (headers[name] !== value) return `the header ${name} is missing`;
  for (const [name, value] of Object.entries(fixed)) if (parameters[name] !== value) return `${name} is not ${value}`;
  const missing = [token, ...required].find((name) => !parameters[name]);
  if (missing !== undefined) return `${missing} is missing`;
  const known = new Set([token, ...Object.keys(fixed), ...required, ...optional]);
  const unknown = Object.keys(parameters).find((name) => !known.has(name));
  return unknown === undefined ? undefined : `${unknown} is not known`;
}
