import { z } from 'zod';
import { limits, nameSchema } from '../foundation/bounds.ts';

/** Go's time.Duration ends at 2^63-1 ns, about 292 years. */
const MAX_SECONDS = 9_223_372_036;

/** Whole seconds; parts of a second are dropped. */
export const duration = z.number().min(0, 'must not be negative').max(MAX_SECONDS).transform(Math.trunc);
export const count = z
  .int()
  .min(0, 'must not be negative')
  .max(2 ** 31 - 1);
export const policyNames = z.array(z.string().max(limits.nameLength)).max(1024);
export const accessorSchema = nameSchema;
