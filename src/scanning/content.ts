/** A file's bytes, wherever they lie: on the disk, in an archive, in a pack. */
export interface Content {
  /** Bytes; undefined when only reading to the end would tell. */
  readonly size: number | undefined;
  /** The first bytes, at most `length`. */
  head(length: number): Promise<Uint8Array>;
  /** @throws NotScannable when there are more than `most` bytes (64 MiB unless said) */
  whole(most?: number): Promise<Uint8Array>;
  /** From the beginning, in pieces of any length. May be asked for again. */
  chunks(): AsyncIterable<Uint8Array>;
  /** Random access, where it is cheap. Fewer bytes than asked for only at the end. */
  readonly at?: (offset: number, length: number) => Promise<Uint8Array>;
}

/** Why something was not scanned, in words that end in "not scanned: ...". The rest of the scan goes on. */
export class NotScannable extends Error {}

const WHOLE_LIMIT = 64 * 1024 * 1024;
const CHUNK = 1024 * 1024;

function tooLarge(most: number): NotScannable {
  return new NotScannable(`larger than ${Math.floor(most / 1024 / 1024)} MiB, and this format is read in one piece`);
}

/** Content that is in memory already. */
export function bytesContent(bytes: Uint8Array): Content {
  return {
    size: bytes.length,
    head: async (length) => bytes.subarray(0, length),
    async whole(most = WHOLE_LIMIT) {
      if (bytes.length > most) throw tooLarge(most);
      return bytes;
    },
    async *chunks() {
      yield bytes;
    },
    at: async (offset, length) => bytes.subarray(offset, offset + length),
  };
}

/** Content that can only be read from the beginning; `open` begins anew each time. */
export function streamContent(open: () => AsyncIterable<Uint8Array>, size?: number): Content {
  const collect = async (most: number, whenMore: (() => Error) | undefined): Promise<Uint8Array> => {
    const pieces: Uint8Array[] = [];
    let length = 0;
    for await (const chunk of open()) {
      pieces.push(chunk);
      length += chunk.length;
      if (length <= most) continue;
      if (whenMore !== undefined) throw whenMore();
      break;
    }
    return pieces.length === 1 ? (pieces[0] as Uint8Array) : Buffer.concat(pieces);
  };
  return {
    size,
    head: async (length) => (await collect(length, undefined)).subarray(0, length),
    whole: (most = WHOLE_LIMIT) => collect(most, () => tooLarge(most)),
    chunks: open,
  };
}

/** A stretch of content that can be read anywhere. */
export function sliceContent(content: Content, offset: number, size: number): Content {
  const { at: read } = content;
  if (read === undefined) throw new TypeError('only content with random access has slices');
  const at = (from: number, length: number): Promise<Uint8Array> =>
    read(offset + from, Math.max(0, Math.min(length, size - from)));
  return {
    size,
    head: (length) => at(0, length),
    async whole(most = WHOLE_LIMIT) {
      if (size > most) throw tooLarge(most);
      return at(0, size);
    },
    async *chunks() {
      for (let from = 0; from < size; ) {
        const piece = await at(from, CHUNK);
        if (piece.length === 0) return;
        yield piece;
        from += piece.length;
      }
    },
    at,
  };
}

/** Content in which any place can be read: itself, or all of it in memory. @throws NotScannable */
export async function seekable(content: Content, most = WHOLE_LIMIT): Promise<Content> {
  return content.at === undefined ? bytesContent(await content.whole(most)) : content;
}

/** What could be read of a stream, up to `most` bytes, and why there is no more of it. */
export interface Gathered {
  readonly bytes: Uint8Array;
  /** Undefined when that was all. */
  readonly problem?: string;
  /** There is more than `most`. */
  readonly more: boolean;
}

/** Collects without losing what came before a fault. */
export async function gather(chunks: AsyncIterable<Uint8Array>, most = WHOLE_LIMIT): Promise<Gathered> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  const bytes = (): Uint8Array => (pieces.length === 1 ? (pieces[0] as Uint8Array) : Buffer.concat(pieces));
  try {
    for await (const chunk of chunks) {
      pieces.push(chunk);
      length += chunk.length;
      if (length > most) return { bytes: bytes(), more: true };
    }
    return { bytes: bytes(), more: false };
  } catch (error) {
    if (!(error instanceof NotScannable)) throw error;
    return { bytes: bytes(), problem: error.message, more: false };
  }
}

/** A stream that is read in turns: who stops reading does not end it. */
export interface Turns {
  readonly rest: AsyncIterable<Uint8Array>;
  close(): Promise<unknown>;
}

export function inTurns(chunks: AsyncIterable<Uint8Array>): Turns {
  const iterator = chunks[Symbol.asyncIterator]();
  return {
    rest: { [Symbol.asyncIterator]: () => ({ next: () => iterator.next() }) },
    close: async () => iterator.return?.(),
  };
}

/** What was read of a stream, and the rest of it. */
export async function* following(beginning: Uint8Array, rest: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield beginning;
  yield* rest;
}
