import type { Content } from '../content.ts';
import type { Format } from '../format.ts';
import { drain, elementType, readElements } from './array-elements.ts';
import { ByteReader } from './byte-reader.ts';
import { beginsWith } from './magic.ts';
import { readPickles } from './pickle.ts';
import { TextOutput } from './text-output.ts';

const MAGIC = '\x93NUMPY';
const TYPE = /'descr':\s*'([^']{1,64})'/;
const SHAPE = /'shape':\s*\(([^)]{0,400})\)/;
const LEAST = 12;

/**
 * NumPy arrays: of strings, each element; of objects, the pickle behind the header. Arrays of numbers are passed over except for
 * long printable runs. The format is NEP 1 of numpy's documentation.
 */
export const numpy: Format = {
  kind: 'numpy',
  title: 'NumPy arrays',
  recognises: (_path, head) => beginsWith(head, MAGIC),
  async *unfold(content: Content) {
    const reader = new ByteReader(content.chunks());
    const output = new TextOutput();
    const start = Buffer.from(await reader.read(8));
    const lengthBytes = (start[6] ?? 0) > 1 ? 4 : 2;
    const length = Buffer.from(await reader.read(lengthBytes));
    const most = length.length === lengthBytes ? Math.min(length.readUIntLE(0, lengthBytes), 1024 * 1024) : 0;
    const header = Buffer.from(await reader.read(most));
    output.string('numpy.header', header);
    const text = header.toString('latin1');
    const spelled = TYPE.exec(text)?.[1] ?? '';
    const element = elementType(spelled);
    if (element?.isText === true) yield* readElements(reader, element, countOf(text), 'numpy.array', output);
    else if (spelled.includes('O')) yield* readPickles(reader, output, 'numpy.pickle');
    yield* drain(reader, Number.POSITIVE_INFINITY, 'numpy.rest', LEAST, output);
    yield* output.rest();
  },
};

function countOf(header: string): number {
  const sizes = (SHAPE.exec(header)?.[1] ?? '').split(',').filter((size) => /\d/.test(size));
  return sizes.reduce((product, size) => product * Number(size.trim()), 1);
}
