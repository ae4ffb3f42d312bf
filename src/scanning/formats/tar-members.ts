import { bytesContent, type Content, NotScannable, sliceContent, streamContent } from '../content.ts';
import { nameOf } from '../file-name.ts';
import { ByteReader } from './byte-reader.ts';
import { BLOCK, isZero, paxRecords, type TarHeader, tarHeader } from './tar-header.ts';

/** Smaller members are held in memory; larger ones of a stream pass by. */
const HELD = 16 * 1024 * 1024;
/** Of a long name or an extended header. */
const LONG = 1024 * 1024;
const PEEK = 64 * 1024;
/** Shorter ways are read rather than jumped over. */
const JUMP = 1024 * 1024;

export interface TarMember {
  readonly kind: 'file' | 'link';
  readonly name: string;
  readonly size: number;
  /** Where its bytes begin in the tar. */
  readonly offset: number;
  /** Of a member of a stream: to be read before the next one is asked for. */
  readonly content: Content;
}

export interface TarProblem {
  readonly kind: 'problem';
  readonly reason: string;
}

/**
 * The members of a tar (v7, ustar, pax, GNU), also behind damage: the next header with a right checksum is looked for. Folders
 * and devices are left out.
 */
export async function* tarMembers(tar: Content): AsyncGenerator<TarMember | TarProblem> {
  const walk = new TarWalk(tar);
  try {
    yield* walk.members();
  } catch (error) {
    if (!(error instanceof NotScannable)) throw error;
    yield { kind: 'problem', reason: error.message };
  } finally {
    await walk.close();
  }
}

class TarWalk {
  readonly #tar: Content;
  #reader: ByteReader;
  /** Where `#reader` began. */
  #base = 0;
  #longName: string | undefined;
  #pax: ReadonlyMap<string, string> = new Map();

  constructor(tar: Content) {
    this.#tar = tar;
    this.#reader = new ByteReader(tar.chunks());
  }

  get #offset(): number {
    return this.#base + this.#reader.offset;
  }

  async *members(): AsyncGenerator<TarMember | TarProblem> {
    let lost = false;
    let ended = false;
    for (;;) {
      const at = this.#offset;
      const block = await this.#reader.read(BLOCK);
      if (block.length < BLOCK) {
        if (block.length > 0 && !ended && !lost) yield { kind: 'problem', reason: 'the archive ends too early' };
        return;
      }
      const header = tarHeader(block);
      if (header !== undefined) {
        lost = false;
        ended = false;
        yield* this.#member(header);
      } else if (isZero(block)) ended = true;
      else if (!ended && !lost) {
        lost = true;
        yield {
          kind: 'problem',
          reason: `no header where one belongs, at byte ${at}; what has no header after that is left out`,
        };
      }
    }
  }

  close(): Promise<unknown> {
    return this.#reader.close();
  }

  async *#member(header: TarHeader): AsyncGenerator<TarMember | TarProblem> {
    for (let more = header.more; more; ) more = (await this.#reader.read(BLOCK))[504] === 1;
    const stated = Number(this.#pax.get('size') ?? header.size);
    const size = Number.isSafeInteger(stated) && stated >= 0 && !'Lxg'.includes(header.type) ? stated : header.size;
    const start = this.#offset;
    const end = start + Math.ceil(size / BLOCK) * BLOCK;
    if (header.type === 'L' || header.type === 'K' || header.type === 'x' || header.type === 'g') {
      if (size <= LONG) await this.#extension(header.type, await this.#reader.peek(size));
    } else {
      const name = this.#pax.get('GNU.sparse.name') ?? this.#pax.get('path') ?? this.#longName ?? header.name;
      this.#pax = new Map();
      this.#longName = undefined;
      if (header.type === '1' || header.type === '2')
        yield { kind: 'link', name, size: 0, offset: start, content: bytesContent(new Uint8Array(0)) };
      else if (!'3456V'.includes(header.type) && !name.endsWith('/')) yield* this.#file(name, size, start);
    }
    const skipped = await this.#goTo(end);
    if (!skipped) throw new NotScannable('the archive ends too early');
  }

  async *#file(name: string, size: number, offset: number): AsyncGenerator<TarMember> {
    const make = (content: Content): TarMember => ({ kind: 'file', name, size, offset, content });
    if (this.#tar.at !== undefined && size > HELD) yield make(sliceContent(this.#tar, offset, size));
    else if (size <= HELD) yield make(bytesContent(Uint8Array.from(await this.#reader.peek(size))));
    else yield make(await this.#passing(offset, size));
  }

  /** Content that is read off the stream as it passes; asked for again, the stream is read from its beginning. */
  async #passing(offset: number, size: number): Promise<Content> {
    const beginning = Uint8Array.from(await this.#reader.peek(PEEK));
    const chunks = async function* (this: TarWalk): AsyncGenerator<Uint8Array> {
      const inPlace = this.#offset === offset;
      const reader = inPlace ? this.#reader : new ByteReader(this.#tar.chunks());
      try {
        if (!inPlace) await reader.skip(offset);
        for (let left = size; left > 0; ) {
          const piece = await reader.some(left);
          if (piece.length === 0) throw new NotScannable('the archive ends too early');
          left -= piece.length;
          yield piece;
        }
      } finally {
        if (!inPlace) await reader.close();
      }
    };
    return { ...streamContent(() => chunks.call(this), size), head: async (length) => beginning.subarray(0, length) };
  }

  async #extension(type: string, bytes: Uint8Array): Promise<void> {
    if (type === 'x') this.#pax = paxRecords(bytes);
    if (type === 'L') this.#longName = nameOf(bytes.subarray(0, bytes.indexOf(0) < 0 ? bytes.length : bytes.indexOf(0)));
  }

  /** Whether there is such a place. With random access nothing is read on the way. */
  async #goTo(end: number): Promise<boolean> {
    const distance = end - this.#offset;
    const { at, size } = this.#tar;
    if (at === undefined || size === undefined || distance < JUMP)
      return (await this.#reader.skip(distance)) === distance || this.#isTail(end);
    await this.#reader.close();
    this.#base = Math.min(end, size);
    this.#reader = new ByteReader(sliceContent(this.#tar, this.#base, size - this.#base).chunks());
    return end <= size || this.#isTail(end);
  }

  /** Some writers leave out the padding of the last member. */
  #isTail(end: number): boolean {
    return end - this.#offset < BLOCK;
  }
}
