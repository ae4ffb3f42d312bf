import type { Guard } from '../detector.ts';
import { type Anchor, FRAGMENT } from './anchors.ts';
import { fatTables } from './fat-tables.ts';
import { kernelBinary } from './kernel-binary.ts';
import { type Prefilter, WINDOW_SIZE } from './prefilter.ts';
import type { KernelImage } from './prepared-tables.ts';

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
  readonly FAT: Address;
  readonly CLASSES: Address;
  readonly DICTIONARIES: Address;
  readonly ENTRIES: Address;
  readonly TEXTS: Address;
  readonly EVENTS: Address;
  readonly RUNS: Address;
  readonly RUNS_ROOM: Address;
  readonly RUN_COUNT: Address;
  readonly ESCAPES: Address;
  readonly ESCAPES_ROOM: Address;
  readonly ESCAPE_COUNT: Address;
  readonly FULL: Address;
  readonly WINDOW: Address;
  configure(farthest: number): void;
  start(length: number): number;
  next(): number;
}

/** A byte for every hash; then the first entry for every 4 of them. */
const HEADS = 16_384;
const DICTIONARY_SIZE = HEADS + 8192;
const ENTRY_SIZE = 32;
const searches: readonly Anchor['search'][] = ['prefix', 'nearby', 'nearby-long', 'anywhere'];

const binary = (): Buffer => Buffer.from(kernelBinary, 'base64');

/** The prefilter in WebAssembly: some GB/s. Its memory of 5 MB is taken once and never grows. */
export class Kernel implements Prefilter {
  readonly window: Buffer;
  readonly #exports: Exports;
  readonly #base: number;
  readonly #events: Uint32Array;
  readonly #runs: Uint32Array;
  readonly #runCount: Uint32Array;
  readonly #escapes: Uint32Array;
  readonly #escapeCount: Uint32Array;
  #farthest = 0;
  /** Where the anchors' texts end. */
  #filled = 0;

  /** @throws Error when there are more anchors than its tables have room for */
  constructor(tables: readonly Anchor[] | KernelImage) {
    const exports = new WebAssembly.Instance(new WebAssembly.Module(binary()), {}).exports as Exports;
    const { buffer } = exports.memory;
    this.#exports = exports;
    this.#base = exports.WINDOW.value;
    this.window = Buffer.from(buffer, this.#base, WINDOW_SIZE);
    this.#events = new Uint32Array(buffer, exports.EVENTS.value);
    this.#runs = new Uint32Array(buffer, exports.RUNS.value, 2 * exports.RUNS_ROOM.value);
    this.#runCount = new Uint32Array(buffer, exports.RUN_COUNT.value, 1);
    this.#escapes = new Uint32Array(buffer, exports.ESCAPES.value, exports.ESCAPES_ROOM.value);
    this.#escapeCount = new Uint32Array(buffer, exports.ESCAPE_COUNT.value, 1);
    if ('bytes' in tables) this.#load(tables);
    else this.#fill(tables);
  }

  /** From which another kernel is made in no time. */
  image(): KernelImage {
    const { memory, FAT } = this.#exports;
    return { bytes: new Uint8Array(memory.buffer).slice(FAT.value, this.#filled), farthest: this.#farthest };
  }

  /** Whether this machine's Node knows relaxed SIMD. */
  static isSupported(): boolean {
    return typeof WebAssembly === 'object' && WebAssembly.validate(binary());
  }

  run(length: number, visit: (at: number, anchor: number) => void): void {
    const { FULL, start, next } = this.#exports;
    const base = this.#base;
    const events = this.#events;
    for (let count = start(length); ; count = next()) {
      for (let index = 0; index < 2 * count; index += 2) visit((events[index] ?? 0) - base, events[index + 1] ?? 0);
      if (count < FULL.value) return;
    }
  }

  runs(): readonly number[] | undefined {
    const [count = 0] = this.#runCount;
    if (count > this.#runs.length / 2) return undefined;
    const found: number[] = [];
    for (let index = 0; index < 2 * count; index += 1) found.push((this.#runs[index] ?? 0) - this.#base);
    return found;
  }

  escapes(): Uint32Array | undefined {
    const [count = 0] = this.#escapeCount;
    return count > this.#escapes.length ? undefined : this.#escapes.subarray(0, count);
  }

  #load({ bytes, farthest }: KernelImage): void {
    const { memory, FAT, configure } = this.#exports;
    new Uint8Array(memory.buffer).set(bytes, FAT.value);
    configure(farthest);
  }

  #fill(anchors: readonly Anchor[]): void {
    const { memory, FAT, CLASSES, DICTIONARIES, ENTRIES, TEXTS, EVENTS, configure } = this.#exports;
    const bytes = Buffer.from(memory.buffer);
    let text = TEXTS.value;
    if (anchors.length >= (TEXTS.value - ENTRIES.value) / ENTRY_SIZE) throw new Error('too many anchors for the kernel');
    anchors.forEach((anchor, index) => {
      if (text + anchor.text.length > EVENTS.value) throw new Error('the anchors are too long for the kernel');
      const dictionary = DICTIONARIES.value + searches.indexOf(anchor.search) * DICTIONARY_SIZE;
      const hash = fragmentHash(anchor.text, anchor.offset);
      bytes[dictionary + hash] = (bytes[dictionary + hash] ?? 0) | (anchor.offset === 0 ? 1 : 2);
      const head = dictionary + HEADS + (longerHash(anchor.text, anchor.offset) >> 2) * 2;
      const entry = ENTRIES.value + (index + 1) * ENTRY_SIZE;
      bytes.writeUInt32LE(text, entry);
      bytes.writeUInt8(anchor.text.length, entry + 4);
      bytes.writeUInt8(anchor.offset, entry + 5);
      bytes.writeUInt16LE(bytes.readUInt16LE(head), entry + 6);
      bytes.writeUInt32LE(index, entry + 8);
      if (anchor.guard !== undefined) guardEntry(bytes, entry, anchor.guard);
      bytes.writeUInt16LE(index + 1, head);
      bytes.writeUInt32LE(anchor.text.length === 3 ? 0xdfdfdf : 0xdfdfdfdf, entry + 28);
      for (const byte of anchor.text) bytes[text++] = byte | 32;
      bytes.copy(bytes, entry + 24, text - anchor.text.length, text - anchor.text.length + 4);
    });
    const fragments = anchors
      .filter(({ search }) => search === 'anywhere')
      .map((anchor) => anchor.text.subarray(anchor.offset, anchor.offset + FRAGMENT));
    bytes.set(fatTables(distinct(fragments)), FAT.value);
    bytes.set(classTables(), CLASSES.value);
    this.#filled = text;
    this.#farthest = Math.max(0, ...anchors.map(({ search, offset }) => (search.startsWith('nearby') ? offset : 0)));
    configure(this.#farthest);
  }
}

const distinct = (texts: readonly Buffer[]): Buffer[] => [
  ...new Map(texts.map((text) => [text.toString('latin1'), text])).values(),
];

/** Writes what the kernel looks for beside an anchor. */
function guardEntry(bytes: Buffer, entry: number, { word = false, next = [], userInfo = false }: Guard): void {
  let [first, second] = [0, 0];
  for (const text of next) {
    first |= 1 << (text.charCodeAt(0) & 31);
    second |= text.length > 1 ? 1 << (text.charCodeAt(1) & 31) : -1;
  }
  bytes.writeUInt32LE((word ? 1 : 0) | (next.length > 0 ? 2 : 0) | (userInfo ? 4 : 0), entry + 12);
  bytes.writeInt32LE(first, entry + 16);
  bytes.writeInt32LE(second, entry + 20);
}

/** As the kernel hashes them: 14 bits of `FRAGMENT` bytes, without regard to case. */
function fragmentHash(text: Buffer, at: number): number {
  const [a = 0, b = 0, c = 0] = text.subarray(at, at + FRAGMENT);
  return Math.imul(((a & 31) << 8) | ((b & 31) << 16) | ((c & 31) << 24), 0x9e3779b1) >>> 18;
}

/** Of these bytes and the one before them, where there is one. */
function longerHash(text: Buffer, at: number): number {
  if (at === 0) return fragmentHash(text, at);
  return Math.imul(text.readUInt32LE(at - 1) & 0x1f1f1f1f, 0x9e3779b1) >>> 18;
}

/**
 * A byte is in class 2^n when the tables of its low and its high nibble share that bit: 1 `:=`, 2 `.~`, 4 `+-/`, 8 `_`,
 * 16 letters of columns 4 and 6, 32 letters of columns 5 and 7, 64 digits. No byte is in two, and every mask is "this class or a
 * higher one": what is added makes that the sign bit. The last two are the beginnings of escapes.
 */
function classTables(): Buffer {
  const products: readonly (readonly [highs: readonly number[], lows: readonly number[]])[] = [
    [[3], [10, 13]],
    [[2, 7], [14]],
    [[2], [11, 13, 15]],
    [[5], [15]],
    [[4, 6], Array.from({ length: 15 }, (_, low) => low + 1)],
    [[5, 7], Array.from({ length: 11 }, (_, low) => low)],
    [[3], Array.from({ length: 10 }, (_, low) => low)],
  ];
  const tables = Buffer.alloc(144);
  products.forEach(([highs, lows], bit) => {
    for (const low of lows) tables[low] = (tables[low] ?? 0) | (1 << bit);
    for (const high of highs) tables[16 + high] = (tables[16 + high] ?? 0) | (1 << bit);
  });
  [15, 128 - 1, 128 - 4, 128 - 8, 128 - 64, 92, 37].forEach((byte, index) => {
    tables.fill(byte, 32 + 16 * index, 48 + 16 * index);
  });
  return tables;
}
