import type { Content } from '../content.ts';
import type { Format, TextPiece } from '../format.ts';
import { asText } from '../text-encoding.ts';
import { JsonCursor, NotJson, writeUnescaped } from './json-cursor.ts';
import { MappedText } from './mapped-text.ts';
import { NotebookReader } from './notebook-reader.ts';
import { withoutNoise, withoutPictures } from './text-noise.ts';

const NAMED = /\.ipynb(?:[._~-][^/]{0,40})?$/i;
const MOST = 512 * 1024 * 1024;
/** What could not be parsed is scanned in stretches of this length. */
const STRETCH = 4 * 1024 * 1024;
const OVERLAP = 64 * 1024;

/** A byte order mark, white space, `{`; or a UTF-16 one. */
const OBJECT = /^(?:\xef\xbb\xbf)?[ \t\r\n]*\{|^\xff\xfe|^\xfe\xff|^\0?\{\0/;

function recognises(path: string, head: Uint8Array): boolean {
  const [first] = head;
  if (first === undefined || !(first === 0x7b || first <= 0x20 || first >= 0xef)) return false;
  const named = NAMED.test(path);
  if (!named && first !== 0x7b) return false;
  const text = Buffer.from(head.buffer, head.byteOffset, head.length).toString('latin1');
  if (!OBJECT.test(text)) return false;
  return named || /"cell_type"|"nbformat"|"worksheets"\s*:/.test(text);
}

/**
 * Jupyter notebooks of every version, Colab's and Kaggle's exports: sources, outputs, metadata and attachments as the text that
 * a person sees. A notebook that breaks off is read to where it breaks; the rest is scanned as it stands, with escapes resolved.
 */
export const notebook: Format = {
  kind: 'notebook',
  title: 'Jupyter notebook',
  recognises,
  async *unfold(content: Content) {
    const whole = await content.whole(MOST);
    const text = asText(whole);
    if (text === undefined) yield* unparsed(whole, 0, true);
    else yield* pieces(text.bytes, text.bytes === whole);
  },
};

function* pieces(bytes: Uint8Array, hasRaw: boolean): Generator<TextPiece> {
  const cursor = new JsonCursor(bytes, bytes[0] === 0xef ? 3 : 0);
  const reader = new NotebookReader(cursor);
  let brokenAt = -1;
  try {
    for (const text of reader.read()) yield withoutNoise(text).piece(hasRaw);
    brokenAt = cursor.at;
  } catch (error) {
    if (!(error instanceof NotJson)) throw error;
    brokenAt = error.at;
  }
  const last = reader.take();
  if (last !== undefined) yield withoutNoise(last).piece(hasRaw);
  yield* unparsed(bytes, brokenAt, hasRaw);
}

/** Everything from `from` on, in which escapes are resolved wherever they stand. */
function* unparsed(bytes: Uint8Array, from: number, hasRaw: boolean): Generator<TextPiece> {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let start = from; start < bytes.length; start += STRETCH) {
    const text = new MappedText();
    text.begin('unparsed');
    writeUnescaped(
      buffer,
      { start: start === from ? start : start - OVERLAP, end: Math.min(bytes.length, start + STRETCH) },
      text,
    );
    yield withoutPictures(withoutNoise(text)).piece(hasRaw);
  }
}
