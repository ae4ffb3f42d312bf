import { z } from 'zod';
import type { LookupInput } from './contract.ts';
import { entryId, invalid } from './inputs.ts';

const text = z.string().min(1).max(1024);
export const lookupSchema = z.object({
  id: entryId.optional(),
  name: text.optional(),
  aliasId: entryId.optional(),
  aliasName: text.optional(),
  aliasMountAccessor: text.optional(),
});

/** @throws WatchwordError `identity.invalid` unless exactly one thing is asked */
export function checkLookup({ id, name, aliasId, aliasName, aliasMountAccessor }: LookupInput): void {
  const alone = [id, name, aliasId].filter((value) => value !== undefined).length;
  const pair = [aliasName, aliasMountAccessor].filter((value) => value !== undefined).length;
  if (alone + pair === 0) throw invalid('id', 'query parameter not supplied');
  if (alone > 1 || (alone === 1 && pair > 0)) {
    throw invalid('id', 'query parameter conflict; please supply distinct set of query parameters');
  }
  if (pair === 1) throw invalid('alias_name', "both 'alias_name' and 'alias_mount_accessor' needs to be set");
}
