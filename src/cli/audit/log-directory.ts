import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { WatchwordError } from '../../foundation/errors.ts';
import { nodeFiles } from '../../foundation/node-files.ts';
import { LogReader, parseCheckpoint, parseVerifier, type SignedCheckpoint, type Verifier } from '../../transparency/index.ts';

export interface DirectoryOptions {
  readonly dir: string;
}

/** Every command on a log works offline, on its directory. */
export function withDirectory(command: Command): Command {
  return command.option('--dir <directory>', 'directory of the log', '.watchword/audit');
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

/** A key as text, or a file with one key a line. */
export async function trustedKeys(keyOrFile: string | undefined): Promise<Verifier[] | undefined> {
  if (keyOrFile === undefined) return undefined;
  const key = parseVerifier(keyOrFile);
  if (key !== undefined) return [key];
  const lines = (await readFile(keyOrFile, 'utf8')).split('\n').filter((line) => line.trim() !== '');
  const keys = lines.flatMap((line) => parseVerifier(line.trim()) ?? []);
  if (keys.length > 0 && keys.length === lines.length) return keys;
  throw new WatchwordError('client.usage', '--key takes a public key (name+hash+base64) or a file with one such key a line.');
}

export async function keptCheckpoint(file: string | undefined): Promise<SignedCheckpoint | undefined> {
  if (file === undefined) return undefined;
  const checkpoint = parseCheckpoint(await readFile(file, 'utf8'));
  if (checkpoint !== undefined) return checkpoint;
  throw new WatchwordError('client.usage', 'The file given with --checkpoint does not hold exactly one checkpoint.');
}
