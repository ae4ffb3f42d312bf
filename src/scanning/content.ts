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

export const WHOLE_LIMIT = 64 * 1024 * 1024;

export function tooLarge(most: number): NotScannable {
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
