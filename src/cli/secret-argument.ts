import { WatchwordError } from '../foundation/errors.ts';
import { type DataSources, utf8 } from './data-arguments.ts';
import type { Terminal } from './terminal.ts';

/**
 * A secret that a command takes: `-` is standard input, `@file` a file, anything else the secret itself. Without a word, a person is
 * asked without echo and a pipe is read. White space around it is dropped.
 */
export async function secretArgument(
  word: string | undefined,
  question: string,
  terminal: Terminal,
  sources: DataSources,
): Promise<string> {
  if (word === undefined && terminal.interactive) return (await terminal.askSecret(question)).text;
  if (word === undefined || word === '-') return utf8(await sources.input(), 'standard input').trim();
  if (word.startsWith('@')) return utf8(await sources.file(word.slice(1)), word.slice(1)).trim();
  return word.trim();
}

/** As {@link secretArgument}, but never from the command line, where every process of the machine can see it. */
export async function unseenSecret(
  word: string | undefined,
  question: string,
  terminal: Terminal,
  sources: DataSources,
): Promise<string> {
  if (word !== undefined && word !== '-' && !word.startsWith('@')) {
    throw new WatchwordError(
      'client.usage',
      'Other processes can see the command line, and shells keep it: leave the secret out to be asked for it, or use - or @file.',
    );
  }
  const secret = await secretArgument(word, question, terminal, sources);
  if (secret === '') throw new WatchwordError('client.usage', 'Nothing was entered.');
  return secret;
}
