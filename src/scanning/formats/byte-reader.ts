const NOTHING = new Uint8Array(0);

/** Reads a stream of chunks forward, in pieces of the reader's choice. */
export class ByteReader {
  readonly #chunks: AsyncIterator<Uint8Array>;
  #rest: Uint8Array = NOTHING;
  #ended = false;
  /** Bytes handed out or skipped. */
  offset = 0;

  constructor(chunks: AsyncIterable<Uint8Array>) {
    this.#chunks = chunks[Symbol.asyncIterator]();
  }

  /** The next bytes without moving on; fewer than asked for only at the end. Valid until the next call. */
  async peek(length: number): Promise<Uint8Array> {
    if (this.#rest.length < length) await this.#fill(length);
    return this.#rest.subarray(0, length);
  }

  /** Fewer bytes than asked for only at the end. */
  async read(length: number): Promise<Uint8Array> {
    const bytes = await this.peek(length);
    this.#advance(bytes.length);
    return bytes;
  }

  /** At least one byte and at most `most`, as they come; nothing at the end. */
  async some(most: number): Promise<Uint8Array> {
    if (this.#rest.length === 0) await this.#fill(1);
    const bytes = this.#rest.subarray(0, most);
    this.#advance(bytes.length);
    return bytes;
  }

  /** How many bytes could be skipped. */
  async skip(length: number): Promise<number> {
    let left = length;
    while (left > 0) {
      const { length: skipped } = await this.some(left);
      if (skipped === 0) break;
      left -= skipped;
    }
    return length - left;
  }

  /** Ends the stream early. */
  close(): Promise<unknown> {
    return this.#chunks.return?.() ?? Promise.resolve();
  }

  #advance(length: number): void {
    this.#rest = this.#rest.subarray(length);
    this.offset += length;
  }

  async #fill(length: number): Promise<void> {
    const pieces: Uint8Array[] = [this.#rest];
    let have = this.#rest.length;
    while (have < length && !this.#ended) {
      const { done, value } = await this.#chunks.next();
      if (done === true) this.#ended = true;
      else {
        pieces.push(value);
        have += value.length;
      }
    }
    this.#rest = pieces.length === 2 && pieces[0]?.length === 0 ? (pieces[1] ?? NOTHING) : Buffer.concat(pieces);
  }
}
