import { z } from 'zod';
import { invalidSetting } from '../invalid-setting.ts';

/** What keys may spend. */
export interface OpenrouterRole {
  /** US dollars, as a decimal number: `12.50`. Empty: as much as the account has. */
  readonly limit: string;
  /** When what was spent counts as nothing again; empty: never. */
  readonly limitReset: '' | 'daily' | 'weekly' | 'monthly';
  /** Whether use of the account's own provider keys counts as well. */
  readonly includeByokInLimit: boolean;
}

export const openrouterRoleFields = {
  limit: z.string().regex(/^(?:\d{1,7}(?:\.\d{1,2})?)?$/, 'must be dollars: 12.50'),
  limitReset: z.enum(['', 'daily', 'weekly', 'monthly'], 'must be daily, weekly or monthly'),
  includeByokInLimit: z.boolean(),
} satisfies z.ZodRawShape;

export const newOpenrouterRole: OpenrouterRole = { limit: '', limitReset: '', includeByokInLimit: false };

/** @throws WatchwordError `engine.invalid` */
export function checkOpenrouterRole({ limit, limitReset, includeByokInLimit }: OpenrouterRole): readonly string[] {
  if (limit === '' && limitReset !== '') invalidSetting('limit_reset', 'goes with limit');
  if (limit === '' && includeByokInLimit) invalidSetting('include_byok_in_limit', 'goes with limit');
  return limit === '' ? ['without a limit each of its keys may spend all that the account has'] : [];
}
