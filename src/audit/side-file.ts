import { dirname } from 'node:path';
import type { AppendFile, Files } from '../foundation/ports.ts';

/**
 * A file beside the events, outside the path of requests. What could not be made durable is cut off before the next try,
 * through a file opened anew: after a failed sync the old one cannot be believed.
 */
export class SideFile {
  readonly #files: Files;
  readonly #path: string;
  #file: AppendFile | undefined;
  #durable: number;

  /** @param durable bytes of the file that stay. */
  constructor(files: Files, path: string, durable: number) {
    this.#files = files;
    this.#path = path;
    this.#durable = durable;
  }

  /** Durable when this resolves; nothing of it stays when it rejects. Not to be called again meanwhile. */
  async append(bytes: Uint8Array): Promise<void> {
    try {
      const file = await this.#opened();
      file.append(bytes);
      await file.sync();
      // Its name is durable only with its directory.
      if (this.#durable === 0) await this.#files.syncDirectory(dirname(this.#path));
      this.#durable = file.size;
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  async #opened(): Promise<AppendFile> {
    this.#file ??= await this.#files.openAppend(this.#path);
    if (this.#file.size !== this.#durable) await this.#file.truncate(this.#durable);
    return this.#file;
  }

  async close(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    await file?.close().catch(() => {});
  }
}
