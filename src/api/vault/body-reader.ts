import type { IncomingMessage } from 'node:http';
import { limits } from '../../foundation/bounds.ts';
import { WatchwordError } from '../../foundation/errors.ts';

/** Bytes of bodies held at the same time, over all requests: callers are not known yet while their bodies arrive. */
const MAX_HELD_BYTES = 8 * limits.bodyBytes;

/** Reads the bodies of all requests, in bounded memory. */
export class BodyReader {
  readonly #maxHeld: number;
  #held = 0;

  constructor(maxHeld = MAX_HELD_BYTES) {
    this.#maxHeld = maxHeld;
  }

  /**
   * Hands a whole body of at most {@link limits.bodyBytes} to `parse`, and zeroes it afterwards. What is not taken is read
   * and dropped, so that the client gets to read the answer.
   * @throws WatchwordError `request.too-large`; `request.limited` when too much is held for other requests;
   * `request.malformed` when the client went away; whatever `parse` throws
   */
  async read<Parsed>(request: IncomingMessage, parse: (bytes: Buffer) => Parsed): Promise<Parsed> {
    if (Number(request.headers['content-length'] ?? 0) > limits.bodyBytes) {
      request.resume();
      throw new WatchwordError('request.too-large');
    }
    const chunks: Buffer[] = [];
    try {
      const size = await this.#collect(request, chunks);
      const bytes = chunks[0] !== undefined && chunks.length === 1 ? chunks[0] : Buffer.concat(chunks, size);
      try {
        return parse(bytes);
      } finally {
        bytes.fill(0);
      }
    } finally {
      for (const chunk of chunks) {
        this.#held -= chunk.length;
        chunk.fill(0);
      }
    }
  }

  /** Resolves with the number of bytes. */
  #collect(request: IncomingMessage, chunks: Buffer[]): Promise<number> {
    return new Promise((resolve, reject) => {
      let size = 0;
      const refuse = (error: WatchwordError) => {
        request.off('data', take);
        request.resume();
        reject(error);
      };
      const take = (chunk: Buffer) => {
        size += chunk.length;
        this.#held += chunk.length;
        chunks.push(chunk);
        if (size > limits.bodyBytes) refuse(new WatchwordError('request.too-large'));
        else if (this.#held > this.#maxHeld) {
          refuse(new WatchwordError('request.limited', 'too many large requests at the same time', { retryAfter: 1 }));
        }
      };
      request.on('data', take);
      request.once('end', () => resolve(size));
      request.once('error', () => refuse(new WatchwordError('request.malformed', 'the request ended before its body')));
    });
  }
}
