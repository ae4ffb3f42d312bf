import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { WatchwordError } from '../../foundation/errors.ts';
import { BASELINE_NAME, type BaselineFile, parseBaseline } from './baseline-file.ts';

/** Where the baseline of a repository lies, or would lie: at its root; without a repository, in the folder itself. */
export function baselinePath(folder: string): string {
  const start = resolve(folder);
  for (let at = start; ; at = dirname(at)) {
    if (existsSync(join(at, BASELINE_NAME)) || existsSync(join(at, '.git'))) return join(at, BASELINE_NAME);
    if (dirname(at) === at) return join(start, BASELINE_NAME);
  }
}

/** Undefined when there is no such file. @throws WatchwordError `baseline.invalid` */
export async function readBaseline(path: string): Promise<BaselineFile | undefined> {
  try {
    return parseBaseline(await readFile(path, 'utf8'), path);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** @throws WatchwordError `client.usage` when there is no such file */
export async function readNamedBaseline(path: string): Promise<BaselineFile> {
  const file = await readBaseline(path);
  if (file === undefined) throw new WatchwordError('client.usage', 'There is no such baseline.', { where: path });
  return file;
}
