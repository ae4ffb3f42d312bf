import { WatchwordError } from '../foundation/errors.ts';

/** `key=value` words as query parameters, the last one counting. */
export function queryOf(words: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    words.map((word, index) => {
      const equals = word.indexOf('=');
      if (equals <= 0) throw new WatchwordError('client.usage', `Parameter ${index + 1} is not of the form key=value.`);
      return [word.slice(0, equals), word.slice(equals + 1)];
    }),
  );
}
