import type { KeyObject } from 'node:crypto';
import { z } from 'zod';
import { Secret } from '../../../foundation/secret.ts';
import { rsaKeyIn } from '../signing-key.ts';

/** Of a service account: `name@project.iam.gserviceaccount.com`, and older forms. */
export const accountEmail = z
  .string()
  .max(254)
  .regex(/^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?@[a-z0-9-]+(?:\.[a-z0-9-]+)+$/);

const fileSchema = z.object({
  type: z.literal('service_account'),
  client_email: accountEmail,
  private_key: z.string().max(16_384),
  private_key_id: z
    .string()
    .regex(/^[\w-]{1,128}$/)
    .optional(),
  universe_domain: z
    .string()
    .regex(/^[a-z0-9.-]{1,253}$/)
    .optional(),
});

export interface ServiceAccountKey {
  readonly email: string;
  readonly key: KeyObject;
  readonly keyId: string | undefined;
  /** The domain that its cloud is at. */
  readonly universe: string;
}

/** Undefined for everything that is no key file: what is wrong with it could tell of the key. */
export function serviceAccountKeyIn(file: Secret): ServiceAccountKey | undefined {
  const read = fileSchema.safeParse(jsonIn(file));
  if (!read.success) return undefined;
  const { client_email: email, private_key, private_key_id: keyId, universe_domain: universe } = read.data;
  using pem = Secret.fromText(private_key);
  const key = rsaKeyIn(pem);
  return key === undefined ? undefined : { email, key, keyId, universe: universe ?? 'googleapis.com' };
}

function jsonIn(file: Secret): unknown {
  try {
    return JSON.parse(file.text);
  } catch {
    return undefined;
  }
}
