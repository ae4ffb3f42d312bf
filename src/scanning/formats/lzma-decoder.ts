import { NotScannable } from '../content.ts';
import { probabilities, RangeDecoder } from './range-decoder.ts';

const STATES = 12;
const SLACK = 4 * 1024 * 1024;
/** Larger ones are a claim on memory that no ordinary setting of xz makes. */
const DICTIONARY = 128 * 1024 * 1024;

/** Lengths of matches: short, middle and long ones, each below a choice. */
class LengthDecoder {
  readonly #choice = probabilities(2);
  readonly #low = probabilities(16 << 3);
  readonly #middle = probabilities(16 << 3);
  readonly #high = probabilities(256);

  read(coder: RangeDecoder, place: number): number {
    if (coder.bit(this.#choice, 0) === 0) return 2 + coder.tree(this.#low, place << 3, 3);
    if (coder.bit(this.#choice, 1) === 0) return 10 + coder.tree(this.#middle, place << 3, 3);
    return 18 + coder.tree(this.#high, 0, 8);
  }
}

/** What the probabilities have learned; made anew at every reset. */
class Model {
  readonly isMatch = probabilities(STATES << 4);
  readonly isRepeat = probabilities(STATES);
  /** Whether it is not the latest, not the one before, not the one before that. */
  readonly isOlder = [probabilities(STATES), probabilities(STATES), probabilities(STATES)] as const;
  readonly isLong = probabilities(STATES << 4);
  readonly slots = probabilities(4 << 6);
  readonly special = probabilities(128);
  readonly align = probabilities(16);
  readonly lengths = new LengthDecoder();
  readonly repeatLengths = new LengthDecoder();
  readonly literals: Uint16Array;

  constructor(literalBits: number) {
    this.literals = probabilities(0x300 << literalBits);
  }
}

/** LZMA, as .lzma files and LZMA2 chunks hold it. The window is kept between calls. */
export class LzmaDecoder {
  readonly #dictionary: number;
  readonly #coder = new RangeDecoder();
  #window: Uint8Array;
  #at = 0;
  /** What to add to a place in the window for the bytes since the dictionary was reset: no match reaches further back. */
  #base = 0;
  #literalContext = 0;
  #literalPlace = 0;
  #place = 0;
  #model = new Model(0);
  #state = 0;
  readonly #distances = new Uint32Array(4);
  /** Of a match that did not fit into what was asked for. */
  #pending = 0;
  #ended = false;

  /** @throws NotScannable for a dictionary that is larger than 128 MiB */
  constructor(dictionary: number) {
    if (dictionary > DICTIONARY) throw new NotScannable('needs a dictionary of more than 128 MiB');
    this.#dictionary = Math.max(dictionary, 4096);
    this.#window = new Uint8Array(Math.min(this.#dictionary + SLACK, SLACK));
  }

  resetDictionary(): void {
    this.#base = -this.#at;
  }

  /** The byte that holds lc, lp and pb. */
  setProperties(byte: number): void {
    if (byte >= 225) throw new NotScannable('the LZMA data are damaged (properties)');
    this.#literalContext = byte % 9;
    this.#literalPlace = Math.floor(byte / 9) % 5;
    this.#place = Math.floor(byte / 45);
    if (this.#literalContext + this.#literalPlace > 12) throw new NotScannable('the LZMA data are damaged (properties)');
  }

  resetState(): void {
    this.#model = new Model(this.#literalContext + this.#literalPlace);
    this.#state = 0;
    this.#distances.fill(0);
    this.#pending = 0;
    this.#ended = false;
  }

  /** Bytes as they are; they are in the window for what follows. */
  store(bytes: Uint8Array): void {
    this.#room(bytes.length);
    this.#window.set(bytes, this.#at);
    this.#at += bytes.length;
  }

  begin(input: Uint8Array): void {
    this.#coder.begin(input);
  }

  /** The next `length` bytes, at most 2 MiB, as a copy; fewer only after an end marker. */
  decode(length: number): { readonly bytes: Uint8Array; readonly fault?: unknown } {
    this.#room(length);
    const from = this.#at;
    const end = from + length;
    let fault: unknown;
    try {
      if (this.#pending > 0) this.#copy(end);
      while (this.#at < end && !this.#ended) this.#step(end);
    } catch (error) {
      fault = error;
    }
    const bytes = this.#window.slice(from, this.#at);
    return fault === undefined ? { bytes } : { bytes, fault };
  }

  #room(length: number): void {
    if (this.#at + length <= this.#window.length) return;
    const wanted = this.#dictionary + SLACK;
    if (this.#window.length < wanted) {
      const window = new Uint8Array(Math.min(wanted, Math.max(this.#window.length * 2, this.#at + length)));
      window.set(this.#window.subarray(0, this.#at));
      this.#window = window;
      if (this.#at + length <= window.length) return;
    }
    const kept = Math.min(this.#at, this.#dictionary);
    this.#window.copyWithin(0, this.#at - kept, this.#at);
    this.#base += this.#at - kept;
    this.#at = kept;
  }

  #step(end: number): void {
    const coder = this.#coder;
    const place = (this.#base + this.#at) & ((1 << this.#place) - 1);
    if (coder.bit(this.#model.isMatch, (this.#state << 4) + place) === 0) {
      this.#literal();
      return;
    }
    if (coder.bit(this.#model.isRepeat, this.#state) === 0) this.#match(place);
    else this.#repeat(place);
    if (!this.#ended) this.#copy(end);
  }

  #literal(): void {
    const { literals } = this.#model;
    const coder = this.#coder;
    const passed = this.#base + this.#at;
    const previous = passed > 0 ? (this.#window[this.#at - 1] as number) : 0;
    const low = passed & ((1 << this.#literalPlace) - 1);
    const base = 0x300 * ((low << this.#literalContext) + (previous >> (8 - this.#literalContext)));
    let symbol = 1;
    if (this.#state >= 7) {
      let matched = this.#window[this.#at - (this.#distances[0] as number) - 1] ?? 0;
      while (symbol < 0x100) {
        const expected = (matched >> 7) & 1;
        matched <<= 1;
        const bit = coder.bit(literals, base + ((1 + expected) << 8) + symbol);
        symbol = (symbol << 1) | bit;
        if (bit !== expected) break;
      }
    }
    while (symbol < 0x100) symbol = (symbol << 1) | coder.bit(literals, base + symbol);
    this.#window[this.#at] = symbol;
    this.#at += 1;
    this.#state = this.#state < 4 ? 0 : this.#state - (this.#state < 10 ? 3 : 6);
  }

  #match(place: number): void {
    const distances = this.#distances;
    distances.copyWithin(1, 0, 3);
    this.#pending = this.#model.lengths.read(this.#coder, place);
    this.#state = this.#state < 7 ? 7 : 10;
    distances[0] = this.#distance(Math.min(this.#pending - 2, 3));
    if (distances[0] === 0xffffffff) {
      this.#pending = 0;
      this.#ended = true;
    }
  }

  #distance(lengthState: number): number {
    const coder = this.#coder;
    const slot = coder.tree(this.#model.slots, lengthState << 6, 6);
    if (slot < 4) return slot;
    const count = (slot >> 1) - 1;
    const base = ((2 | (slot & 1)) << count) >>> 0;
    if (slot < 14) return base + coder.reverseTree(this.#model.special, base - slot, count);
    return (base + ((coder.direct(count - 4) << 4) >>> 0) + coder.reverseTree(this.#model.align, 0, 4)) >>> 0;
  }

  #repeat(place: number): void {
    const { isOlder, isLong, repeatLengths } = this.#model;
    const coder = this.#coder;
    const distances = this.#distances;
    const latest = coder.bit(isOlder[0], this.#state) === 0;
    if (latest && coder.bit(isLong, (this.#state << 4) + place) === 0) {
      this.#state = this.#state < 7 ? 9 : 11;
      this.#pending = 1;
      return;
    }
    if (!latest) {
      const age = coder.bit(isOlder[1], this.#state) === 0 ? 1 : 2 + coder.bit(isOlder[2], this.#state);
      const distance = distances[age] as number;
      distances.copyWithin(1, 0, age);
      distances[0] = distance;
    }
    this.#pending = repeatLengths.read(coder, place);
    this.#state = this.#state < 7 ? 8 : 11;
  }

  #copy(end: number): void {
    const window = this.#window;
    const distance = (this.#distances[0] as number) + 1;
    if (distance > this.#base + this.#at || distance > this.#at || distance > this.#dictionary)
      throw new NotScannable('the LZMA data are damaged (distance)');
    const length = Math.min(this.#pending, end - this.#at);
    const stop = this.#at + length;
    for (let at = this.#at; at < stop; at += 1) window[at] = window[at - distance] as number;
    this.#at = stop;
    this.#pending -= length;
  }
}
