import { inflateRawSync } from 'node:zlib';
import type { Check, Detector, Examples, Guard, Inside, Pattern } from './detector.ts';
import type { Maker } from './detectors/maker.ts';
import { type PreparedTables, prepare } from './engine/prepared-tables.ts';

/** What is known of a detector without its module. */
export type Card = readonly [
  id: string,
  search: Detector['search'],
  reach: number,
  lead: number,
  kind: Detector['kind'],
  confidence: Detector['confidence'],
  isChecked: boolean,
  /** Its file, and its place among the detectors in it. */
  module: number,
  place: number,
  /** Which of `insides`, if any. */
  inside?: number,
];

const INSIDE = 9;

/** What the build computes from the catalogue and the engine. */
export interface PreparedCatalogue {
  readonly cards: readonly Card[];
  /** For every card, separated by line feeds: flags, `/`, and the pattern with the control characters U+0001… for `shared`. */
  readonly patterns: string;
  readonly shared: readonly string[];
  readonly insides: readonly Inside[];
  readonly waiting: PreparedTables['waiting'];
  readonly farthest: number;
  /** Raw deflate, base64. */
  readonly image: string;
}

/**
 * The catalogue of the published program. A detector's module is run when something of it is asked for that its card does not say:
 * running all of them takes longer than scanning a commit. `loadModule` says what a file of detectors exports.
 */
export function openPreparedCatalogue(
  { cards, patterns, shared, insides, waiting, farthest, image }: PreparedCatalogue,
  loadModule: (module: number) => readonly Detector[],
): readonly Detector[] {
  let lines: readonly string[] | undefined;
  const patternOf = (index: number): Pattern => {
    lines ??= patterns.split('\n');
    return patternFrom(lines[index] ?? '', shared);
  };
  const catalogue = cards.map((card, index) => {
    const { [INSIDE]: inside } = card;
    const detector = new PreparedDetector(card, () => patternOf(index), loadModule);
    return inside === undefined ? detector : Object.assign(detector, { inside: insides[inside] });
  });
  prepare(catalogue, () => ({
    image: { bytes: inflateRawSync(Buffer.from(image, 'base64')), farthest },
    waiting,
    extent: Math.max(...cards.map(([, , reach, lead]) => reach + lead)),
  }));
  return catalogue;
}

function patternFrom(line: string, shared: readonly string[]): Pattern {
  const slash = line.indexOf('/');
  let source = line.slice(slash + 1);
  for (const [index, text] of shared.entries()) source = source.replace(String.fromCharCode(index + 1), () => text);
  return { source, flags: line.slice(0, slash) };
}

class PreparedDetector implements Detector {
  readonly id: string;
  readonly search: Detector['search'];
  readonly reach: number;
  readonly lead: number;
  readonly kind: Detector['kind'];
  readonly confidence: Detector['confidence'];
  readonly inside?: Inside;
  readonly #card: Card;
  readonly #makePattern: () => Pattern;
  readonly #loadModule: (module: number) => readonly Detector[];
  #pattern: Pattern | undefined;
  #loaded: Detector | undefined;

  constructor(card: Card, makePattern: () => Pattern, loadModule: (module: number) => readonly Detector[]) {
    [this.id, this.search, this.reach, this.lead, this.kind, this.confidence] = card;
    this.#card = card;
    this.#makePattern = makePattern;
    this.#loadModule = loadModule;
  }

  get pattern(): Pattern {
    this.#pattern ??= this.#makePattern();
    return this.#pattern;
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

  get anchors(): readonly string[] {
    return this.#detector.anchors;
  }

  get guards(): Readonly<Record<string, Guard>> {
    return this.#detector.guards ?? {};
  }

  get source(): string {
    return this.#detector.source;
  }

  check(value: string, match: RegExpExecArray): Check | undefined {
    const [, , , , , , isChecked] = this.#card;
    return isChecked ? this.#detector.check?.(value, match) : undefined;
  }

  examples(make: Maker): Examples {
    return this.#detector.examples(make);
  }

  get #detector(): Detector {
    const [id, , , , , , , module, place] = this.#card;
    this.#loaded ??= this.#loadModule(module)[place];
    if (this.#loaded === undefined) throw new Error(`${id} is not in its module`);
    return this.#loaded;
  }
}
