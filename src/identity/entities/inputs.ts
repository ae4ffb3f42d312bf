import { z } from 'zod';
import { pathSchema } from '../../foundation/bounds.ts';
import { WatchwordError } from '../../foundation/errors.ts';
import type { MountPoint } from '../../foundation/mount.ts';
import { wrappingPolicyName } from '../../policy/default-policy.ts';
import { policyNames } from '../inputs.ts';
import { sanitizePolicies } from '../token-policies.ts';
import type { At } from './contract.ts';

const MAX_METADATA = 64;

/** Of entities, groups and aliases: text that stands in policy paths and in the log. */
export const entryName = pathSchema.min(1).max(512);
export const entryId = z.string().min(1).max(128);
export const ids = z.array(entryId).max(100_000);
/** As large as Vault takes it. */
export const metadataSchema = z
  .record(z.string().min(1).max(128), z.string().max(512))
  .refine((map) => Object.keys(map).length <= MAX_METADATA, `holds at most ${MAX_METADATA} entries`);
export const identityPolicies = policyNames.transform((names) => sanitizePolicies(names, false));
export const pageFields = { after: z.string().max(512).optional(), limit: z.int().min(1).optional() };

/** What a path names by id or by name. */
export const namedSchema = z
  .object({ at: z.enum(['id', 'name']), id: entryId.optional(), name: entryName.optional() })
  .refine(({ at, id, name }) => (at === 'id' ? id : name) !== undefined, 'names nothing');

/** `identity/group/id/…`, `identity/group/name/…` or `identity/group`. */
export function pathOf(noun: string) {
  return ({ at, id, name }: { readonly at: At; readonly id?: unknown; readonly name?: unknown }, mount: MountPoint) =>
    at === 'body' ? `${mount.path}${noun}` : `${mount.path}${noun}/${at}/${at === 'id' ? id : name}`;
}

/** @throws WatchwordError `identity.invalid` */
export function checkPolicies(policies: readonly string[]): void {
  for (const name of ['root', wrappingPolicyName]) {
    if (policies.includes(name)) throw invalid('policies', `policies cannot contain ${name}`);
  }
}

export function invalid(where: string, message: string): WatchwordError {
  return new WatchwordError('identity.invalid', message, { where });
}
