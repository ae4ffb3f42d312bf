import { z } from 'zod';
import type { InputOf } from '../../access/operation-types.ts';
import type { MountPoint } from '../../foundation/mount.ts';
import type { AliasInput } from './contract.ts';
import { entryId, invalid, metadataSchema } from './inputs.ts';
import type { Mounts } from './telling.ts';

/** The same for aliases of entities and of groups. */
export const aliasSchema = z.object({
  at: z.enum(['body', 'id']),
  id: entryId.optional(),
  // Whatever a mount calls somebody.
  name: z.string().min(1).max(1024).optional(),
  mountAccessor: z.string().min(1).max(256).optional(),
  canonicalId: entryId.optional(),
  customMetadata: metadataSchema.optional(),
}) as unknown as z.ZodType<InputOf<'entity-aliases.write'>>;

export const byIdSchema = z.object({ id: entryId });
export const aliasClear = ['at', 'id', 'mountAccessor', 'canonicalId'] as const;

export function aliasPath(noun: string) {
  return ({ at, id }: AliasInput, mount: MountPoint) => `${mount.path}${noun}${at === 'id' ? `/id/${id}` : ''}`;
}

/** @throws WatchwordError `identity.invalid` where there is no auth method with this accessor */
export function checkAccessor(mounts: Mounts, accessor: string): void {
  if (mounts().some((mount) => mount.accessor === accessor && mount.path.startsWith('auth/'))) return;
  throw invalid('mount_accessor', `invalid mount accessor "${accessor}"`);
}
