import type { TextPiece } from '../format.ts';
import type { ByteReader } from './byte-reader.ts';
import { PrintableRuns } from './printable-runs.ts';
import type { TextOutput } from './text-output.ts';

/** Type of an array's elements, from numpy's own spelling: `<f8`, `|S40`, `<U12`. */
export interface ElementType {
  readonly isText: boolean;
  /** UTF-32 of the byte order given; otherwise one byte is one character. */
  readonly wide: 'little' | 'big' | undefined;
  readonly size: number;
}

const SPELLED = /^([<>|=]?)([a-zA-Z])(\d{1,9})/;
const LONGEST = 64 * 1024;
const AT_ONCE = 256 * 1024;
/** Longer ones are cut, which may cut a credential. */
const LONGEST_RUN = 16 * 1024 * 1024;
/** Numbers make printable runs by chance; shorter ones are no strings. */
const LEAST = 16;

/** Undefined for objects and for what is no type. */
export function elementType(spelled: string): ElementType | undefined {
  const [, order, code, size] = SPELLED.exec(spelled) ?? [];
  if (code === undefined || size === undefined || code === 'O') return undefined;
  const isWide = code === 'U';
  const wide = isWide ? (order === '>' ? 'big' : 'little') : undefined;
  return { isText: isWide || code === 'S', wide, size: Number(size) * (isWide ? 4 : 1) };
}

/** Reads `count` elements and puts texts among them out, each at `address[index]`. */
export async function* readElements(
  reader: ByteReader,
  element: ElementType,
  count: number,
  address: string,
  output: TextOutput,
): AsyncGenerator<TextPiece> {
  if (!element.isText || element.size === 0 || element.size > LONGEST) {
    yield* drain(reader, element.size * count, address, LEAST, output);
    return;
  }
  for (let index = 0; index < count; ) {
    const bytes = await reader.read(Math.min(count - index, Math.ceil(AT_ONCE / element.size)) * element.size);
    for (let at = 0; at < bytes.length; at += element.size) {
      const text = textOf(bytes.subarray(at, at + element.size), element);
      if (text.length >= 4) output.string(`${address}[${index}]`, text);
      index += 1;
    }
    yield* output.grown();
    if (bytes.length === 0) return;
  }
}

function textOf(bytes: Uint8Array, { wide }: ElementType): Uint8Array {
  if (wide === undefined) {
    const end = bytes.indexOf(0);
    return end < 0 ? bytes : bytes.subarray(0, end);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let text = '';
  for (let at = 0; at + 4 <= bytes.length; at += 4) {
    const point = view.getUint32(at, wide === 'little');
    if (point === 0) break;
    text += point < 0x110000 ? String.fromCodePoint(point) : '?';
  }
  return Buffer.from(text, 'utf8');
}

/** Reads `length` bytes of no known structure, or fewer at the end, and puts their printable runs out. */
export async function* drain(
  reader: ByteReader,
  length: number,
  address: string,
  least: number,
  output: TextOutput,
): AsyncGenerator<TextPiece> {
  const runs = new PrintableRuns(address, least, 8, output);
  for (let left = length; left > 0; ) {
    const bytes = await reader.some(Math.min(left, AT_ONCE));
    if (bytes.length === 0) break;
    left -= bytes.length;
    runs.feed(bytes);
    if (!runs.isOpen || output.text.length > LONGEST_RUN) yield* output.grown();
  }
}
