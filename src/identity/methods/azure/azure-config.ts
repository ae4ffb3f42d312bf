import { z } from 'zod';
import { secretSchema } from '../../../foundation/bounds.ts';
import type { Secret } from '../../../foundation/secret.ts';
import { checkIssuerSettings, type IssuerSettings, type KeyLocation } from '../../jwt/issuer-settings.ts';
import { azurePlatform } from '../../platforms/index.ts';
import { invalidField } from '../invalid-field.ts';

/** The tenant of a mount. Empty texts are not set. */
export interface AzureConfig {
  readonly tenantId: string;
  /** The audience: whom managed identities ask their tokens for. */
  readonly resource: string;
  readonly environment: keyof typeof clouds;
  /** Never kept, neither of them: nothing is asked that needs them. */
  readonly clientId?: string | undefined;
  readonly clientSecret?: Secret | undefined;
  /** Instead of the environment's. */
  readonly issuer: string;
  readonly jwksUrl: string;
  readonly jwks: string;
  /** Whether the issuer may be at a private address, and speak plain HTTP. */
  readonly internal: boolean;
}

/** Where each of Azure's clouds publishes its keys, and what its tokens of version 1 say of themselves. */
const clouds = {
  AzurePublicCloud: { login: 'https://login.microsoftonline.com', sts: 'https://sts.windows.net' },
  AzureUSGovernmentCloud: { login: 'https://login.microsoftonline.us', sts: 'https://sts.windows.net' },
  AzureChinaCloud: { login: 'https://login.partner.microsoftonline.cn', sts: 'https://sts.chinacloudapi.cn' },
} as const;

const url = z.string().max(2048);

export const azureConfigFields = {
  tenantId: z.string().regex(/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, 'must be the id of a tenant, in lower case'),
  resource: z.string().max(1024),
  environment: z.enum(Object.keys(clouds) as (keyof typeof clouds)[]),
  clientId: z.string().max(256),
  clientSecret: secretSchema,
  issuer: z.string().max(1024),
  jwksUrl: url,
  jwks: z.string().max(256 * 1024),
  internal: z.boolean(),
};

export const newAzureConfig: AzureConfig = {
  tenantId: '',
  resource: '',
  environment: 'AzurePublicCloud',
  issuer: '',
  jwksUrl: '',
  jwks: '',
  internal: false,
};

/** @throws WatchwordError `login.invalid` */
export function checkedAzureConfig(
  { clientId, clientSecret, ...config }: AzureConfig,
  { warn }: { warn(message: string): void },
): AzureConfig {
  const missing = (['tenantId', 'resource'] as const).find((name) => config[name] === '');
  if (missing !== undefined) invalidField(missing, 'must be set');
  if (clientSecret !== undefined) {
    warn('client_secret was thrown away: logins need none, and what is not kept cannot leak; delete it in Azure');
  } else if (clientId) warn('client_id was not kept: nothing is asked of Azure that needs it');
  for (const settings of azureIssuers(config)) checkIssuerSettings(settings);
  return config;
}

const settings = new WeakMap<AzureConfig, readonly [IssuerSettings, ...IssuerSettings[]]>();

/** The tenant issues tokens of two versions, by two names. The same objects for the same configuration. */
export function azureIssuers(config: AzureConfig): readonly [IssuerSettings, ...IssuerSettings[]] {
  const known = settings.get(config);
  if (known !== undefined) return known;
  const { login, sts } = clouds[config.environment];
  const tenant = `${login}/${config.tenantId}`;
  const made: readonly [IssuerSettings, ...IssuerSettings[]] =
    config.issuer === ''
      ? [settingsFor(config, `${sts}/${config.tenantId}/`, tenant), settingsFor(config, `${tenant}/v2.0`, `${tenant}/v2.0`)]
      : [settingsFor(config, config.issuer, config.issuer)];
  settings.set(config, made);
  return made;
}

function settingsFor({ jwks, jwksUrl, internal }: AzureConfig, issuer: string, discovery: string): IssuerSettings {
  return { issuer, keys: keysOf(jwks, jwksUrl, discovery), algorithms: azurePlatform.algorithms, internal };
}

function keysOf(jwks: string, jwksUrl: string, discovery: string): KeyLocation {
  if (jwks !== '') return { from: 'static', jwks };
  return jwksUrl === '' ? { from: 'discovery', url: discovery } : { from: 'jwks', url: jwksUrl };
}
