import { inflateRawSync } from 'node:zlib';
import type { Check, Detector, Examples } from './detector.ts';
import type { Maker } from './detectors/maker.ts';
import { type PreparedTables, prepare } from './engine/prepared-tables.ts';

/** What is known of a detector without its module: id, search, reach, lead; then the module, and the place among its detectors. */
export type Card = readonly [id: string, search: Detector['search'], reach: number, lead: number, module: number, place: number];

/** What the build computes from the catalogue and the engine. */
export interface PreparedCatalogue {
  readonly cards: readonly Card[];
  readonly waiting: PreparedTables['waiting'];
  readonly farthest: number;
  /** Raw deflate, base64. */
  readonly image: string;
}

/**
 * The catalogue of the published program. A detector's module is run when something of it is asked for that its card does not say:
 * running all of them takes longer than scanning a commit. `modules` yields what a file of detectors exports.
 */
export function openPreparedCatalogue(
  { cards, waiting, farthest, image }: PreparedCatalogue,
  modules: readonly (() => readonly Detector[])[],
): readonly Detector[] {
  const catalogue = cards.map((card) => new PreparedDetector(card, modules[card[4]] ?? (() => [])));
  prepare(catalogue, () => ({
    image: { bytes: inflateRawSync(Buffer.from(image, 'base64')), farthest },
    waiting,
    extent: Math.max(...cards.map(([, , reach, lead]) => reach + lead)),
  }));
  return catalogue;
}

class PreparedDetector implements Detector {
  readonly id: string;
  readonly search: Detector['search'];
  readonly reach: number;
  readonly lead: number;
  readonly #place: number;
  readonly #module: () => readonly Detector[];
  #loaded: Detector | undefined;

  constructor([id, search, reach, lead, , place]: Card, module: () => readonly Detector[]) {
    this.id = id;
    this.search = search;
    this.reach = reach;
    this.lead = lead;
    this.#place = place;
    this.#module = module;
  }

  get provider(): string {
    return this.#detector.provider;
  }

  get title(): string {
    return this.#detector.title;
  }

  get family(): Detector['family'] {
    return this.#detector.family;
  }

  get kind(): Detector['kind'] {
    return this.#detector.kind;
  }

  get anchors(): readonly string[] {
    return this.#detector.anchors;
  }

  get pattern(): RegExp {
    return this.#detector.pattern;
  }

  get confidence(): Detector['confidence'] {
    return this.#detector.confidence;
  }

  get source(): string {
    return this.#detector.source;
  }

  check(value: string, match: RegExpExecArray): Check | undefined {
    return this.#detector.check?.(value, match);
  }

  examples(make: Maker): Examples {
    return this.#detector.examples(make);
  }

  get #detector(): Detector {
    this.#loaded ??= this.#module()[this.#place];
    if (this.#loaded === undefined) throw new Error(`${this.id} is not in its module`);
    return this.#loaded;
  }
}
