import { randomBytes } from 'node:crypto';
import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  mkdtempSync,
  openSync,
  readdirSync,
  renameSync,
  rmdirSync,
  rmSync,
  statfsSync,
  statSync,
  unlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { WatchwordError } from '../../../foundation/errors.ts';

/** statfs(2): tmpfs and ramfs. */
const MEMORY_FILE_SYSTEMS: ReadonlySet<number> = new Set([0x01021994, 0x858458f6]);

/** Ours are far smaller; the command may have put others there. */
const MOST_OVERWRITTEN = 1 << 20;

/** Where it may lie, best first. */
export const memoryPlaces = (env: Readonly<Record<string, string | undefined>>): readonly string[] =>
  [env['XDG_RUNTIME_DIR'] ?? '', '/dev/shm'].filter((place) => isAbsolute(place));

/**
 * A folder of our own (0700) in memory, for files (0600) that no disk may keep. Everything is synchronous: it can be removed while
 * the process ends.
 */
export class MemoryDirectory {
  readonly path: string;
  /** Whether other users could put a folder of theirs in its place. They could not read what is in ours. */
  readonly replaceable: boolean;
  readonly #inode: number;
  readonly #remove = () => this.remove();

  /** @throws WatchwordError `client.usage` when none of the places is in memory */
  constructor(places: readonly string[]) {
    const usable = places.filter(isInMemory);
    const place = usable.find((each) => !isReplaceable(each)) ?? usable[0];
    if (place === undefined) {
      const tried = places.length === 0 ? 'there is no /dev/shm' : `looked at ${places.join(' and ')}`;
      throw new WatchwordError(
        'client.usage',
        `There is no file system in memory for the credential (${tried}). Mount a tmpfs at /dev/shm, or one that is yours, and name it in XDG_RUNTIME_DIR; in Kubernetes that is an emptyDir with medium: Memory.`,
      );
    }
    this.replaceable = isReplaceable(place);
    this.path = mkdtempSync(join(place, 'watchword-'));
    this.#inode = lstatSync(this.path).ino;
    process.once('exit', this.#remove);
  }

  file(name: string): string {
    return join(this.path, name);
  }

  /** Whoever opens it reads the old content or the new one, whole. @throws Error when the folder is there no more */
  write(name: string, text: string): void {
    if (!this.#isOurs()) throw new WatchwordError('client.usage', 'The folder of the credential was taken away.');
    const fresh = this.file(`.${randomBytes(8).toString('hex')}`);
    try {
      writeFileSync(fresh, text, { mode: 0o600, flag: 'wx' });
      renameSync(fresh, this.file(name));
    } catch (error) {
      rmSync(fresh, { force: true });
      throw error;
    }
  }

  #isOurs(): boolean {
    const found = lstatSync(this.path, { throwIfNoEntry: false });
    return found?.isDirectory() === true && found.ino === this.#inode;
  }

  /** Overwrites and deletes what lies in it. What the command put in its place is left alone. Again does nothing. */
  remove(): void {
    process.off('exit', this.#remove);
    try {
      if (!this.#isOurs()) return;
      for (const name of readdirSync(this.path)) erase(this.file(name));
      rmdirSync(this.path);
    } catch {
      // Gone already, or the command put a folder into it, which is not ours to empty.
    }
  }
}

function isInMemory(place: string): boolean {
  try {
    const { uid } = statSync(place);
    return MEMORY_FILE_SYSTEMS.has(statfsSync(place).type) && (uid === 0 || uid === process.getuid?.());
  } catch {
    return false;
  }
}

/** As volumes of Kubernetes are: without the sticky bit, whoever may write there may rename what is ours. */
function isReplaceable(place: string): boolean {
  const { mode } = statSync(place);
  return (mode & 0o022) !== 0 && (mode & 0o1000) === 0;
}

/** Follows no link, and overwrites nothing that has another name as well. */
function erase(path: string): void {
  try {
    if (lstatSync(path).isFile()) overwrite(path);
    unlinkSync(path);
  } catch {
    // What can't be deleted keeps the folder.
  }
}

function overwrite(path: string): void {
  const fd = openSync(path, constants.O_WRONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const { size, nlink } = fstatSync(fd);
    if (nlink === 1) writeSync(fd, Buffer.alloc(Math.min(size, MOST_OVERWRITTEN)), 0, undefined, 0);
  } finally {
    closeSync(fd);
  }
}
