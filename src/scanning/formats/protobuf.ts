import type { Content } from '../content.ts';
import type { Format, TextPiece } from '../format.ts';
import { drain } from './array-elements.ts';
import { ByteReader } from './byte-reader.ts';
import { fieldAt, ProtobufText } from './protobuf-text.ts';
import { TextOutput } from './text-output.ts';

/** Longer fields are not held: they are taken for messages and entered, or for bytes and passed over. */
const HELD = 1024 * 1024;
const LEAST = 12;
/** The longest tag and length. */
const HEADER = 20;

type Names = Record<number, string>;

/** Fields of `ModelProto`, as onnx.proto numbers them. */
const MODEL: Names = {
  2: 'producer_name',
  3: 'producer_version',
  4: 'domain',
  6: 'doc_string',
  7: 'graph',
  14: 'metadata_props',
  25: 'functions',
};

/** ONNX models: metadata, producer, documentation and the attributes of nodes. Weights are passed over. */
export const onnx: Format = {
  kind: 'onnx',
  title: 'ONNX models',
  recognises: (path, head) => /\.(?:onnx|ort)$/i.test(path) && fieldAt(head, 0) !== undefined,
  unfold: (content) => unfoldMessage(content, 'onnx', MODEL),
};

/** TensorFlow's SavedModel and frozen graphs, and other files of one protobuf message. */
export const savedModel: Format = {
  kind: 'saved-model',
  title: 'TensorFlow SavedModel and other protobuf files',
  recognises: (path, head) => /\.(?:pb|caffemodel|mlmodel|pbf)$/i.test(path) && fieldAt(head, 0) !== undefined,
  unfold: (content) => unfoldMessage(content, 'protobuf', {}),
};

async function* unfoldMessage(content: Content, address: string, names: Names): AsyncGenerator<TextPiece> {
  const reader = new ByteReader(content.chunks());
  const output = new TextOutput();
  yield* readMessage(reader, output, address, names);
  yield* output.rest();
}

/** Reads to the end of the stream. What is no message any longer gives its printable runs. */
async function* readMessage(reader: ByteReader, output: TextOutput, address: string, names: Names): AsyncGenerator<TextPiece> {
  const text = new ProtobufText(output);
  let insideUntil = 0;
  for (;;) {
    const head = await reader.peek(HEADER);
    if (head.length === 0) return;
    const field = fieldAt(head, 0);
    if (field === undefined) break;
    if (field.end <= HELD) {
      const isInside = reader.offset < insideUntil;
      const bytes = await reader.read(field.end);
      if (!text.message(bytes, address, isInside ? {} : names)) text.bytes(bytes, address);
      yield* output.grown();
      continue;
    }
    const length = field.end - field.start;
    await reader.skip(field.start);
    if (isMessage(await reader.peek(4096), length)) insideUntil = Math.max(insideUntil, reader.offset + length);
    else yield* drain(reader, length, `${address}.bytes`, LEAST, output);
  }
  yield* drain(reader, Number.POSITIVE_INFINITY, `${address}.rest`, LEAST, output);
}

/** Whether bytes of a long field begin like a message: several fields whose lengths make sense. */
function isMessage(head: Uint8Array, length: number): boolean {
  let at = 0;
  for (let count = 0; count < 4 && at < head.length; count += 1) {
    const field = fieldAt(head, at);
    if (field === undefined || field.end > length || field.number > 1000) return false;
    at = field.end;
  }
  return at > 0;
}
