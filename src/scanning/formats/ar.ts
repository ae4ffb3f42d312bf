import { type Content, seekable, sliceContent } from '../content.ts';
import { nameOf } from '../file-name.ts';
import type { Format, Piece } from '../format.ts';

const MAGIC = Buffer.from('!<arch>\n');
const HEADER = 60;
const NAMES = 16 * 1024 * 1024;

/** Debian packages, and libraries. */
export const ar: Format = {
  kind: 'ar',
  title: 'ar archive',
  recognises: (_path, head) => head[0] === 0x21 && MAGIC.equals(head.subarray(0, MAGIC.length)),
  async *unfold(content): AsyncGenerator<Piece> {
    yield* members(await seekable(content));
  },
};

async function* members(archive: Content): AsyncGenerator<Piece> {
  const size = archive.size ?? 0;
  const read = async (offset: number, length: number): Promise<Buffer> => Buffer.from((await archive.at?.(offset, length)) ?? []);
  let longNames: Buffer = Buffer.alloc(0);
  for (let offset = MAGIC.length; offset < size; ) {
    const header = await read(offset, HEADER);
    const stated = Number(header.toString('latin1', 48, 58).trim());
    if (header.length < HEADER || header[58] !== 0x60 || !Number.isSafeInteger(stated) || stated < 0) {
      yield { kind: 'problem', address: '', reason: `no header where one belongs, at byte ${offset}` };
      return;
    }
    const start = offset + HEADER;
    const field = header.toString('latin1', 0, 16).trimEnd();
    if (field === '//') longNames = await read(start, Math.min(stated, NAMES));
    else if (field !== '/' && field !== '/SYM64/') {
      // BSD puts a long name before the bytes, GNU all of them into a member of their own.
      const before = Number(/^#1\/(\d{1,4})$/.exec(field)?.[1] ?? 0);
      const place = /^\/(\d+)$/.exec(field)?.[1];
      const long = before > 0 ? await read(start, before) : longNames.subarray(Number(place));
      const name = before > 0 || place !== undefined ? nameOf(upTo(long, before > 0 ? 0 : 0x0a)) : field;
      yield {
        kind: 'file',
        path: name.replace(/\/$/, ''),
        content: sliceContent(archive, start + before, Math.max(0, stated - before)),
      };
    }
    if (start + stated > size) yield { kind: 'problem', address: '', reason: 'the archive ends too early' };
    offset = start + stated + (stated % 2);
  }
}

function upTo(bytes: Buffer, end: number): Buffer {
  const at = bytes.indexOf(end);
  return at < 0 ? bytes : bytes.subarray(0, at);
}
