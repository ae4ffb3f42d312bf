import { type Detector, GAP } from '../detector.ts';
import type { Hit, Setting } from '../hit.ts';
import { SIGHT } from '../precision/judge.ts';
import { anchorsOf } from './anchors.ts';
import { Automaton } from './automaton.ts';
import { Kernel } from './kernel.ts';
import { Matcher } from './matcher.ts';
import { settled, withoutOverlaps } from './overlaps.ts';
import { type Prefilter, WINDOW_SIZE } from './prefilter.ts';

/** `wasm` where WebAssembly has relaxed SIMD; `scalar` runs anywhere, several times slower, and finds the same. */
export type EngineKind = 'wasm' | 'scalar';

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

  constructor(detectors: readonly Detector[], kind: EngineKind = engineKind()) {
    this.detectors = detectors;
    const anchors = anchorsOf(detectors);
    this.#prefilter = kind === 'wasm' ? new Kernel(anchors) : new Automaton(anchors);
    this.#matcher = new Matcher(detectors, anchors);
    this.#margin = GAP + SIGHT + Math.max(0, ...detectors.map(({ reach, lead = 0 }) => reach + lead + SIGHT));
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

  /** Everything found in one text, of any length. Nothing of `bytes` is kept. */
  scan(bytes: Uint8Array, setting: Setting): Hit[] {
    const hits: Hit[] = [];
    let start = 0;
    let from = 0;
    do {
      const end = Math.min(start + WINDOW_SIZE, bytes.length);
      const to = end === bytes.length ? end : end - this.#margin;
      this.#piece(bytes.subarray(start, end), { base: start, from: from - start, to: to - start, setting }, hits);
      from = to;
      start = to - this.#margin;
    } while (from < bytes.length);
    return withoutOverlaps(hits);
  }

  /** A text that comes in pieces, too long to be held. Offsets of hits count from its beginning. */
  async *scanChunks(chunks: AsyncIterable<Uint8Array>, setting: Setting): AsyncGenerator<Hit> {
    const margin = this.#margin;
    const held = Buffer.alloc(STREAM_PIECE + 4 * margin);
    let length = 0;
    let base = 0;
    let from = 0;
    let hits: Hit[] = [];
    for await (const chunk of chunks) {
      for (let rest = chunk; rest.length > 0; ) {
        const taken = Math.min(rest.length, held.length - length);
        held.set(rest.subarray(0, taken), length);
        length += taken;
        rest = rest.subarray(taken);
        if (length < held.length) continue;
        const to = length - margin;
        this.#piece(held, { base, from, to, setting }, hits);
        const { done, open } = settled(hits, base + to);
        hits = open;
        yield* done;
        held.copyWithin(0, to - margin, length);
        length = 2 * margin;
        base += to - margin;
        from = margin;
      }
    }
    this.#piece(held.subarray(0, length), { base, from, to: length, setting }, hits);
    held.fill(0);
    yield* withoutOverlaps(hits);
  }

  #piece(
    bytes: Uint8Array,
    { base, from, to, setting }: { base: number; from: number; to: number; setting: Setting },
    hits: Hit[],
  ): void {
    const { window } = this.#prefilter;
    const inPlace = bytes.buffer === window.buffer && bytes.byteOffset === window.byteOffset;
    if (!inPlace) window.set(bytes);
    this.#matcher.begin({ window, length: bytes.length, base, from, to, setting }, hits);
    this.#prefilter.run(bytes.length, this.#matcher.visit);
    this.#matcher.end();
  }
}
