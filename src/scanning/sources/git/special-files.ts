import { type Dirent, readdirSync, type Stats, statSync } from 'node:fs';
import { join } from 'node:path';
import { WatchwordError } from '../../../foundation/errors.ts';
import type { Repository } from './repository.ts';

const DEPTH = 12;

/** Folders in which git reads every file that it comes upon. */
const READ_WHOLE = ['refs', 'logs', 'info'];

/**
 * Refuses a repository in which git would read a pipe or a device, and wait without end: a repository that came as an archive can hold
 * such. Looks only where git looks. @throws WatchwordError client.usage that names the file
 */
export function refusePipes({ gitDir, commonDir, objectDirs }: Repository): void {
  const folders = [...new Set([gitDir, commonDir])].flatMap((folder) => READ_WHOLE.map((name) => join(folder, name)));
  const seen = new Set<string>();
  for (const folder of [...folders, ...objectDirs]) refuseIn(folder, seen, DEPTH);
}

function refuseIn(folder: string, seen: Set<string>, depth: number): void {
  if (depth === 0) return;
  for (const entry of listed(folder)) {
    if (entry.isFile()) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      refuseIn(path, seen, depth - 1);
      continue;
    }
    const status: Stats | undefined = statSync(path, { throwIfNoEntry: false });
    if (status === undefined || status.isFile()) continue;
    if (!status.isDirectory())
      throw new WatchwordError('client.usage', 'git is not asked about a repository in which this is no file', { where: path });
    // Links lead anywhere, in circles too.
    const identity = `${status.dev}:${status.ino}`;
    if (seen.has(identity)) continue;
    seen.add(identity);
    refuseIn(path, seen, depth - 1);
  }
}

/** What cannot be listed is for git to complain of. */
function listed(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}
