import { closeSync, fdatasync, openSync, writeSync } from 'node:fs';
import { mkdir, open, readdir, readFile, rename, rm, stat, truncate } from 'node:fs/promises';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import type { AppendFile, Files } from './ports.ts';

const fdatasyncAsync = promisify(fdatasync);

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

class NodeAppendFile implements AppendFile {
  readonly #path: string;
  readonly #fd: number;
  #closed = false;
  size: number;

  constructor(path: string, fd: number, size: number) {
    this.#path = path;
    this.#fd = fd;
    this.size = size;
  }

  append(bytes: Uint8Array): void {
    let written = 0;
    while (written < bytes.length) {
      const count = writeSync(this.#fd, bytes, written);
      written += count;
      this.size += count;
    }
  }

  async sync(): Promise<void> {
    await fdatasyncAsync(this.#fd);
  }

  async truncate(size: number): Promise<void> {
    await truncate(this.#path, size);
    this.size = size;
  }

  async close(): Promise<void> {
    // A descriptor closed twice may be another file's by then.
    if (this.#closed) return;
    this.#closed = true;
    closeSync(this.#fd);
  }
}

async function syncPath(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** The real file system. Files are created 0600 and directories 0700. */
export const nodeFiles: Files = {
  async openAppend(path) {
    const fd = openSync(path, 'a', 0o600);
    return new NodeAppendFile(path, fd, (await stat(path)).size);
  },
  read: (path) => readFile(path),
  async readRange(path, start, end) {
    const handle = await open(path, 'r');
    try {
      const buffer = Buffer.alloc(Math.max(0, end - start));
      let filled = 0;
      while (filled < buffer.length) {
        const { bytesRead } = await handle.read(buffer, filled, buffer.length - filled, start + filled);
        if (bytesRead === 0) break;
        filled += bytesRead;
      }
      return buffer.subarray(0, filled);
    } finally {
      await handle.close();
    }
  },
  async size(path) {
    try {
      return (await stat(path)).size;
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  },
  async list(directory) {
    try {
      return (await readdir(directory)).sort();
    } catch (error) {
      if (isMissing(error)) return [];
      throw error;
    }
  },
  async makeDirectory(path) {
    await mkdir(path, { recursive: true, mode: 0o700 });
  },
  syncDirectory: syncPath,
  async replace(path, bytes) {
    const temporary = `${path}.new`;
    const handle = await open(temporary, 'w', 0o600);
    try {
      await handle.writeFile(bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, path);
    await syncPath(dirname(path));
  },
  async remove(path) {
    await rm(path, { force: true });
  },
};
