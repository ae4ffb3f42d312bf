import type { Content } from '../content.ts';
import type { Format, Piece } from '../format.ts';
import { ByteReader } from './byte-reader.ts';
import { beginsWith } from './magic.ts';
import { ProtobufText } from './protobuf-text.ts';
import { TextOutput } from './text-output.ts';

/** Longer records are embeddings and pictures. */
const LONGEST = 16 * 1024 * 1024;
const BLOCK = 32 * 1024;
/** Of a W&B file: `:W&B`, a magic number, a version. */
const FILE_HEADER = 7;
/** Of a record: checksum, length, type. */
const RECORD_HEADER = 7;

const brokenOff = (address: string): Piece => ({
  kind: 'problem',
  address,
  reason: 'the file breaks off in the middle of a record',
});

/** TensorBoard's event files: TFRecords, each an `Event` message with texts, tags and hyperparameters. */
export const tensorboard: Format = {
  kind: 'tensorboard',
  title: 'TensorBoard event files',
  recognises: (path) => /(?:^|[/.])(?:events\.out\.)?tfevents\.[^/]*$|\.tfrecords?$/i.test(path),
  async *unfold(content: Content) {
    const reader = new ByteReader(content.chunks());
    const output = new TextOutput();
    const text = new ProtobufText(output);
    let broken = false;
    for (let index = 0; !broken; index += 1) {
      const head = Buffer.from(await reader.read(12));
      if (head.length === 0) break;
      const length = head.length < 12 ? LONGEST + 1 : Number(head.readBigUInt64LE(0));
      const bytes = await reader.read(Math.min(length, LONGEST));
      broken = bytes.length < length && (await reader.skip(length - bytes.length)) < length - bytes.length;
      const address = `event[${index}]`;
      if (!text.message(bytes, address)) text.bytes(bytes, address);
      await reader.skip(4);
      yield* output.grown();
    }
    yield* output.rest();
    if (broken) yield brokenOff('');
  },
};

/** Weights & Biases' own log of a run (`run-*.wandb`): records of protobuf in LevelDB's log format. */
export const wandbLog: Format = {
  kind: 'wandb-log',
  title: 'Weights & Biases run logs',
  recognises: (_path, head) => beginsWith(head, ':W&B'),
  async *unfold(content: Content) {
    const reader = new ByteReader(content.chunks());
    const output = new TextOutput();
    const text = new ProtobufText(output);
    await reader.skip(FILE_HEADER);
    let index = 0;
    for await (const record of records(reader)) {
      const address = `record[${index}]`;
      if (!text.message(record, address)) text.bytes(record, address);
      index += 1;
      yield* output.grown();
    }
    yield* output.rest();
  },
};

/** Whole records; one that is split over blocks is put together. Ends at the first that breaks off: a run may still be writing. */
async function* records(reader: ByteReader): AsyncGenerator<Uint8Array> {
  let parts: Uint8Array[] = [];
  for (;;) {
    const left = BLOCK - (reader.offset % BLOCK);
    if (left < RECORD_HEADER) await reader.skip(left);
    const head = Buffer.from(await reader.read(RECORD_HEADER));
    if (head.length < RECORD_HEADER) break;
    const type = head[6];
    const body = Uint8Array.from(await reader.read(head.readUInt16LE(4)));
    if (type === 1 || type === 2) parts = [];
    if (parts.length < LONGEST / BLOCK) parts.push(body);
    if (type === 1 || type === 4) {
      yield Buffer.concat(parts);
      parts = [];
    }
  }
  if (parts.length > 0) yield Buffer.concat(parts);
}
