import { randomBytes } from 'node:crypto';
import { rename, rm, stat, writeFile } from 'node:fs/promises';

/**
 * Gives a file new content, at once or not at all, with the mode that it had; makes it where there is none. The file beside it has a name that nobody can plant
 * a link under, and does not stay behind.
 */
export async function replaceFile(path: string, content: Uint8Array | string): Promise<void> {
  const mode = await modeOf(path);
  const fresh = `${path}.${randomBytes(8).toString('hex')}.new`;
  try {
    await writeFile(fresh, content, { mode, flag: 'wx' });
    await rename(fresh, path);
  } catch (error) {
    await rm(fresh, { force: true });
    throw error;
  }
}

/** That of a new file, where there is none yet, is the umask's. */
async function modeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).mode & 0o777;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return 0o666;
    throw error;
  }
}
