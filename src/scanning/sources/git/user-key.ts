import { randomBytes } from 'node:crypto';
import { closeSync, constants, fstatSync, linkSync, mkdirSync, openSync, readSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

const LENGTH = 32;

/**
 * A key of the user who scans, by which our own notes are known again: what comes along with a repository was not made with it. Made when
 * it is first asked for, in the user's folder for states. Undefined where that cannot be, and for a file that others own or can read.
 * https://specifications.freedesktop.org/basedir-spec/latest/
 */
export function userKey(environment: NodeJS.ProcessEnv = process.env): Buffer | undefined {
  const named = environment['XDG_STATE_HOME'] ?? '';
  const folder = join(isAbsolute(named) ? named : join(homedir(), '.local/state'), 'watchword');
  const path = join(folder, 'scanned-key');
  try {
    return read(path) ?? make(folder, path);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    return undefined;
  }
}

/** Undefined when there is none. @throws an error of the file system, with a code too for a file that cannot be trusted */
function read(path: string): Buffer | undefined {
  let file: number;
  try {
    file = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | (constants.O_NOFOLLOW ?? 0));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    const { mode, uid, size } = fstatSync(file);
    const isOurs = process.platform === 'win32' || ((mode & 0o177077) === 0o100000 && uid === process.getuid?.());
    const key = Buffer.alloc(LENGTH);
    if (!isOurs || size !== LENGTH || readSync(file, key, 0, LENGTH, 0) !== LENGTH)
      throw Object.assign(new Error('this is no key of ours'), { code: 'EPERM' });
    return key;
  } finally {
    closeSync(file);
  }
}

/** Of two that make it at once, one wins. */
function make(folder: string, path: string): Buffer | undefined {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const temporary = `${path}.${process.pid}.${randomBytes(4).toString('hex')}`;
  try {
    writeFileSync(temporary, randomBytes(LENGTH), { mode: 0o600, flag: 'wx' });
    linkSync(temporary, path);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  } finally {
    rmSync(temporary, { force: true });
  }
  return read(path);
}
