import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';

/** Never waits for a writer. */
const FLAGS = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | (constants.O_NOCTTY ?? 0);

/** A system call takes no more. */
const MOST_AT_ONCE = 2 ** 30;

/**
 * Text of a file that steers a scan and lies in what is scanned, so that whoever made that chose it: not a pipe or a device, which have no
 * end. Undefined for what is no regular file or has more than `most` bytes. @throws an error of the file system
 */
export function regularText(path: string, most: number): string | undefined {
  return regularBytes(path, most)?.toString('utf8');
}

/** The same as bytes. */
export function regularBytes(path: string, most: number): Buffer | undefined {
  const file = openSync(path, FLAGS);
  try {
    const status = fstatSync(file);
    if (!status.isFile() || status.size > most) return undefined;
    const buffer = Buffer.allocUnsafe(status.size);
    let filled = 0;
    while (filled < buffer.length) {
      const count = readSync(file, buffer, filled, Math.min(buffer.length - filled, MOST_AT_ONCE), filled);
      if (count === 0) break;
      filled += count;
    }
    return buffer.subarray(0, filled);
  } finally {
    closeSync(file);
  }
}
