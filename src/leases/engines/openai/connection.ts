import { z } from 'zod';
import { secretSchema } from '../../../foundation/bounds.ts';
import type { Secret } from '../../../foundation/secret.ts';
import { invalidSetting } from '../invalid-setting.ts';
import { checkAuthorities, checkVendorUrl } from '../vendor-api.ts';

/** One project of an organization at OpenAI, or at a server with the same administration API. */
export interface OpenaiConnection {
  /** An admin key of the organization: it can call no model. */
  readonly adminKey: Secret | undefined;
  readonly projectId: string;
  readonly apiUrl: string;
  /** PEM of the only authorities that are believed; the system's when empty. */
  readonly tlsCa: string;
  /** Whether the API may be at a private address. */
  readonly internal: boolean;
}

export const openaiConnectionFields = {
  adminKey: secretSchema.optional(),
  projectId: z.string().max(128),
  apiUrl: z.string().max(1024),
  tlsCa: z.string().max(65_536),
  internal: z.boolean(),
} satisfies z.ZodRawShape;

export const newOpenaiConnection: OpenaiConnection = {
  adminKey: undefined,
  projectId: '',
  apiUrl: 'https://api.openai.com/v1',
  tlsCa: '',
  internal: false,
};

const PROJECT = /^[A-Za-z0-9_-]+$/;
const KEY = /^[\x21-\x7e]{1,1024}$/;

/** @throws WatchwordError `engine.invalid` */
export function checkOpenaiConnection({ adminKey, projectId, apiUrl, tlsCa }: OpenaiConnection): void {
  // A file ends with a line end, which no header may hold.
  if (adminKey === undefined || !KEY.test(adminKey.text.trim())) invalidSetting('admin_key', 'must be an admin key');
  if (!PROJECT.test(projectId)) invalidSetting('project_id', 'must be the id of a project: proj_…');
  checkVendorUrl('api_url', apiUrl, newOpenaiConnection.apiUrl);
  checkAuthorities('tls_ca', tlsCa);
}
