import { z } from 'zod';
import { secretSchema } from '../../../foundation/bounds.ts';
import type { Secret } from '../../../foundation/secret.ts';
import { invalidSetting } from '../invalid-setting.ts';
import { checkAuthorities, checkVendorUrl } from '../vendor-api.ts';
import { serviceAccountKeyIn } from './service-account-key.ts';

/** Name in Vault: `credentials`; the others are ours. Empty texts are not set. */
export interface GcpConnection {
  /** The file with the key of a service account, JSON. */
  readonly credentials: Secret | undefined;
  /** Instead of Google's own. */
  readonly oauthEndpoint: string;
  readonly iamCredentialsEndpoint: string;
  readonly stsEndpoint: string;
  /** Whether those lead to private addresses. */
  readonly internal: boolean;
  /** PEM of the only authorities that are believed; the system's when empty. */
  readonly tlsCa: string;
  readonly serviceAccountEmail: '';
  readonly identityTokenAudience: '';
  readonly identityTokenTtl: 0;
}

const NO_FEDERATION = 'is not supported: give the key of a service account in credentials';

export const gcpConnectionFields = {
  credentials: secretSchema.optional(),
  oauthEndpoint: z.string().max(1024),
  iamCredentialsEndpoint: z.string().max(1024),
  stsEndpoint: z.string().max(1024),
  internal: z.boolean(),
  tlsCa: z.string().max(65_536),
  serviceAccountEmail: z.literal('', NO_FEDERATION),
  identityTokenAudience: z.literal('', NO_FEDERATION),
  identityTokenTtl: z.literal(0, NO_FEDERATION),
} satisfies z.ZodRawShape;

export const newGcpConnection: GcpConnection = {
  credentials: undefined,
  oauthEndpoint: '',
  iamCredentialsEndpoint: '',
  stsEndpoint: '',
  internal: false,
  tlsCa: '',
  serviceAccountEmail: '',
  identityTokenAudience: '',
  identityTokenTtl: 0,
};

interface Endpoints {
  /** Where tokens are had for a signed statement; also what the statement is for. */
  readonly token: string;
  readonly iamCredentials: string;
  readonly exchange: string;
}

/** What the key file says of addresses is not followed: whoever wrote it would be sent what is signed. */
export function endpointsOf({ oauthEndpoint, iamCredentialsEndpoint, stsEndpoint }: GcpConnection): Endpoints {
  const at = (given: string, usual: string) => (given || usual).replace(/\/$/, '');
  return {
    token: `${at(oauthEndpoint, 'https://oauth2.googleapis.com')}/token`,
    iamCredentials: `${at(iamCredentialsEndpoint, 'https://iamcredentials.googleapis.com')}/v1`,
    exchange: `${at(stsEndpoint, 'https://sts.googleapis.com')}/v1/token`,
  };
}

/** @throws WatchwordError `engine.invalid` */
export function checkGcpConnection(connection: GcpConnection): void {
  const { credentials, oauthEndpoint, iamCredentialsEndpoint, stsEndpoint, internal, tlsCa } = connection;
  if (credentials === undefined) invalidSetting('credentials', 'must be set');
  const key = serviceAccountKeyIn(credentials);
  if (key === undefined) {
    invalidSetting(
      'credentials',
      'must be the JSON key file of a service account, with its client_email and its RSA private_key',
    );
  }
  const given = { oauth_endpoint: oauthEndpoint, iam_credentials_endpoint: iamCredentialsEndpoint, sts_endpoint: stsEndpoint };
  for (const [where, url] of Object.entries(given)) {
    if (url !== '') checkVendorUrl(where, url, 'https://oauth2.googleapis.com');
    else if (key.universe !== 'googleapis.com') invalidSetting(where, `must be set for accounts of ${key.universe}`);
  }
  if (internal && Object.values(given).every((url) => url === '')) {
    invalidSetting('internal', 'goes with an endpoint: those of Google are at public addresses');
  }
  checkAuthorities('tls_ca', tlsCa);
}
