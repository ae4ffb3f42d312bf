import type { Search } from '../detector.ts';
import { type Anchor, FRAGMENT } from './anchors.ts';
import { kernelBinary } from './kernel-binary.ts';
import { type Prefilter, WINDOW_SIZE } from './prefilter.ts';
import { slimTables } from './slim-tables.ts';

/** Of the global that neither Node's types nor the library's describe without a browser's. */
declare const WebAssembly: {
  validate(bytes: Uint8Array): boolean;
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object, imports: object) => { readonly exports: unknown };
};

interface Address {
  readonly value: number;
}

/** What `kernel/kernel.as` exports. */
interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer };
  readonly SLIM: Address;
  readonly DICTIONARIES: Address;
  readonly ENTRIES: Address;
  readonly TEXTS: Address;
  readonly EVENTS: Address;
  readonly WINDOW: Address;
  configure(farthest: number): void;
  start(length: number): void;
  next(): number;
}

const DICTIONARY_SIZE = 4096 + 8192;
const ENTRY_SIZE = 12;
const searches: readonly Search[] = ['prefix', 'nearby', 'anywhere'];

const binary = (): Buffer => Buffer.from(kernelBinary, 'base64');

/** The prefilter in WebAssembly: some GB/s. Its memory of 5 MB is taken once and never grows. */
export class Kernel implements Prefilter {
  readonly window: Buffer;
  readonly #exports: Exports;
  readonly #base: number;

  /** @throws Error when there are more anchors than its tables have room for */
  constructor(anchors: readonly Anchor[]) {
    const exports = new WebAssembly.Instance(new WebAssembly.Module(binary()), {}).exports as Exports;
    this.#exports = exports;
    this.#base = exports.WINDOW.value;
    this.window = Buffer.from(exports.memory.buffer, this.#base, WINDOW_SIZE);
    this.#fill(anchors);
  }

  /** Whether this machine's Node knows relaxed SIMD. */
  static isSupported(): boolean {
    return typeof WebAssembly === 'object' && WebAssembly.validate(binary());
  }

  run(length: number, visit: (at: number, anchor: number) => void): void {
    const { memory, EVENTS, start, next } = this.#exports;
    start(length);
    const base = this.#base;
    const events = new Uint32Array(memory.buffer, EVENTS.value);
    for (let count = next(); count > 0; count = next()) {
      for (let index = 0; index < 2 * count; index += 2) visit((events[index] ?? 0) - base, events[index + 1] ?? 0);
    }
  }

  #fill(anchors: readonly Anchor[]): void {
    const { memory, SLIM, DICTIONARIES, ENTRIES, TEXTS, EVENTS, configure } = this.#exports;
    const bytes = Buffer.from(memory.buffer);
    let text = TEXTS.value;
    if (anchors.length >= (TEXTS.value - ENTRIES.value) / ENTRY_SIZE) throw new Error('too many anchors for the kernel');
    anchors.forEach((anchor, index) => {
      if (text + anchor.text.length > EVENTS.value) throw new Error('the anchors are too long for the kernel');
      const dictionary = DICTIONARIES.value + searches.indexOf(anchor.search) * DICTIONARY_SIZE;
      const hash = fragmentHash(anchor.text, anchor.offset);
      bytes[dictionary + (hash >> 3)] = (bytes[dictionary + (hash >> 3)] ?? 0) | (1 << (hash & 7));
      const head = dictionary + 4096 + (hash >> 3) * 2;
      const entry = ENTRIES.value + (index + 1) * ENTRY_SIZE;
      bytes.writeUInt32LE(text, entry);
      bytes.writeUInt8(anchor.text.length, entry + 4);
      bytes.writeUInt8(anchor.offset, entry + 5);
      bytes.writeUInt16LE(bytes.readUInt16LE(head), entry + 6);
      bytes.writeUInt32LE(index, entry + 8);
      bytes.writeUInt16LE(index + 1, head);
      for (const byte of anchor.text) bytes[text++] = byte | 32;
    });
    const of = (search: Search): Anchor[] => anchors.filter((anchor) => anchor.search === search);
    const fragments = of('anywhere').map((anchor) => anchor.text.subarray(anchor.offset, anchor.offset + FRAGMENT));
    bytes.set(slimTables(fragments), SLIM.value);
    configure(Math.max(0, ...of('nearby').map(({ offset }) => offset)));
  }
}

/** As the kernel hashes them: 15 bits of `FRAGMENT` bytes, without regard to case. */
function fragmentHash(text: Buffer, at: number): number {
  const [a = 0, b = 0, c = 0] = text.subarray(at, at + FRAGMENT);
  return Math.imul((a & 31) | ((b & 31) << 8) | ((c & 31) << 16), 0x9e3779b1) >>> 17;
}
