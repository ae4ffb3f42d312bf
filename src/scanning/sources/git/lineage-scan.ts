import { GAP } from '../../detector.ts';
import { throughLayers } from '../../engine/layers/layers.ts';
import { longRuns } from '../../engine/layers/runs.ts';
import type { Fresh, Matcher } from '../../engine/matcher.ts';
import { withoutOverlaps } from '../../engine/overlaps.ts';
import type { Prefilter } from '../../engine/prefilter.ts';
import type { Scanner } from '../../engine/scanner.ts';
import type { Hit, Setting } from '../../hit.ts';
import { ChangedLines } from './changed-lines.ts';
import type { Derivation } from './delta.ts';
import { Windows } from './windows.ts';

/** What the prefilter has come upon in a text; the same parts of a text derived from it need not be looked through again. */
export interface Landmarks {
  /** Nothing was found. */
  readonly clean: boolean;
  /** Places of anchors, rising: `at * RADIX + anchor`. */
  readonly places: Float64Array;
}

export interface Scanned {
  readonly hits: Hit[];
  readonly landmarks: Landmarks;
  /** Some of what is encoded was left undecoded. */
  readonly leftOut: boolean;
}

/** Longer texts are for the ordinary scanner. What is decoded from one must fit into the prefilter's window. */
export const LONGEST = 1024 * 1024;
const RADIX = 65_536;
/** What is encoded begins with one of them, or is a long run. */
const BACKSLASH = 0x5c;
const PERCENT = 0x25;
const lengthOf = ({ length }: string): number => length;
/** Without a path: a judge that knows none lets through whatever some path would. */
const setting: Setting = { path: '' };

/**
 * Scans texts that are stored as changes of each other. Of a derived text only what is around its changes goes through the
 * prefilter; where anchors stand in the rest is known from the text that it was derived from. Whether there is an anchor that
 * somebody waits for depends on no more than `Windows` shows, so every place is known that the prefilter would report for a match.
 */
export class LineageScanner {
  readonly #prefilter: Prefilter;
  readonly #matcher: Matcher;
  readonly #windows: Windows;
  readonly #changed = new ChangedLines();
  #collected = new Float64Array(4096);
  #other = new Float64Array(4096);
  #count = 0;

  constructor({ detectors, parts }: Scanner) {
    this.#prefilter = parts.prefilter;
    this.#matcher = parts.matcher;
    this.#windows = new Windows(GAP + detectors.reduce((most, { anchors }) => Math.max(most, ...anchors.map(lengthOf)), 0));
  }

  /**
   * Finds what `Scanner.scan` finds; in a text whose base is clean, if that is nothing or something. `bytes` are at most `LONGEST`.
   */
  scan(bytes: Buffer, base?: Landmarks, derived?: Derivation): Scanned {
    const isPartly = base !== undefined && derived !== undefined && this.#windows.lay(bytes, derived.seams);
    const { places, runs } = isPartly ? { places: this.#inherited(bytes, base, derived) } : this.#seen(bytes);
    if (isPartly && base.clean) {
      const found = this.#direct(bytes, places, derived.seams);
      if (found.length === 0 && !this.#holdsEncoded(this.#changed.of(bytes, derived.seams)))
        return { hits: [], landmarks: { clean: true, places }, leftOut: false };
    }
    const fresh = base?.clean === true ? derived?.seams : undefined;
    let leftOut = false;
    const look = (text: Uint8Array) =>
      text === bytes
        ? { hits: withoutOverlaps(this.#direct(bytes, places, fresh)), runs: runs ?? longRuns(bytes) }
        : this.#decoded(text);
    const hits = throughLayers(bytes, look, () => {
      leftOut = true;
    });
    return { hits, landmarks: { clean: hits.length === 0 && !leftOut, places }, leftOut };
  }

  /** What stands in the text as it is. */
  #direct(bytes: Buffer, places: Float64Array, fresh?: Fresh): Hit[] {
    const found: Hit[] = [];
    const whole = { window: bytes, length: bytes.length, base: 0, from: 0, to: bytes.length, setting };
    this.#matcher.begin(fresh === undefined ? whole : { ...whole, fresh }, found);
    for (let index = 0; index < places.length; index += 1) {
      const place = places[index] as number;
      const at = Math.floor(place / RADIX);
      this.#matcher.visit(at, place - at * RADIX);
    }
    this.#matcher.end();
    return found;
  }

  #holdsEncoded(lines: Buffer): boolean {
    const runs = longRuns(lines);
    if (runs.length === 0 && !lines.includes(BACKSLASH) && !lines.includes(PERCENT)) return false;
    let leftOut = false;
    const look = (text: Uint8Array) => (text === lines ? { hits: [], runs } : this.#decoded(text));
    const hits = throughLayers(lines, look, () => {
      leftOut = true;
    });
    for (const { value } of hits) value.fill(0);
    return hits.length > 0 || leftOut;
  }

  #decoded(text: Uint8Array): { hits: Hit[]; runs: readonly number[] } {
    const { window } = this.#prefilter;
    const found: Hit[] = [];
    window.set(text);
    this.#matcher.begin({ window, length: text.length, base: 0, from: 0, to: text.length, setting }, found);
    this.#prefilter.run(text.length, this.#matcher.visit);
    this.#matcher.end();
    return { hits: withoutOverlaps(found), runs: this.#prefilter.runs() ?? longRuns(text) };
  }

  /** Looks through all of a text. */
  #seen(bytes: Uint8Array): { readonly places: Float64Array; readonly runs?: readonly number[] } {
    this.#prefilter.window.set(bytes);
    this.#collect(bytes.length);
    return { places: this.#collected.slice(0, this.#count), runs: this.#prefilter.runs() ?? longRuns(bytes) };
  }

  /** Fills `#collected` with the places in the window, rising. */
  #collect(length: number): void {
    this.#count = 0;
    let last = -1;
    let rising = true;
    this.#prefilter.run(length, (at, anchor) => {
      if (at < 0 || at >= length) return;
      const place = at * RADIX + anchor;
      if (place < last) rising = false;
      last = place;
      this.#push(place);
    });
    if (!rising) this.#collected.subarray(0, this.#count).sort();
  }

  #push(place: number): void {
    if (this.#count === this.#collected.length) {
      const grown = new Float64Array(this.#count * 2);
      grown.set(this.#collected);
      this.#collected = grown;
    }
    this.#collected[this.#count] = place;
    this.#count += 1;
  }

  /** Looks through the windows, and takes the rest from the base. */
  #inherited(bytes: Uint8Array, base: Landmarks, derived: Derivation): Float64Array {
    const windows = this.#windows;
    this.#collect(windows.stage(bytes, this.#prefilter.window));
    const staged = this.#swap();
    const stagedCount = this.#count;
    this.#count = 0;
    let next = 0;
    let copy = 0;
    let old = 0;
    const { triples } = derived.copies;
    for (let window = 0; window <= windows.count; window += 1) {
      // What lies between two windows was copied in one piece.
      const end = window < windows.count ? windows.from(window) : bytes.length;
      if (old < end) {
        while ((triples[copy + 1] as number) + (triples[copy + 2] as number) <= old) copy += 3;
        const shift = (triples[copy + 1] as number) - (triples[copy] as number);
        this.#inherit(base.places, (old - shift) * RADIX, (end - shift) * RADIX, shift * RADIX);
      }
      if (window === windows.count) break;
      old = windows.to(window);
      const limit = windows.stagedEnd(window) * RADIX;
      const shift = windows.shift(window) * RADIX;
      for (; next < stagedCount && (staged[next] as number) < limit; next += 1) {
        const place = (staged[next] as number) + shift;
        if (place >= end * RADIX && place < old * RADIX) this.#push(place);
      }
    }
    return this.#collected.slice(0, this.#count);
  }

  /** What was collected, until the next time; what is collected from now on goes elsewhere. */
  #swap(): Float64Array {
    const collected = this.#collected;
    this.#collected = this.#other;
    this.#other = collected;
    return collected;
  }

  #inherit(places: Float64Array, from: number, to: number, shift: number): void {
    let low = 0;
    let high = places.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((places[middle] as number) < from) low = middle + 1;
      else high = middle;
    }
    for (; low < places.length && (places[low] as number) < to; low += 1) this.#push((places[low] as number) + shift);
  }
}
