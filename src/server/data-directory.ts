import { closeSync, fsyncSync, openSync, renameSync, writeFileSync } from 'node:fs';
import { chmod, mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { WatchwordError } from '../foundation/errors.ts';
import type { Secret } from '../foundation/secret.ts';

export interface DataDirectory {
  readonly path: string;
  readonly database: string;
  readonly audit: string;
  readonly sealKey: string;
  readonly rootToken: string;
}

/** What may lie in a folder before its first database does. */
const OURS = /^(watchword\.db.*|audit|seal\.key|root-token|\.gitignore|lost\+found)$/;

/** Where everything lies; makes nothing. */
export function locateDataDirectory(path: string, sealKeyFile: string | undefined): DataDirectory {
  return {
    path,
    database: join(path, 'watchword.db'),
    audit: join(path, 'audit'),
    sealKey: sealKeyFile ?? join(path, 'seal.key'),
    rootToken: join(path, 'root-token'),
  };
}

/**
 * Makes the folder (0700) with a `.gitignore` of its own, so that it can't be committed by accident. A folder that holds
 * something else is left as it is: `--data-dir /tmp` would lock everybody out of it.
 * @throws WatchwordError `configuration.invalid`
 */
export async function makeDataDirectory({ path }: DataDirectory): Promise<void> {
  try {
    await mkdir(path, { recursive: true, mode: 0o700 });
    await refuseOthers(path);
    await chmod(path, 0o700);
    await writeFile(join(path, '.gitignore'), '*\n', { mode: 0o600, flag: 'wx' }).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  } catch (error) {
    if (error instanceof WatchwordError) throw error;
    throw new WatchwordError('configuration.invalid', 'the data directory cannot be made or written', {
      where: path,
      cause: error,
    });
  }
}

async function refuseOthers(path: string): Promise<void> {
  const names = await readdir(path);
  if (names.includes('watchword.db') || names.every((name) => OURS.test(name))) return;
  throw new WatchwordError('configuration.invalid', 'the data directory holds other things: name an empty folder, or a new one', {
    where: path,
  });
}

/** The only place where the root token of a first start goes. Durable when it returns; runs inside a transaction, so it waits for nothing. */
export function keepRootToken({ path, rootToken }: DataDirectory, token: Secret): void {
  const text = Buffer.concat([token.bytes, Buffer.from('\n')]);
  const temporary = `${rootToken}.new`;
  try {
    writeFileSync(temporary, text, { mode: 0o600, flush: true });
  } finally {
    text.fill(0);
  }
  renameSync(temporary, rootToken);
  const folder = openSync(path, 'r');
  fsyncSync(folder);
  closeSync(folder);
}

/** Whether two files lie on one device; false when either is missing. */
export async function onSameDisk(a: string, b: string): Promise<boolean> {
  try {
    return (await stat(a)).dev === (await stat(b)).dev;
  } catch {
    return false;
  }
}

/** Whether anybody but the owner may read or change a file; false where there is none, or no such rights. */
export async function isOpenToOthers(path: string): Promise<boolean> {
  if (process.platform === 'win32') return false;
  try {
    return ((await stat(path)).mode & 0o077) !== 0;
  } catch {
    return false;
  }
}
