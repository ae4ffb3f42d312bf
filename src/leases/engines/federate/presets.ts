/** How the workload's token is shown: RFC 8693 § 2.1, RFC 7523 § 2.1, RFC 7523 § 2.2 with the client credentials grant. */
export const grants = ['token-exchange', 'jwt-bearer', 'client-assertion'] as const;
export type Grant = (typeof grants)[number];

/** How one target's token endpoint is asked, by its own documentation. */
export interface FederationPreset {
  /** Where the target documents it. */
  readonly source: string;
  /** Empty where every customer has one of his own. */
  readonly tokenUrl: string;
  /** What the workload's token must be for; empty where the customer and the target agree on it. */
  readonly audience: string;
  readonly grant: Grant;
  readonly encoding: 'form' | 'json';
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent unless the connection or the role says otherwise. */
  readonly parameters?: Readonly<Record<string, string>>;
  readonly scope?: string;
  /** Parameters that the connection or the role must say. */
  readonly required: readonly string[];
  /** Seconds that its tokens live at most, where that is not the customer's to say. */
  readonly longest?: number;
  /** With the first token another one is asked for, of a service account. `{account}` is its address. */
  readonly impersonation?: string;
}

const JSON_RFC8693 = { grant: 'token-exchange', encoding: 'json' } as const;
const FORM_RFC8693 = { grant: 'token-exchange', encoding: 'form' } as const;
const TYPE = 'urn:ietf:params:oauth:token-type:';

const anthropic: FederationPreset = {
  source: 'https://platform.claude.com/docs/en/manage-claude/wif-reference',
  tokenUrl: 'https://api.anthropic.com/v1/oauth/token',
  audience: '',
  grant: 'jwt-bearer',
  encoding: 'json',
  headers: { 'anthropic-beta': 'oauth-2025-04-20,oidc-federation-2026-04-01' },
  required: ['federation_rule_id', 'organization_id', 'service_account_id'],
};

const azure: FederationPreset = {
  source: 'https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow',
  // https://login.microsoftonline.com/TENANT/oauth2/v2.0/token
  tokenUrl: '',
  audience: 'api://AzureADTokenExchange',
  grant: 'client-assertion',
  encoding: 'form',
  required: ['client_id', 'scope'],
  longest: 5400,
};

const databricks: FederationPreset = {
  source: 'https://docs.databricks.com/aws/dev-tools/auth/oauth-federation-exchange',
  // https://WORKSPACE/oidc/v1/token
  tokenUrl: '',
  audience: '',
  ...FORM_RFC8693,
  scope: 'all-apis',
  required: [],
};

const gcp: FederationPreset = {
  source: 'https://cloud.google.com/iam/docs/reference/sts/rest/v1/TopLevel/token',
  tokenUrl: 'https://sts.googleapis.com/v1/token',
  audience: '',
  ...FORM_RFC8693,
  parameters: { requested_token_type: `${TYPE}access_token` },
  scope: 'https://www.googleapis.com/auth/cloud-platform',
  required: ['audience'],
  longest: 3600,
  impersonation: 'https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/{account}:generateAccessToken',
};

const huggingface: FederationPreset = {
  source: 'https://huggingface.co/docs/hub/trusted-publishers',
  tokenUrl: 'https://huggingface.co/oauth/token',
  audience: 'https://huggingface.co',
  ...JSON_RFC8693,
  parameters: { subject_token_type: `${TYPE}id_token` },
  required: ['resource'],
  longest: 3600,
};

const openai: FederationPreset = {
  source: 'https://developers.openai.com/api/reference/workload-identity-federation',
  tokenUrl: 'https://auth.openai.com/oauth/token',
  audience: '',
  ...JSON_RFC8693,
  required: ['identity_provider_id', 'service_account_id'],
};

const openrouter: FederationPreset = {
  source: 'https://openrouter.ai/docs/guides/overview/auth/workload-identity-federation',
  tokenUrl: 'https://openrouter.ai/api/v1/oauth/token',
  audience: '',
  ...FORM_RFC8693,
  required: [],
  longest: 900,
};

const wandb: FederationPreset = {
  source: 'https://docs.wandb.ai/platform/hosting/iam/identity_federation',
  tokenUrl: 'https://api.wandb.ai/oidc/token',
  audience: '',
  grant: 'jwt-bearer',
  encoding: 'form',
  required: [],
};

/** By the name that a connection says. */
export const presets: Readonly<Record<string, FederationPreset>> = {
  anthropic,
  azure,
  databricks,
  gcp,
  huggingface,
  openai,
  openrouter,
  wandb,
};

/** Of a connection that says everything itself. */
export const CUSTOM = 'custom';
