import { WatchwordError } from '../foundation/errors.ts';
import { isJsonObject, type JsonObject, parseExactJson } from '../foundation/exact-json.ts';
import { readBounded } from './bounded-file.ts';
import type { Terminal } from './terminal.ts';

const usage = (message: string) => new WatchwordError('client.usage', message);

/** Where values come from besides the command line. */
export interface DataSources {
  /** Standard input; asking twice is an error. */
  input(): Promise<Buffer>;
  file(path: string): Promise<Buffer>;
}

export function dataSources(terminal: Terminal): DataSources {
  let taken = false;
  return {
    async input() {
      if (taken) throw usage('Standard input can be used only once.');
      taken = true;
      return terminal.readInput();
    },
    file: (path) => readBounded(path),
  };
}

/**
 * Reads `key=value` words into one object. A value `@file` is the file's content and `-` that of standard input, both to the last
 * byte; `\@…` and `\-` are meant literally. A lone `-` or `@file` is a JSON object. A key given several times becomes a list.
 * Messages name the position of a bad word, never the word: it may be the secret itself.
 */
export async function parseData(words: readonly string[], sources: DataSources): Promise<JsonObject> {
  const members = new Map<string, unknown>();
  for (const [index, word] of words.entries()) {
    for (const [key, value] of await wordMembers(word, index + 1, sources)) {
      const before = members.get(key);
      members.set(key, !members.has(key) ? value : Array.isArray(before) ? [...before, value] : [before, value]);
    }
  }
  return Object.fromEntries(members);
}

async function wordMembers(word: string, position: number, sources: DataSources): Promise<[string, unknown][]> {
  if (word === '-') return objectMembers(await sources.input(), 'standard input');
  if (word.startsWith('@')) return objectMembers(await sources.file(word.slice(1)), word.slice(1));
  const equals = word.indexOf('=');
  if (equals <= 0) {
    throw usage(`Value ${position} is not of the form key=value, key=@file, key=-, @file or -.`);
  }
  const key = word.slice(0, equals);
  return [[key, await memberValue(word.slice(equals + 1), key, sources)]];
}

async function memberValue(text: string, key: string, sources: DataSources): Promise<string> {
  if (text === '-') return utf8(await sources.input(), key);
  if (text.startsWith('@')) return utf8(await sources.file(text.slice(1)), key);
  return text.startsWith('\\@') || text === '\\-' ? text.slice(1) : text;
}

/** @throws WatchwordError `client.usage` rather than storing something else than what the bytes say */
export function utf8(bytes: Buffer, what: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw usage(`The value of ${what} is not UTF-8 text; encode it first, for example with base64.`);
  }
}

function objectMembers(bytes: Buffer, where: string): [string, unknown][] {
  let value: unknown;
  try {
    value = parseExactJson(utf8(bytes, where));
  } catch (error) {
    if (error instanceof WatchwordError) throw error;
    // The parser's own message quotes the text.
    throw usage(`What ${where} holds is not JSON.`);
  }
  if (!isJsonObject(value)) throw usage(`What ${where} holds is not one JSON object.`);
  return Object.entries(value);
}
