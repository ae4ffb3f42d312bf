import { z } from 'zod';
import { secretSchema } from '../../../foundation/bounds.ts';
import type { Secret } from '../../../foundation/secret.ts';
import { checkIssuerSettings, type IssuerSettings, type KeyLocation } from '../../jwt/issuer-settings.ts';
import { googlePlatform } from '../../platforms/index.ts';

/** Whose tokens a mount believes. Empty texts and lists are not set; Google's own places then. */
export interface GcpConfig {
  /** Never kept: nothing is asked that needs them. */
  readonly credentials?: Secret | undefined;
  readonly issuer: string;
  /** Where the keys of Google-signed tokens are. */
  readonly googleCertsEndpoint: string;
  readonly jwks: string;
  /** Where, followed by the account's address or id, the keys are that service accounts sign with themselves. */
  readonly serviceAccountKeysUrl: string;
  /** Before `/vault/<role>`, as Vault's own clients ask for their audience: the address of this server. */
  readonly audienceBases: readonly string[];
  /** By what the identity store knows a service account: its numeric id, or the role. */
  readonly iamAlias: 'unique_id' | 'role_id';
  readonly gceAlias: 'instance_id' | 'role_id';
  /** Whether the issuer may be at a private address, and speak plain HTTP. */
  readonly internal: boolean;
}

const url = z.string().max(2048);

export const gcpConfigFields = {
  credentials: secretSchema,
  issuer: z.string().max(1024),
  googleCertsEndpoint: url,
  jwks: z.string().max(256 * 1024),
  serviceAccountKeysUrl: url,
  audienceBases: z.array(z.string().min(1).max(512)).max(16),
  iamAlias: z.enum(['unique_id', 'role_id']),
  gceAlias: z.enum(['instance_id', 'role_id']),
  internal: z.boolean(),
};

export const newGcpConfig: GcpConfig = {
  issuer: '',
  googleCertsEndpoint: '',
  jwks: '',
  serviceAccountKeysUrl: '',
  audienceBases: [],
  iamAlias: 'unique_id',
  gceAlias: 'instance_id',
  internal: false,
};

/** @throws WatchwordError `login.invalid` */
export function checkedGcpConfig({ credentials, ...config }: GcpConfig, { warn }: { warn(message: string): void }): GcpConfig {
  if (credentials !== undefined) {
    warn('the credentials were thrown away: logins need none, and what is not kept cannot leak; delete the key at Google');
  }
  checkIssuerSettings(googleIssuer(config));
  checkIssuerSettings(serviceAccountIssuer(config, 'x'));
  return config;
}

const { issuer: google = '', algorithms } = googlePlatform;
const settings = new WeakMap<GcpConfig, IssuerSettings>();

/** Google's own tokens: for service accounts and for instances. The same object for the same configuration. */
export function googleIssuer(config: GcpConfig): IssuerSettings {
  const known = settings.get(config);
  if (known !== undefined) return known;
  const made = { issuer: config.issuer || google, keys: keysOf(config), algorithms, internal: config.internal };
  settings.set(config, made);
  return made;
}

function keysOf({ googleCertsEndpoint, jwks }: GcpConfig): KeyLocation {
  if (jwks !== '') return { from: 'static', jwks };
  return googleCertsEndpoint === '' ? { from: 'discovery' } : { from: 'jwks', url: googleCertsEndpoint };
}

const SERVICE_ACCOUNT_KEYS = 'https://www.googleapis.com/service_accounts/v1/jwk/';

/** @param account of those that the role names, never of the token alone: it decides what is fetched */
export function serviceAccountIssuer({ serviceAccountKeysUrl, internal }: GcpConfig, account: string): IssuerSettings {
  const url = `${serviceAccountKeysUrl || SERVICE_ACCOUNT_KEYS}${encodeURIComponent(account)}`;
  return { issuer: '', keys: { from: 'jwks', url }, algorithms, internal };
}
