import type { Fingerprinter } from './fingerprints.ts';
import type { NotScanned, Sighting } from './sighting.ts';

/** Sightings told of one file, whatever lies inside it. */
const MOST_OF_A_FILE = 100_000;
/** Values whose fingerprints are slow, told of one file and of a run: some 20 seconds and a few minutes. */
const MOST_SLOW_OF_A_FILE = 500;
const MOST_SLOW = 5_000;

/**
 * What is told of a file that was made to hold a million secrets, or thousands of weak passwords, each of which takes a slow hash. What is
 * beyond is not told, and said to be missing, once for each file.
 */
export class SightingLimit {
  readonly #fingerprinter: Fingerprinter;
  readonly #files = new Map<string, { all: number; slow: number }>();
  #slow = 0;

  constructor(fingerprinter: Fingerprinter) {
    this.#fingerprinter = fingerprinter;
  }

  /** The sighting; instead of the first one too many, why; of the others nothing. Their values are zeroed. */
  passes(sighting: Sighting): Sighting | NotScanned | undefined {
    const { path, origin, value } = sighting;
    const file = `${origin?.blob ?? ''} ${path.split('!', 1)[0]}`;
    const counts = this.#files.get(file) ?? { all: 0, slow: 0 };
    this.#files.set(file, counts);
    counts.all += 1;
    if (counts.all > MOST_OF_A_FILE)
      return refused(sighting, counts.all === MOST_OF_A_FILE + 1, `the rest: more than ${MOST_OF_A_FILE} findings in one file`);
    if (this.#fingerprinter.isSlow?.(value) !== true) return sighting;
    counts.slow += 1;
    if (counts.slow > MOST_SLOW_OF_A_FILE || this.#slow >= MOST_SLOW) {
      const isFirst = counts.slow === MOST_SLOW_OF_A_FILE + 1 || counts.slow === 1;
      return refused(sighting, isFirst, 'more short values than can be hashed slowly: give --key-file to see them all');
    }
    this.#slow += 1;
    return sighting;
  }
}

function refused({ path, value }: Sighting, isFirst: boolean, reason: string): NotScanned | undefined {
  value.fill(0);
  return isFirst ? { kind: 'not-scanned', path, reason } : undefined;
}
