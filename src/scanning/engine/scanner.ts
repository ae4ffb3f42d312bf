import { type Detector, GAP } from '../detector.ts';
import type { Hit, Setting } from '../hit.ts';
import { SIGHT } from '../precision/judge.ts';
import { anchorsOf } from './anchors.ts';
import { Automaton } from './automaton.ts';
import { Kernel } from './kernel.ts';
import { type Found, throughLayers } from './layers/layers.ts';
import { type Fresh, Matcher } from './matcher.ts';
import { settled, withoutOverlaps } from './overlaps.ts';
import { type Prefilter, WINDOW_SIZE } from './prefilter.ts';
import { preparedFor } from './prepared-tables.ts';

/** `wasm` where WebAssembly has relaxed SIMD; `scalar` runs anywhere, several times slower, and finds the same. */
export type EngineKind = 'wasm' | 'scalar';

/** Of a text, the part in which what begins is asked for; beside it stands what is needed to judge that. */
interface Core {
  readonly from: number;
  readonly to: number;
  readonly setting: Setting;
  readonly fresh?: Fresh | undefined;
}

/** Bytes of a stream that are looked at together. */
const STREAM_PIECE = 1024 * 1024;

/** What this process uses unless told: `WATCHWORD_SCAN_ENGINE=scalar` asks for the slower one. */
const engineKind = (): EngineKind =>
  process.env['WATCHWORD_SCAN_ENGINE'] === 'scalar' || !Kernel.isSupported() ? 'scalar' : 'wasm';

/** Finds credentials in bytes. Not shared between threads; each thread makes its own. */
export class Scanner {
  readonly detectors: readonly Detector[];
  readonly #prefilter: Prefilter;
  readonly #matcher: Matcher;
  /** What a match and its judge may look at on either side of its beginning. Neighbouring pieces overlap by twice as much. */
  readonly #margin: number;
  #undecoded = 0;
  #aside: Uint8Array | undefined;

  constructor(detectors: readonly Detector[], kind: EngineKind = engineKind()) {
    this.detectors = detectors;
    const prepared = kind === 'wasm' ? preparedFor(detectors) : undefined;
    const anchors = prepared === undefined ? anchorsOf(detectors) : [];
    this.#prefilter = kind === 'wasm' ? new Kernel(prepared?.image ?? anchors) : new Automaton(anchors);
    this.#matcher = new Matcher(detectors, prepared?.waiting ?? anchors.map((anchor) => anchor.detectors));
    const extent = prepared?.extent ?? Math.max(0, ...detectors.map(({ reach, lead = 0 }) => reach + lead));
    this.#margin = GAP + SIGHT + extent + SIGHT;
  }

  /** Of which a scan is made, for a source that knows where to look. */
  get parts(): { readonly prefilter: Prefilter; readonly matcher: Matcher } {
    return { prefilter: this.#prefilter, matcher: this.#matcher };
  }

  /** Texts so far, or pieces of them, in which some of what is encoded was left undecoded: too much of it was encoded again. */
  get undecoded(): number {
    return this.#undecoded;
  }

  /** Regular expressions run so far: what the speed of a scan depends on. */
  get executed(): number {
    return this.#matcher.executed;
  }

  /**
   * At least `size` bytes to be filled by the caller and then given to `scan` in part or whole: reading a file into it saves
   * the copy. Valid until the next call of either method.
   */
  buffer(size: number): Uint8Array {
    return size <= WINDOW_SIZE ? this.#prefilter.window : new Uint8Array(size);
  }

  /**
   * Everything found in one text, of any length. Nothing of `bytes` is kept. With `fresh`, what lies in its old parts alone may be
   * left out: for a text derived from one in which the same scan found nothing, that is everything still.
   */
  scan(bytes: Uint8Array, setting: Setting, fresh?: Fresh): Hit[] {
    const whole = { from: 0, to: bytes.length, setting, fresh };
    if (bytes.buffer !== this.#prefilter.window.buffer || this.#isInWindow(bytes)) return this.#found(bytes, whole);
    // In the window, but not at its beginning, to which it is moved; the caller still reads it where it was.
    const copy = Buffer.from(bytes);
    const hits = this.#found(copy, whole);
    bytes.set(copy);
    return hits;
  }

  /**
   * A text that comes in pieces, too long to be held. Offsets of hits count from its beginning. What is encoded in it is decoded
   * piece by piece (1 MiB), so a longer encoded stretch is decoded as far as its beginning is seen.
   */
  async *scanChunks(chunks: AsyncIterable<Uint8Array>, setting: Setting): AsyncGenerator<Hit> {
    const margin = this.#margin;
    const held = Buffer.alloc(STREAM_PIECE + 4 * margin);
    let length = 0;
    let base = 0;
    let from = 0;
    let hits: Hit[] = [];
    const look = (to: number): void => {
      const found = this.#found(held.subarray(0, length), { from, to, setting });
      hits.push(...found.map((hit) => ({ ...hit, start: base + hit.start, end: base + hit.end })));
    };
    for await (const chunk of chunks) {
      for (let rest = chunk; rest.length > 0; ) {
        const taken = Math.min(rest.length, held.length - length);
        held.set(rest.subarray(0, taken), length);
        length += taken;
        rest = rest.subarray(taken);
        if (length < held.length) continue;
        const to = length - margin;
        look(to);
        const { done, open } = settled(hits, base + to);
        hits = open;
        yield* done;
        held.copyWithin(0, to - margin, length);
        length = 2 * margin;
        base += to - margin;
        from = margin;
      }
    }
    look(length);
    held.fill(0);
    yield* withoutOverlaps(hits);
  }

  /** Of one text, what begins in its bytes `from` to `to`, decoded layers and all. */
  #found(bytes: Uint8Array, core: Core): Hit[] {
    const { from, to, setting } = core;
    const outermost = (text: Uint8Array): Found => this.#seen(text, withoutOverlaps(this.#direct(text, core)));
    const inner = (text: Uint8Array): Found => {
      // The text itself may stand in the window, and it is asked for again to say where a decoded hit lies.
      const saved = this.#isInWindow(bytes) ? this.#saved(bytes) : undefined;
      const hits = withoutOverlaps(this.#direct(text, { from: 0, to: text.length, setting }));
      const found = this.#seen(text, hits);
      if (saved !== undefined) this.#prefilter.window.set(saved);
      return found;
    };
    const hits = throughLayers(
      bytes,
      (text) => (text === bytes ? outermost(text) : inner(text)),
      () => {
        this.#undecoded += 1;
      },
    );
    return hits.length === 0 ? hits : hits.filter(({ layers, start }) => layers.length === 0 || (start >= from && start < to));
  }

  /** What stands undecoded in a text, in pieces that the window has room for. */
  #direct(bytes: Uint8Array, core: Core): Hit[] {
    const hits: Hit[] = [];
    let start = 0;
    let from = core.from;
    do {
      const end = Math.min(start + WINDOW_SIZE, bytes.length);
      const to = end === bytes.length ? core.to : end - this.#margin;
      const { setting, fresh } = core;
      const piece = start === 0 && end === bytes.length ? bytes : bytes.subarray(start, end);
      this.#piece(piece, start, { from: from - start, to: to - start, setting, fresh }, hits);
      from = to;
      start = to - this.#margin;
    } while (from < core.to);
    return hits;
  }

  #piece(bytes: Uint8Array, base: number, { from, to, setting, fresh }: Core, hits: Hit[]): void {
    const { window } = this.#prefilter;
    if (!this.#isInWindow(bytes)) window.set(bytes);
    this.#matcher.begin({ window, length: bytes.length, base, from, to, setting, fresh }, hits);
    this.#prefilter.run(bytes.length, this.#matcher.visit);
    this.#matcher.end();
  }

  /** A copy for as long as something else is looked at. Its memory is used again: taking new one costs more than the copy. */
  #saved(bytes: Uint8Array): Uint8Array {
    this.#aside ??= new Uint8Array(WINDOW_SIZE);
    this.#aside.set(bytes);
    return this.#aside.subarray(0, bytes.length);
  }

  #isInWindow({ buffer, byteOffset }: Uint8Array): boolean {
    const { window } = this.#prefilter;
    return buffer === window.buffer && byteOffset === window.byteOffset;
  }

  /** With what the prefilter has just seen in a text that the window had room for. */
  #seen({ length }: Uint8Array, hits: readonly Hit[]): Found {
    if (length > WINDOW_SIZE) return { hits, runs: undefined, escapes: undefined };
    return { hits, runs: this.#prefilter.runs(), escapes: this.#prefilter.escapes() };
  }
}
