import type { Detector } from '../detector.ts';
import type { Hit, Setting } from '../hit.ts';
import { slowPath } from './slow-path.ts';

/** Finds credentials in bytes. Not shared between threads; each thread makes its own. */
export class Scanner {
  readonly #detectors: readonly Detector[];

  constructor(detectors: readonly Detector[]) {
    this.#detectors = detectors;
  }

  /**
   * At least `size` bytes to be filled by the caller and then given to `scan` in part or whole: reading a file into it saves
   * the copy. Valid until the next call of either method.
   */
  buffer(size: number): Uint8Array {
    return new Uint8Array(size);
  }

  /** Everything found in one text, of any length. Nothing of `bytes` is kept. */
  scan(bytes: Uint8Array, setting: Setting): Hit[] {
    return slowPath(this.#detectors, bytes, setting);
  }

  /** A text that comes in pieces, too long to be held. Offsets of hits count from its beginning. */
  async *scanChunks(chunks: AsyncIterable<Uint8Array>, setting: Setting): AsyncGenerator<Hit> {
    const all: Uint8Array[] = [];
    for await (const chunk of chunks) all.push(chunk);
    yield* this.scan(Buffer.concat(all), setting);
  }
}
