import { Buffers } from './buffers.ts';
import { applyDelta, Copies, type Derivation, deltaHeader, noteSeams, Seams } from './delta.ts';
import { type Forest, OUTSIDE } from './delta-forest.ts';
import { DamagedObject } from './inflate.ts';
import type { Pack } from './pack.ts';

/** Larger objects are not built in memory. */
export const LARGEST = 512 * 1024 * 1024;
/** A larger object that is not a delta, and that no wanted delta builds on, is left to be streamed. */
export const STREAMED = 64 * 1024 * 1024;

/**
 * One object of a pack. The same record and the same memory each time: valid until the next is asked for. `Note` is what the
 * caller wants to know again of an object when it gets those that build on it.
 */
export interface Walked<Note = never> {
  /** Place in the order of the pack. */
  place: number;
  /** 1 to 4 as in `kinds`; 0 when it is not known because of a problem. */
  kind: number;
  /** Undefined when it is left to be streamed, or could not be built. */
  bytes: Uint8Array | undefined;
  size: number;
  problem: string | undefined;
  /** What is new compared with the object it is a delta of, and what is not; undefined when all of it is. Only when asked for. */
  derived: Derivation | undefined;
  /** What was noted of the object it is a delta of. */
  baseNote: Note | undefined;
  /** To be set by the caller. */
  note: Note | undefined;
}

/** An object that a delta builds on and that is not in its pack. */
export interface OutsideObject {
  readonly kind: number;
  readonly bytes: Uint8Array;
}

export interface Walk {
  readonly pack: Pack;
  readonly forest: Forest;
  /** By place: 1 for the objects to be yielded. */
  readonly wanted: Uint8Array;
  /** Kind of the objects that `wanted` is about; others are passed by. 0 for all. */
  readonly kind: number;
  /** Notes what is new in each object; seams less than this many bytes apart become one. */
  readonly seams?: number;
  readonly outside: (id: Uint8Array) => OutsideObject | undefined;
}

/** How many wanted objects each entry's tree of deltas holds. */
function weights({ forest: { preorder, base }, wanted }: Walk): Uint32Array {
  const weight = Uint32Array.from(wanted);
  for (let index = preorder.length - 1; index >= 0; index -= 1) {
    const place = preorder[index] as number;
    const parent = base[place] as number;
    if (parent >= 0) weight[parent] = (weight[parent] as number) + (weight[place] as number);
  }
  return weight;
}

/** A base that is needed again. */
interface Held<Note> {
  readonly buffer: Uint8Array;
  readonly size: number;
  readonly kind: number;
  /** How many are still to be built on it. */
  waiting: number;
  note: Note | undefined;
}

/**
 * Builds the wanted objects, each base once, depth first. The child with the most objects below it comes last and its base is let
 * go before it is entered, so that at most log2(objects) bases are held, however deep the deltas are.
 */
export class PackWalk<Note = never> {
  readonly #walk: Walk;
  readonly #weight: Uint32Array;
  readonly #held = new Map<number, Held<Note>>();
  readonly #buffers = new Buffers();
  readonly #walked: Walked<Note> = {
    place: 0,
    kind: 0,
    bytes: undefined,
    size: 0,
    problem: undefined,
    derived: undefined,
    baseNote: undefined,
    note: undefined,
  };
  readonly #derivation: Derivation;

  constructor(walk: Walk) {
    this.#walk = walk;
    this.#derivation = { copies: new Copies(), seams: new Seams(), near: walk.seams ?? 0 };
    this.#weight = weights(walk);
  }

  /** The trees' first entries that hold something wanted, with the number of wanted objects: what threads can share out. */
  roots(): { readonly place: number; readonly weight: number }[] {
    const { forest, kind } = this.#walk;
    const roots: { place: number; weight: number }[] = [];
    for (const place of forest.preorder) {
      const weight = this.#weight[place] as number;
      if ((forest.base[place] as number) >= 0 || weight === 0) continue;
      if (kind === 0 || forest.kind[place] === kind || forest.kind[place] === 0) roots.push({ place, weight });
    }
    return roots;
  }

  *objects(roots: Iterable<number>): Generator<Walked<Note>> {
    const { wanted, forest } = this.#walk;
    const stack: number[] = [];
    for (const root of roots) {
      stack.push(root);
      for (let place = stack.pop(); place !== undefined; place = stack.pop()) {
        const failed = this.#build(place);
        if (wanted[place] === 1 && this.#isOfKind(this.#walked.kind)) {
          yield this.#walked;
          const held = this.#held.get(place);
          if (held !== undefined) held.note = this.#walked.note;
        }
        if (failed) yield* this.#fail(place, this.#walked.problem ?? '');
        else this.#enter(place, stack);
        const base = forest.base[place] as number;
        if (base >= 0) this.#release(base);
      }
    }
  }

  #isOfKind(kind: number): boolean {
    return this.#walk.kind === 0 || kind === 0 || kind === this.#walk.kind;
  }

  /** Fills `#walked`; true when the object could not be built. */
  #build(place: number): boolean {
    const { forest } = this.#walk;
    const walked = this.#walked;
    walked.place = place;
    walked.kind = forest.kind[place] as number;
    walked.bytes = undefined;
    walked.problem = undefined;
    walked.derived = undefined;
    walked.baseNote = undefined;
    walked.note = undefined;
    walked.size = forest.size[place] as number;
    try {
      const base = forest.base[place] as number;
      if (base >= 0 || base === OUTSIDE) this.#buildDelta(place, base);
      else this.#buildWhole(place);
      return false;
    } catch (error) {
      if (!(error instanceof DamagedObject)) throw error;
      walked.problem = error.message;
      return true;
    }
  }

  #buildWhole(place: number): void {
    const { pack, forest } = this.#walk;
    const size = forest.size[place] as number;
    if (size > STREAMED && this.#childCount(place) === 0) return;
    if (size > LARGEST) throw new DamagedObject(`it is larger than ${LARGEST / 2 ** 20} MiB`);
    const buffer = this.#buffers.take(size + 1);
    pack.inflate(place, forest.header[place] as number, size, buffer);
    this.#hold(place, buffer, size, this.#walked.kind);
  }

  #buildDelta(place: number, basePlace: number): void {
    const { pack, forest } = this.#walk;
    const deltaSize = forest.size[place] as number;
    if (deltaSize > LARGEST) throw new DamagedObject(`it is larger than ${LARGEST / 2 ** 20} MiB`);
    const base = this.#baseOf(place, basePlace);
    const delta = this.#buffers.take(deltaSize + 1);
    try {
      pack.inflate(place, forest.header[place] as number, deltaSize, delta);
      const header = deltaHeader(delta, deltaSize);
      if (header.baseSize !== base.size) throw new DamagedObject('its delta does not fit its base');
      if (header.size > LARGEST) throw new DamagedObject(`it is larger than ${LARGEST / 2 ** 20} MiB`);
      const out = this.#buffers.take(header.size + 1);
      const derived = this.#walk.seams === undefined || basePlace === OUTSIDE ? undefined : this.#derivation;
      derived?.copies.clear();
      applyDelta(base.buffer, delta, deltaSize, header, out, derived?.copies);
      if (derived !== undefined) noteSeams(derived, base.size, header.size);
      this.#walked.derived = derived;
      this.#walked.baseNote = base.note;
      this.#hold(place, out, header.size, base.kind);
    } finally {
      this.#buffers.give(delta);
    }
  }

  #baseOf(place: number, basePlace: number): Omit<Held<Note>, 'waiting'> {
    if (basePlace >= 0) {
      const held = this.#held.get(basePlace);
      if (held === undefined) throw new DamagedObject('the object it builds on is damaged');
      return held;
    }
    const id = this.#walk.forest.outside.get(place);
    const base = id === undefined ? undefined : this.#walk.outside(id);
    if (base === undefined) throw new DamagedObject('the object it builds on is absent');
    return { buffer: base.bytes, size: base.bytes.length, kind: base.kind, note: undefined };
  }

  #hold(place: number, buffer: Uint8Array, size: number, kind: number): void {
    this.#walked.kind = kind;
    this.#walked.size = size;
    this.#walked.bytes = buffer.subarray(0, size);
    this.#held.set(place, { buffer, size, kind, waiting: this.#childCount(place), note: undefined });
  }

  #childCount(place: number): number {
    const { firstChild, nextSibling } = this.#walk.forest;
    let count = 0;
    for (let child = firstChild[place] as number; child >= 0; child = nextSibling[child] as number)
      if ((this.#weight[child] as number) > 0) count += 1;
    return count;
  }

  /** Puts the children that matter on the stack, the heaviest lowest. */
  #enter(place: number, stack: number[]): void {
    const { firstChild, nextSibling } = this.#walk.forest;
    const bottom = stack.length;
    let heaviest = bottom;
    for (let child = firstChild[place] as number; child >= 0; child = nextSibling[child] as number) {
      const weight = this.#weight[child] as number;
      if (weight === 0) continue;
      if (weight > (this.#weight[stack[heaviest] as number] ?? 0)) heaviest = stack.length;
      stack.push(child);
    }
    if (stack.length === bottom) this.#release(place);
    else if (heaviest > bottom) {
      const first = stack[bottom] as number;
      stack[bottom] = stack[heaviest] as number;
      stack[heaviest] = first;
    }
  }

  /** One of those that build on it is done; with the last its memory is used again. */
  #release(place: number): void {
    const held = this.#held.get(place);
    if (held === undefined) return;
    held.waiting -= 1;
    if (held.waiting > 0) return;
    this.#held.delete(place);
    this.#buffers.give(held.buffer);
  }

  /** Everything that builds on an object which could not be built. */
  *#fail(place: number, problem: string): Generator<Walked<Note>> {
    const { firstChild, nextSibling } = this.#walk.forest;
    const stack = [place];
    for (let parent = stack.pop(); parent !== undefined; parent = stack.pop()) {
      for (let child = firstChild[parent] as number; child >= 0; child = nextSibling[child] as number) {
        stack.push(child);
        if (this.#walk.wanted[child] !== 1 || !this.#isOfKind(this.#walked.kind)) continue;
        this.#walked.place = child;
        this.#walked.bytes = undefined;
        this.#walked.problem = `the object it builds on is damaged: ${problem}`;
        yield this.#walked;
      }
    }
  }
}
