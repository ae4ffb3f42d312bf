import type { Detector, Inside } from '../detector.ts';
import type { Hit, Setting } from '../hit.ts';
import { forget, SIGHT } from '../precision/judge.ts';
import { examine } from './examine.ts';
import { GenericMatches } from './generic-matches.ts';
import { Lookout } from './lookout.ts';

/**
 * Which parts of a text are new, when the rest stands just so in a text in which nothing was found. What begins and ends a copied
 * part counts as new, and so do both ends of the text.
 */
export interface Fresh {
  /** Whether something new lies between two bytes of the text, both included. */
  touches(from: number, to: number): boolean;
}

/** A text, or a piece of one, of which every position that is asked for shows what it needs on both sides. */
export interface Piece {
  /** Holds the piece in its first `length` bytes. */
  readonly window: Buffer;
  readonly length: number;
  /** Where the piece begins in the text. */
  readonly base: number;
  /** Matches that begin from here and before there, in bytes of the piece, belong to it; others to a neighbour. */
  readonly from: number;
  readonly to: number;
  readonly setting: Setting;
  /** Also the generic hits around others, of which `withoutOverlaps` leaves none. */
  readonly everyHit?: boolean;
  readonly fresh?: Fresh | undefined;
}

/** Read ahead of what one match needs, since anchors come in company. */
const AHEAD = 256;

/** What a detector needs, made when it is first asked. */
interface Waiting {
  readonly detector: Detector;
  /** Made when it is first run: most are not, where others look inside first. */
  pattern: RegExp | undefined;
  readonly inside: Lookout | undefined;
  readonly lead: number;
  /**
   * Where it was tried last, from one byte to before another, counted from the first of all pieces so far: two of its anchors may
   * stand at one place, and what may begin before its anchors is searched for from the same places by all that stand close together.
   */
  triedFrom: number;
  triedTo: number;
}

/** From the places of anchors to hits: runs the patterns that wait for an anchor there, each on a small window. */
export class Matcher {
  /** Regular expressions run so far: what the speed of a scan depends on. */
  executed = 0;
  readonly #detectors: readonly Detector[];
  readonly #detectorsOf: readonly (readonly number[])[];
  readonly #waiting: (readonly Waiting[] | undefined)[] = [];
  readonly #made = new Map<number, Waiting>();
  readonly #lookouts = new Map<string, Lookout>();
  #piece: Piece | undefined;
  #hits: Hit[] = [];
  readonly #generic = new GenericMatches();
  /** Length of all pieces before this one. */
  #passed = 0;
  /** The part of the piece that was last decoded. */
  #text = '';
  #textFrom = 0;
  #textTo = 0;

  /** `detectorsOf`: for every anchor, which of the detectors wait for it. */
  constructor(detectors: readonly Detector[], detectorsOf: readonly (readonly number[])[]) {
    this.#detectors = detectors;
    this.#detectorsOf = detectorsOf;
  }

  /** Hits are added to `hits` as `visit` comes upon them. */
  begin(piece: Piece, hits: Hit[]): void {
    this.#piece = piece;
    this.#hits = hits;
    this.#textFrom = 0;
    this.#textTo = 0;
  }

  /** Keeps nothing of the piece. */
  end(): void {
    if (this.#piece !== undefined) this.#generic.judge(this.#hits, this.#piece.setting);
    this.#passed += this.#piece?.length ?? 0;
    this.#piece = undefined;
    this.#hits = [];
    this.#text = '';
    forget();
  }

  /** An anchor stands at a byte of the piece. */
  readonly visit = (at: number, anchor: number): void => {
    const piece = this.#piece;
    if (piece === undefined || at < 0 || at >= piece.length) return;
    const all = this.#waiting[anchor] ?? this.#await(anchor);
    for (const waiting of all) {
      const from = this.#untried(waiting, Math.max(at - waiting.lead, piece.from));
      const to = Math.min(at, piece.to - 1);
      if (from > to || this.#isOld(piece, waiting, from, to)) continue;
      this.#try(piece, waiting, from, to);
    }
  };

  /** The first byte from `from` on at which it was not tried just before. Anchors are not told strictly in their order. */
  #untried({ triedFrom, triedTo }: Waiting, from: number): number {
    const place = this.#passed + from;
    return place >= triedFrom && place < triedTo ? triedTo - this.#passed : from;
  }

  /** Whether all that a match and its judge would look at was looked at before. */
  #isOld({ fresh, base }: Piece, { detector }: Waiting, from: number, to: number): boolean {
    return fresh !== undefined && !fresh.touches(base + from - SIGHT, base + to + detector.reach + SIGHT);
  }

  /** Tries the positions `from` to `to`. */
  #try(piece: Piece, waiting: Waiting, from: number, to: number): void {
    const { detector, inside } = waiting;
    this.#show(piece, from - SIGHT, to + detector.reach + SIGHT);
    const text = this.#text;
    const offset = this.#textFrom;
    const passed = this.#passed;
    if (inside?.sees(text, passed + offset, passed + from, passed + to + detector.reach) === false) return;
    waiting.pattern ??= runnable(detector);
    const { pattern } = waiting;
    pattern.lastIndex = from - offset;
    this.executed += 1;
    let match = pattern.exec(text);
    for (; match !== null && match.index <= to - offset; match = pattern.exec(text)) {
      this.#found(piece, detector, match);
      pattern.lastIndex = match.index + 1;
      if (match.index === to - offset) break;
    }
    if (waiting.triedTo !== this.#passed + from) waiting.triedFrom = this.#passed + from;
    waiting.triedTo = this.#passed + to + 1;
    if (waiting.lead === 0 || match?.index === to - offset) return;
    // The search went on to the next match. Where the text ends, something may have been missing.
    const shown = this.#textTo === piece.length ? piece.length : this.#textTo - detector.reach - SIGHT;
    const searched = Math.min(shown, offset + (match?.index ?? text.length));
    waiting.triedTo = Math.max(waiting.triedTo, this.#passed + searched);
  }

  #found(piece: Piece, detector: Detector, match: RegExpExecArray): void {
    const base = piece.base + this.#textFrom;
    if (detector.kind === 'generic' && piece.everyHit !== true) {
      this.#generic.add(detector, match, this.#text, base);
      return;
    }
    const hit = examine(detector, match, this.#text, base, piece.setting);
    if (hit !== undefined) this.#hits.push(hit);
  }

  /** Decodes what is not decoded already. */
  #show({ window, length }: Piece, wantedFrom: number, wantedTo: number): void {
    const from = Math.max(0, wantedFrom);
    const to = Math.min(length, wantedTo);
    if (this.#textFrom <= from && to <= this.#textTo) return;
    this.#textFrom = from;
    this.#textTo = Math.min(length, to + AHEAD);
    this.#text = window.toString('latin1', from, this.#textTo);
  }

  #await(anchor: number): readonly Waiting[] {
    const all = (this.#detectorsOf[anchor] ?? []).map((index) => {
      const known = this.#made.get(index);
      if (known !== undefined) return known;
      const made = this.#waitingFor(this.#detectors[index] as Detector);
      this.#made.set(index, made);
      return made;
    });
    this.#waiting[anchor] = all;
    return all;
  }

  #waitingFor(detector: Detector): Waiting {
    const { lead = 0, inside } = detector;
    return { detector, pattern: undefined, inside: inside && this.#lookoutFor(inside), lead, triedFrom: 0, triedTo: 0 };
  }

  #lookoutFor(inside: Inside): Lookout {
    const known = this.#lookouts.get(inside.pattern);
    if (known !== undefined) return known;
    const made = new Lookout(inside);
    this.#lookouts.set(inside.pattern, made);
    return made;
  }
}

/** A pattern that may begin before its anchor is searched for from there; any other must match where the anchor stands. */
const runnable = ({ pattern, lead = 0 }: Detector): RegExp =>
  new RegExp(pattern.source, pattern.flags + (lead === 0 ? 'y' : 'g'));
