import { existsSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { WatchwordError } from '../../foundation/errors.ts';
import { regularText } from '../own-file.ts';
import { BASELINE_NAME, type BaselineFile, parseBaseline } from './baseline-file.ts';

/**
 * Where the baseline of a repository lies, or would lie: the next one on the way up to its root, or at the root; without a repository,
 * in the folder itself, or the file's. One that somebody put farther up, such as into a folder for temporary files, is not taken.
 */
export function baselinePath(place: string): string {
  const start = folderOf(resolve(place));
  let nearest: string | undefined;
  for (let at = start; ; at = dirname(at)) {
    if (existsSync(join(at, BASELINE_NAME))) nearest ??= join(at, BASELINE_NAME);
    if (existsSync(join(at, '.git'))) return nearest ?? join(at, BASELINE_NAME);
    if (dirname(at) === at) return join(start, BASELINE_NAME);
  }
}

const folderOf = (place: string): string =>
  statSync(place, { throwIfNoEntry: false })?.isDirectory() === false ? dirname(place) : place;

/** Whether a scan of this folder sees everything that the baseline for it speaks of. */
export const isBaselineRoot = (folder: string): boolean => dirname(baselinePath(folder)) === resolve(folder);

const MOST = 64 * 1024 * 1024;

/** Undefined when there is no such file. @throws WatchwordError `baseline.invalid` */
export async function readBaseline(path: string): Promise<BaselineFile | undefined> {
  try {
    const text = regularText(path, MOST);
    if (text === undefined) throw new WatchwordError('baseline.invalid', 'This is no file of at most 64 MiB.', { where: path });
    return parseBaseline(text, path);
  } catch (error) {
    if (!(error instanceof Error && 'syscall' in error && 'code' in error)) throw error;
    if (error.code === 'ENOENT') return undefined;
    throw new WatchwordError('baseline.invalid', `The baseline cannot be read (${error.code}).`, { where: path, cause: error });
  }
}

/** @throws WatchwordError `client.usage` when there is no such file */
export async function readNamedBaseline(path: string): Promise<BaselineFile> {
  const file = await readBaseline(path);
  if (file === undefined) throw new WatchwordError('client.usage', 'There is no such baseline.', { where: path });
  return file;
}
