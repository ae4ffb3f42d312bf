import { z } from 'zod';
import { secretSchema } from '../../../foundation/bounds.ts';
import type { Secret } from '../../../foundation/secret.ts';
import { invalidSetting } from '../invalid-setting.ts';
import { rsaKeyIn } from '../signing-key.ts';
import { checkAuthorities, checkVendorUrl } from '../vendor-api.ts';

/** One installation of one GitHub App. Empty texts are not set. */
export interface GithubConnection {
  /** The id of the App, or its client id. */
  readonly appId: string;
  /** PEM of its RSA key. */
  readonly privateKey: Secret | undefined;
  readonly installationId: string;
  /** Of GitHub Enterprise Server: `https://github.example/api/v3`. */
  readonly apiUrl: string;
  /** Whether that leads to a private address. */
  readonly internal: boolean;
  /** PEM of the only authorities that are believed; the system's when empty. */
  readonly tlsCa: string;
}

export const githubConnectionFields = {
  appId: z.string().max(64),
  privateKey: secretSchema.optional(),
  installationId: z.string().max(20),
  apiUrl: z.string().max(1024),
  internal: z.boolean(),
  tlsCa: z.string().max(65_536),
} satisfies z.ZodRawShape;

export const newGithubConnection: GithubConnection = {
  appId: '',
  privateKey: undefined,
  installationId: '',
  apiUrl: '',
  internal: false,
  tlsCa: '',
};

const GITHUB = 'https://api.github.com';

/** Without a slash at its end. */
export const apiUrlOf = ({ apiUrl }: GithubConnection): string => (apiUrl || GITHUB).replace(/\/$/, '');

/** @throws WatchwordError `engine.invalid` */
export function checkGithubConnection(connection: GithubConnection): void {
  const { appId, privateKey, installationId, apiUrl, internal, tlsCa } = connection;
  if (!/^[\w.]{1,64}$/.test(appId)) invalidSetting('app_id', 'must be the id of the App, or its client id');
  if (!/^[1-9]\d{0,18}$/.test(installationId)) {
    invalidSetting('installation_id', 'must be the number at the end of the URL of the installation');
  }
  if (privateKey === undefined) invalidSetting('private_key', 'must be set');
  if (rsaKeyIn(privateKey) === undefined) {
    invalidSetting('private_key', 'must be an RSA key of 2048 bits or more in PEM, without a passphrase, as GitHub gives it');
  }
  if (apiUrl !== '') checkVendorUrl('api_url', apiUrl, 'https://github.example/api/v3');
  else if (internal) invalidSetting('internal', 'goes with api_url: GitHub is at a public address');
  checkAuthorities('tls_ca', tlsCa);
}
