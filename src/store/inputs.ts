import { z } from 'zod';
import type { ReadContext } from '../access/operation.ts';
import { limits, pathSchema } from '../foundation/bounds.ts';
import { WatchwordError } from '../foundation/errors.ts';
import { isJsonObject, type JsonObject } from '../foundation/exact-json.ts';
import type { Capability } from '../policy/capability.ts';
import { nestsWithin } from './merge-patch.ts';

/** Where below the mount; the mount itself arrives with the call. */
export interface At {
  readonly path: string;
}

export interface ListInput extends At {
  /** Only keys after this one; it need not exist. */
  readonly after?: string | undefined;
  /** At most so many keys; 0 = all. */
  readonly limit?: number | undefined;
}

const noParents = pathSchema.refine((path) => !path.includes('..'), 'path cannot contain parent references');

/** A path that is read or removed. */
export const existingPath = noParents.min(1, 'missing path');
/** A path that is written: a trailing slash would make it look like a folder. */
export const writtenPath = existingPath.refine((path) => !path.endsWith('/'), "cannot write to a path ending in '/'");
export const listInput = z.object({
  path: noParents.transform((path) => (path === '' || path.endsWith('/') ? path : `${path}/`)),
  after: pathSchema.optional(),
  limit: z
    .int()
    .max(2 ** 31 - 1)
    .optional(),
}) as unknown as z.ZodType<ListInput>;

/** A JSON object that was parsed already; it is not copied, so that raw numbers stay what they are. */
export const dataObject = z.custom<JsonObject>(
  (value) => isJsonObject(value) && nestsWithin(value, limits.jsonDepth),
  `must be a JSON object nested at most ${limits.jsonDepth} levels deep`,
);

export const versionNumber = z
  .int()
  .min(-(2 ** 31))
  .max(2 ** 31 - 1);

/** `create` or `update`, by what exists in the committed state. */
export async function createOrUpdate(exists: Promise<boolean>): Promise<Capability> {
  return (await exists) ? 'update' : 'create';
}

/**
 * What was authorised for an entry that did not exist is no permission to overwrite one, nor the other way round.
 * @throws WatchwordError `store.raced`
 */
export function refuseRace({ capability, session }: ReadContext & { readonly capability: Capability }, exists: boolean): void {
  if ((capability === 'create') === exists && session?.root !== true) throw new WatchwordError('store.raced');
}
