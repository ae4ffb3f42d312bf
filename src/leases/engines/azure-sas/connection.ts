import { z } from 'zod';
import { secretSchema, textSchema } from '../../../foundation/bounds.ts';
import type { Secret } from '../../../foundation/secret.ts';
import { invalidSetting } from '../invalid-setting.ts';

/** A storage account, and one of its two keys. */
export interface AzureSasConnection {
  readonly account: string;
  /** Base64, as Azure shows it. */
  readonly accountKey: Secret | undefined;
  /** Of the blob service. Empty: Azure's own for this account. */
  readonly endpoint: string;
  /** PEM of the only authorities that are believed; the system's when empty. */
  readonly tlsCa: string;
}

export const azureSasConnectionFields = {
  account: z.string().regex(/^(?:[a-z0-9]{3,24})?$/, 'must have 3 to 24 small letters and digits'),
  accountKey: secretSchema.optional(),
  endpoint: z.string().max(512),
  tlsCa: textSchema,
} satisfies z.ZodRawShape;

export const newAzureSasConnection: AzureSasConnection = { account: '', accountKey: undefined, endpoint: '', tlsCa: '' };

const FORM = /^https:\/\/(?:[a-zA-Z0-9.-]+|\[[0-9a-fA-F:.]+\])(?::\d{1,5})?(?:\/[a-z0-9]+)?\/?$/;
const FEWEST_BYTES = 32;

/** @throws WatchwordError `engine.invalid` */
export function checkAzureSasConnection({ account, accountKey, endpoint, tlsCa }: AzureSasConnection): void {
  if (account === '') invalidSetting('account', 'must be set');
  if (accountKey === undefined || accountKey.length === 0) invalidSetting('account_key', 'must be set');
  if (keyBytes(accountKey) === undefined) invalidSetting('account_key', 'must be the base64 that Azure shows');
  if (endpoint !== '' && !(FORM.test(endpoint) && URL.canParse(endpoint))) {
    const example = `https://${account}.blob.core.windows.net`;
    invalidSetting(
      'endpoint',
      `must be the https URL of the blob service, such as ${example}: signatures are good for https alone`,
    );
  }
  if (tlsCa !== '' && !tlsCa.includes('-----BEGIN CERTIFICATE-----')) invalidSetting('tls_ca', 'must be certificates in PEM');
}

/** The key itself; undefined where the text is no canonical base64 of at least 32 bytes. Whoever asks zeroes it. */
export function keyBytes(accountKey: Secret): Buffer | undefined {
  const { text } = accountKey;
  const bytes = Buffer.from(text, 'base64');
  return bytes.length >= FEWEST_BYTES && bytes.toString('base64') === text ? bytes : undefined;
}

/** Without a slash at its end. */
export const serviceUrl = ({ account, endpoint }: AzureSasConnection): string =>
  endpoint === '' ? `https://${account}.blob.core.windows.net` : endpoint.replace(/\/$/, '');
