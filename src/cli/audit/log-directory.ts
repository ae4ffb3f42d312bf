import { join } from 'node:path';
import type { Command } from 'commander';
import { WatchwordError } from '../../foundation/errors.ts';
import { nodeFiles } from '../../foundation/node-files.ts';
import { LogReader, parseCheckpoint, parseVerifier, type SignedCheckpoint, type Verifier } from '../../transparency/index.ts';
import { readBounded } from '../bounded-file.ts';
import { fileProblem } from '../failure.ts';
import type { Terminal } from '../terminal.ts';

export interface DirectoryOptions {
  readonly dir: string;
}

/** Every command on a log works offline, on its directory. */
export function withDirectory(command: Command, { env }: Terminal): Command {
  const directory = join(env['WATCHWORD_DATA_DIR']?.trim() || '.watchword', 'audit');
  return command.option('--dir <directory>', 'directory of the log; with WATCHWORD_DATA_DIR set, the one in there', directory);
}

export function directoryReader({ dir }: DirectoryOptions): LogReader {
  return new LogReader(nodeFiles, dir);
}

/** @throws WatchwordError `client.usage` when there is no log. */
export async function openDirectory({ dir }: DirectoryOptions): Promise<LogReader> {
  const reader = directoryReader({ dir });
  if ((await reader.segments()).length > 0) return reader;
  throw new WatchwordError('client.usage', `There is no audit log in ${dir}; name its directory with --dir.`);
}

/**
 * A file that cannot be used is wrong usage: only a log that was changed may look like one.
 * @throws WatchwordError `client.usage`
 */
export async function withUsableFiles<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const problem = fileProblem(error);
    throw problem === undefined ? error : new WatchwordError('client.usage', problem, { cause: error });
  }
}

/** A key as text, or a file with one key a line. */
export async function trustedKeys(keyOrFile: string | undefined): Promise<Verifier[] | undefined> {
  if (keyOrFile === undefined) return undefined;
  const key = parseVerifier(keyOrFile);
  if (key !== undefined) return [key];
  const lines = (await keyFile(keyOrFile)).split('\n').filter((line) => line.trim() !== '');
  const keys = lines.flatMap((line) => parseVerifier(line.trim()) ?? []);
  if (keys.length > 0 && keys.length === lines.length) return keys;
  throw notAKey();
}

const notAKey = () =>
  new WatchwordError('client.usage', '--key takes a public key (name+hash+base64) or a file with one such key a line.');

async function keyFile(path: string): Promise<string> {
  try {
    return (await readBounded(path)).toString();
  } catch (error) {
    // A mistyped key is no name of a file.
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') throw notAKey();
    throw error;
  }
}

export async function keptCheckpoint(file: string | undefined): Promise<SignedCheckpoint | undefined> {
  if (file === undefined) return undefined;
  const checkpoint = parseCheckpoint((await readBounded(file)).toString());
  if (checkpoint !== undefined) return checkpoint;
  throw new WatchwordError('client.usage', 'The file given with --checkpoint does not hold exactly one checkpoint.');
}
