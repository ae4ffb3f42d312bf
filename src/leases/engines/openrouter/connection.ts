import { z } from 'zod';
import { secretSchema } from '../../../foundation/bounds.ts';
import type { Secret } from '../../../foundation/secret.ts';
import { invalidSetting } from '../invalid-setting.ts';
import { checkAuthorities, checkVendorUrl } from '../vendor-api.ts';

/** One account, or one workspace of it, at OpenRouter. */
export interface OpenrouterConnection {
  /** Makes and deletes keys: it can call no model. */
  readonly managementKey: Secret | undefined;
  /** Empty: the default one. */
  readonly workspaceId: string;
  readonly apiUrl: string;
  /** PEM of the only authorities that are believed; the system's when empty. */
  readonly tlsCa: string;
  /** Whether the API may be at a private address. */
  readonly internal: boolean;
}

export const openrouterConnectionFields = {
  managementKey: secretSchema.optional(),
  workspaceId: z
    .string()
    .max(64)
    .regex(/^[A-Za-z0-9-]*$/, 'must be the id of a workspace'),
  apiUrl: z.string().max(1024),
  tlsCa: z.string().max(65_536),
  internal: z.boolean(),
} satisfies z.ZodRawShape;

export const newOpenrouterConnection: OpenrouterConnection = {
  managementKey: undefined,
  workspaceId: '',
  apiUrl: 'https://openrouter.ai/api/v1',
  tlsCa: '',
  internal: false,
};

const KEY = /^[\x21-\x7e]{1,1024}$/;

/** @throws WatchwordError `engine.invalid` */
export function checkOpenrouterConnection({ managementKey, apiUrl, tlsCa }: OpenrouterConnection): void {
  // A file ends with a line end, which no header may hold.
  if (managementKey === undefined || !KEY.test(managementKey.text.trim())) {
    invalidSetting('management_key', 'must be a management key');
  }
  checkVendorUrl('api_url', apiUrl, newOpenrouterConnection.apiUrl);
  checkAuthorities('tls_ca', tlsCa);
}
