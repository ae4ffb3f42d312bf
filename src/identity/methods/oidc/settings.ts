import { z } from 'zod';
import { nameSchema, secretSchema } from '../../../foundation/bounds.ts';
import { WatchwordError } from '../../../foundation/errors.ts';
import type { Secret } from '../../../foundation/secret.ts';
import { checkIssuerSettings, type IssuerSettings } from '../../jwt/issuer-settings.ts';
import { noTokenParameters, type TokenParameters, tokenParameterFields } from '../../logins/token-parameters.ts';

/** The provider that people log in at, and who we are to it. */
export interface OidcConfig {
  readonly discoveryUrl: string;
  /** PEM of the only authorities that are believed; the system's when empty. */
  readonly discoveryCaPem: string;
  /** As the tokens say it, where that is another text than the URL; empty otherwise. */
  readonly boundIssuer: string;
  readonly clientId: string;
  /** Absent for a public client, which PKCE alone protects. */
  readonly clientSecret?: Secret | undefined;
  readonly supportedAlgs: readonly string[];
  readonly defaultRole: string;
  /** Whether the provider may be at a private address, and speak plain HTTP. */
  readonly internal: boolean;
}

export const oidcConfigFields = {
  discoveryUrl: z.string().max(2048),
  discoveryCaPem: z.string().max(256 * 1024),
  boundIssuer: z.string().max(1024),
  clientId: z.string().max(512),
  clientSecret: secretSchema,
  supportedAlgs: z.array(z.string().max(16)).max(16),
  defaultRole: z.string().max(256),
  internal: z.boolean(),
};

export const newOidcConfig: OidcConfig = {
  discoveryUrl: '',
  discoveryCaPem: '',
  boundIssuer: '',
  clientId: '',
  supportedAlgs: [],
  defaultRole: '',
  internal: false,
};

export interface OidcRole extends TokenParameters {
  /** Exact; only the port of a loopback address may be another (RFC 8252 § 7.3). */
  readonly allowedRedirectUris: readonly string[];
  readonly scopes: readonly string[];
  /** Besides the client's own id. */
  readonly boundAudiences: readonly string[];
  readonly userClaim: string;
  readonly groupsClaim: string;
  readonly boundSubject: string;
  readonly boundClaims: Readonly<Record<string, readonly string[]>>;
  readonly boundClaimsType: 'string' | 'glob';
  /** Claims that are told with the token: claim → name. */
  readonly claimMappings: Readonly<Record<string, string>>;
  /** Seconds since the person proved himself to the provider; 0 = any. */
  readonly maxAge: number;
}

const texts = z.array(z.string().max(2048)).max(64);
export const oidcRoleFields = {
  ...tokenParameterFields,
  allowedRedirectUris: texts,
  scopes: z.array(z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]{1,256}$/, 'holds a scope that is none')).max(64),
  boundAudiences: texts,
  userClaim: nameSchema,
  groupsClaim: z.string().max(256),
  boundSubject: z.string().max(1024),
  boundClaims: z.record(nameSchema, texts),
  boundClaimsType: z.enum(['string', 'glob']),
  claimMappings: z.record(nameSchema, z.string().regex(/^[^.]{1,256}$/, 'maps to a name that is none')),
  maxAge: z.int().min(0).max(31_536_000),
};

export const newOidcRole: OidcRole = {
  ...noTokenParameters,
  allowedRedirectUris: [],
  scopes: [],
  boundAudiences: [],
  userClaim: 'sub',
  groupsClaim: '',
  boundSubject: '',
  boundClaims: {},
  boundClaimsType: 'string',
  claimMappings: {},
  maxAge: 0,
};

/** How the provider's ID tokens are verified. */
export function issuerOf({ discoveryUrl, boundIssuer, discoveryCaPem, supportedAlgs, internal }: OidcConfig): IssuerSettings {
  return {
    issuer: boundIssuer === '' ? discoveryUrl : boundIssuer,
    keys: { from: 'discovery', url: discoveryUrl },
    algorithms: supportedAlgs.length === 0 ? ['RS256', 'ES256', 'EdDSA'] : supportedAlgs,
    caPem: discoveryCaPem || undefined,
    internal,
  };
}

/** @throws WatchwordError `login.invalid` */
export function checkedOidcConfig(config: OidcConfig): OidcConfig {
  const missing = (['discoveryUrl', 'clientId'] as const).find((name) => config[name] === '');
  if (missing !== undefined) throw new WatchwordError('login.invalid', 'must be said', { where: missing });
  checkIssuerSettings(issuerOf(config));
  return config;
}

/** @throws WatchwordError `login.invalid` */
export function checkOidcRole({ allowedRedirectUris }: OidcRole): void {
  for (const text of allowedRedirectUris) {
    const url = URL.canParse(text) ? new URL(text) : undefined;
    const safe = url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback(url));
    if (url === undefined || !safe || url.hash !== '' || url.username !== '' || text.includes('*')) {
      throw new WatchwordError('login.invalid', 'a redirect goes to https, or to a loopback address', {
        where: 'allowed_redirect_uris',
      });
    }
  }
}

/** Whether the browser may be sent there: exactly what the role names, but for the port of a loopback address. */
export function mayRedirect({ allowedRedirectUris }: OidcRole, text: string): boolean {
  if (allowedRedirectUris.includes(text)) return true;
  if (!URL.canParse(text)) return false;
  const asked = new URL(text);
  if (!isLoopback(asked) || asked.protocol !== 'http:' || asked.href !== text) return false;
  return allowedRedirectUris.some((allowed) => {
    const url = new URL(allowed);
    url.port = asked.port;
    return isLoopback(url) && url.href === text;
  });
}

function isLoopback({ hostname }: URL): boolean {
  return ['localhost', '127.0.0.1', '[::1]'].includes(hostname);
}
