import type { Content } from '../content.ts';
import type { Format, Piece } from '../format.ts';
import { ByteReader } from './byte-reader.ts';
import { below } from './json-leaves.ts';
import { beginsWith } from './magic.ts';
import { TextOutput } from './text-output.ts';

const MAGIC = 'GGUF';
const STRING = 8;
const ARRAY = 9;
/** Bytes of a value, by its type's number; strings and arrays say theirs. */
const SIZES = [1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8];
const LONGEST = 16 * 1024 * 1024;
const DEPTH = 8;

class Broken extends Error {}

/** Metadata of GGUF files, versions 1 to 3, little- or big-endian. Vocabularies and tensors are passed over. */
export const gguf: Format = {
  kind: 'gguf',
  title: 'GGUF model files',
  recognises: (_path, head) => beginsWith(head, MAGIC),
  async *unfold(content: Content): AsyncGenerator<Piece> {
    const output = new TextOutput();
    const reader = new GgufReader(new ByteReader(content.chunks()), output);
    let broken = false;
    try {
      for await (const _ of reader.metadata()) yield* output.grown();
    } catch (error) {
      if (!(error instanceof Broken)) throw error;
      broken = true;
    }
    yield* output.rest();
    if (broken) yield { kind: 'problem', address: 'gguf.metadata', reason: 'the metadata breaks off or is damaged' };
  },
};

class GgufReader {
  readonly #reader: ByteReader;
  readonly #output: TextOutput;
  #bigEndian = false;
  #wide = true;

  constructor(reader: ByteReader, output: TextOutput) {
    this.#reader = reader;
    this.#output = output;
  }

  async *metadata(): AsyncGenerator<void> {
    const start = await this.#bytes(8);
    this.#bigEndian = start.readUInt32LE(4) > 0xffff;
    this.#wide = (this.#bigEndian ? start.readUInt32BE(4) : start.readUInt32LE(4)) > 1;
    await this.#count();
    const pairs = await this.#count();
    for (let index = 0; index < pairs; index += 1) {
      const key = await this.#string();
      const name = key.toString('latin1', 0, 200);
      await this.#value(await this.#number(4), key, below('gguf.metadata', name, index).replace('[', '.').replace(/\]$/, ''), 0);
      yield;
    }
  }

  async #value(type: number, key: Buffer, address: string, depth: number): Promise<void> {
    if (type === STRING) {
      this.#output.pair(address, key, await this.#string());
    } else if (type === ARRAY) {
      await this.#array(key, address, depth);
    } else {
      const size = SIZES[type];
      if (size === undefined) throw new Broken();
      await this.#bytes(size);
    }
  }

  async #array(key: Buffer, address: string, depth: number): Promise<void> {
    const type = await this.#number(4);
    const count = await this.#count();
    const size = SIZES[type];
    if (size === undefined || depth > DEPTH) throw new Broken();
    if (size > 0) {
      await this.#reader.skip(size * count);
      return;
    }
    const isVocabulary = /^tokenizer\.ggml\.(?:tokens|merges)$/.test(key.toString('latin1'));
    for (let index = 0; index < count; index += 1) {
      if (isVocabulary && type === STRING) await this.#reader.skip(await this.#count());
      else await this.#value(type, key, `${address}[${index}]`, depth + 1);
      if (this.#output.text.length > LONGEST) throw new Broken();
    }
  }

  async #string(): Promise<Buffer> {
    const length = await this.#count();
    if (length > LONGEST) throw new Broken();
    return this.#bytes(length);
  }

  #count(): Promise<number> {
    return this.#number(this.#wide ? 8 : 4);
  }

  async #number(size: 4 | 8): Promise<number> {
    const bytes = await this.#bytes(size);
    if (size === 4) return this.#bigEndian ? bytes.readUInt32BE(0) : bytes.readUInt32LE(0);
    return Number(this.#bigEndian ? bytes.readBigUInt64BE(0) : bytes.readBigUInt64LE(0));
  }

  async #bytes(length: number): Promise<Buffer> {
    const bytes = await this.#reader.read(length);
    if (bytes.length < length) throw new Broken();
    return Buffer.from(bytes);
  }
}
