import { z } from 'zod';
import { Secret } from './secret.ts';

/** The limits that every schema shares; wire layers refuse larger input before parsing. */
export const limits = {
  bodyBytes: 32 * 1024 * 1024,
  pathBytes: 8 * 1024,
  segmentBytes: 4 * 1024,
  nameLength: 256,
  textLength: 1024 * 1024,
  listLength: 4096,
  jsonDepth: 64,
} as const;

/**
 * Secret path, mount path, policy path, name in one of them: no control characters, at most {@link limits.pathBytes} bytes. Half a
 * surrogate pair is refused as well: databases keep another character in its place, and what was written would not be found again.
 */
export const pathSchema = z
  .string()
  .max(limits.pathBytes)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: refusing control characters is the point.
  .regex(/^[^\u0000-\u001f\u007f]*$/, 'must not hold control characters')
  .regex(/^\P{Surrogate}*$/u, 'must not hold half a surrogate pair');

export const nameSchema = z.string().min(1).max(limits.nameLength);
export const textSchema = z.string().max(limits.textLength);

export const secretSchema = z.custom<Secret>((value) => value instanceof Secret, 'must be a text');
