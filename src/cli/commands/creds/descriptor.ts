import { fstatSync, readdirSync, readFileSync, readlinkSync, writeSync } from 'node:fs';
import { isatty } from 'node:tty';
import { WatchwordError } from '../../../foundation/errors.ts';

const ACCESS_MODE = 0o3;

const refused = (fd: number, why: string) =>
  new WatchwordError('client.usage', `File descriptor ${fd} ${why}.`, { where: '--dotenv' });

/**
 * Before a credential is asked for: whether it could be written to a file descriptor that we were started with.
 * @throws WatchwordError `client.usage` where it is not open for writing, where a person or nobody would read it, and where it is
 * one of this process's own
 */
export function checkDescriptor(fd: number): void {
  if (isatty(fd)) throw refused(fd, 'is a terminal, where everybody reads along: send it to a program or a file');
  const kind = kindOf(fd);
  if (kind === undefined) throw refused(fd, `is not open: add something like ${fd}>file, or ${fd}>&1 >/dev/null with a pipe`);
  if (kind === 'other' || fd === 0 || isOurOwn(fd))
    throw refused(fd, 'is not a file, a pipe or a socket that you opened for writing');
  if (!isWritable(fd)) throw refused(fd, 'is open for reading alone');
}

/** All of it, also where the reader is slow. @throws WatchwordError `client.usage` when the reader is gone */
export function writeToDescriptor(fd: number, text: string): void {
  const bytes = Buffer.from(text);
  try {
    for (let at = 0; at < bytes.length; ) at += writtenTo(fd, bytes.subarray(at));
  } catch (error) {
    throw refused(fd, `takes no more (${error instanceof Error && 'code' in error ? String(error.code) : 'it failed'})`);
  } finally {
    bytes.fill(0);
  }
}

function writtenTo(fd: number, bytes: Buffer): number {
  try {
    return writeSync(fd, bytes);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EAGAIN')) throw error;
    // A pipe that its other end made non-blocking, and that is full.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
    return 0;
  }
}

function kindOf(fd: number): 'stream' | 'other' | undefined {
  try {
    const found = fstatSync(fd);
    return found.isFile() || found.isFIFO() || found.isSocket() ? 'stream' : 'other';
  } catch {
    return undefined;
  }
}

/** Node.js speaks to its own threads through pipes, of which both ends are ours. */
function isOurOwn(fd: number): boolean {
  try {
    const target = readlinkSync(`/proc/self/fd/${fd}`);
    if (!target.startsWith('pipe:')) return false;
    const same = readdirSync('/proc/self/fd').filter((other) => other !== String(fd) && linkOf(other) === target);
    return same.some((other) => accessMode(Number(other)) !== accessMode(fd));
  } catch {
    // No such folder outside of Linux.
    return false;
  }
}

function linkOf(fd: string): string | undefined {
  try {
    return readlinkSync(`/proc/self/fd/${fd}`);
  } catch {
    // The one that the folder itself was read by.
    return undefined;
  }
}

const isWritable = (fd: number): boolean => accessMode(fd) !== 0;

/** 0: for reading, 1: for writing, 2: both; undefined where it cannot be told. */
function accessMode(fd: number): number | undefined {
  try {
    const flags = /^flags:\s*([0-7]+)/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8'))?.[1];
    return flags === undefined ? undefined : Number.parseInt(flags, 8) & ACCESS_MODE;
  } catch {
    return undefined;
  }
}
