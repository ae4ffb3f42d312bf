import type { z } from 'zod';
import { WatchwordError } from '../../foundation/errors.ts';

/**
 * The query of a request target, as the schema has it.
 * @throws WatchwordError `request.malformed`, `request.invalid`
 */
export function checkQuery<Query extends z.ZodObject>(schema: Query, url: string): z.output<Query> {
  const mark = url.indexOf('?');
  const text = mark < 0 ? '' : url.slice(mark + 1);
  try {
    decodeURIComponent(text);
  } catch {
    throw new WatchwordError('request.malformed', 'the query is not valid percent-encoded UTF-8', { where: 'query' });
  }
  const values: Record<string, unknown> = {};
  for (const [name, value] of new URLSearchParams(text)) {
    if (Object.hasOwn(values, name))
      throw new WatchwordError('request.invalid', 'a parameter is given twice', { where: 'query' });
    Object.defineProperty(values, name, { value, enumerable: true });
  }
  const parsed = schema.safeParse(values);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  // Names that are not ours are the caller's words: they are not repeated.
  const where = issue?.code === 'unrecognized_keys' ? 'query' : (issue?.path.join('.') ?? 'query');
  const message = issue?.code === 'unrecognized_keys' ? 'unknown parameter' : (issue?.message ?? 'invalid');
  throw new WatchwordError('request.invalid', `${where}: ${message}`, { where });
}
