import { bytesContent, type Content, following, gather, inTurns, streamContent } from '../content.ts';

/** Smaller ones are held in memory once expanded. */
export const HELD = 16 * 1024 * 1024;
const PEEK = 64 * 1024;

/** Content that comes out of a decoder. */
export interface Expanded {
  readonly content: Content;
  /** Its first bytes, at least 64 KiB of them if there are that many. */
  readonly beginning: Uint8Array;
  /** Why it is not all there is. */
  readonly problem?: string;
  /** Whether `content` is in memory. */
  readonly held: boolean;
  /** To be called when the content has been read as far as it will be. */
  close(): Promise<unknown>;
}

/** What is longer than `HELD` is decoded once for its first reader; `open` begins anew for every other. */
export async function expanded(open: () => AsyncIterable<Uint8Array>): Promise<Expanded> {
  const { rest, close } = inTurns(open());
  const { bytes, more, problem } = await gather(rest, HELD);
  if (!more) {
    const held = { content: bytesContent(bytes), beginning: bytes, held: true, close };
    return problem === undefined ? held : { ...held, problem };
  }
  const beginning = Uint8Array.from(bytes.subarray(0, PEEK));
  let read: Uint8Array | undefined = bytes;
  const stream = streamContent(() => {
    if (read === undefined) return open();
    const first = read;
    read = undefined;
    return following(first, rest);
  });
  const head = async (length: number): Promise<Uint8Array> =>
    length <= PEEK ? beginning.subarray(0, length) : stream.head(length);
  return { content: { ...stream, head }, beginning, held: false, close };
}
