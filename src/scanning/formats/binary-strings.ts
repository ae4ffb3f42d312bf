import type { Content } from '../content.ts';
import type { Format, TextPiece } from '../format.ts';
import { drain } from './array-elements.ts';
import { ByteReader } from './byte-reader.ts';
import { beginsWith } from './magic.ts';
import { TextOutput } from './text-output.ts';

/** Names of settings are short. */
const LEAST = 5;

/** Beginnings of what another format reads better: archives, compressed files, pickles, arrays. */
const OTHERS = [
  'PK\x03',
  'PK\x05',
  '\x1f\x8b',
  'BZh',
  '\xfd7zXZ',
  '(\xb5/\xfd',
  '\x80',
  '\x93NUMPY',
  '\x89HDF',
  'GGUF',
  'SQLite',
  'x\x9c',
  'x\x01',
];

/** The strings in bytes of which nothing is known. */
export async function* stringsOf(content: Content, address: string): AsyncGenerator<TextPiece> {
  const output = new TextOutput();
  yield* drain(new ByteReader(content.chunks()), Number.POSITIVE_INFINITY, `${address}.string`, LEAST, output);
  yield* output.rest();
}

/** HDF5 (Keras' `.h5`, weights, data sets): names, attributes and strings as they stand in the file. Compressed data is not opened. */
export const hdf5: Format = {
  kind: 'hdf5',
  title: 'HDF5 and Keras weights',
  recognises: (_path, head) => beginsWith(head, '\x89HDF\r\n\x1a\n'),
  unfold: (content) => stringsOf(content, 'hdf5'),
};

/** Parquet, Arrow, Feather, ORC and Avro: schema, metadata and values that are stored without compression. */
export const columnar: Format = {
  kind: 'columnar',
  title: 'Parquet, Arrow, Feather, ORC and Avro',
  recognises: (_path, head) =>
    ['PAR1', 'ARROW1', 'FEA1', 'ORC', 'Obj\x01'].some((magic) => beginsWith(head, magic)) && head.includes(0),
  unfold: (content) => stringsOf(content, 'columns'),
};

/** TensorFlow Lite and other model files of which nothing is known but that strings stand in them. */
export const flatModel: Format = {
  kind: 'flat-model',
  title: 'TensorFlow Lite and other binary model files',
  recognises: (path, head) =>
    head.includes(0) &&
    !OTHERS.some((magic) => beginsWith(head, magic)) &&
    /\.(?:tflite|bin|pt|pth|ckpt|model|engine|plan|trt|h5|ggml|params|pdparams|pdmodel|index|meta|mar|mlpackage|cbm|ubj|rds|rdata|msgpack)$/i.test(
      path,
    ),
  unfold: (content) => stringsOf(content, 'model'),
};
